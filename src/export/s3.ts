import { randomBytes, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { execute, literal, query } from '../lake/rows.ts';
import { type Bucket, openBucket } from './bucket.ts';
import { copyStatement, type Form } from './copy.ts';
import { openDuck } from './duck.ts';
import { type FilesLabel, labelFile, labelOf, parseFilesLabel } from './label.ts';
import type { Source } from './source.ts';
import type { Target } from './target.ts';
import { runWatched, type Watch } from './watch.ts';

/**
 * A table in S3 or a storage that speaks like it: `<to>/<table>/run-<version>-<random>/…` holds the files of one export, and
 * `<to>/<table>/_export.json` names those that count. S3 renames nothing, and a write that is cut off may leave half an object;
 * so each export writes under a name of its own, and the label, one object written at once, is put last. Whoever reads it
 * finds a whole export; the one before stays until the next, for those who still read it.
 *
 * @param aside - a folder for the rows on their way, so that no read of the lake waits for the network
 */
export function s3Target(table: string, to: string, aside: string, form: Form, watch: Watch): Target {
  const bucket = openBucket(to);
  const file = join(aside, `${randomUUID()}.parquet`);
  const runs = `${bucket.prefix}${table}/run-`;
  let source: Source | undefined;
  let rows = 0;
  let run: string | undefined;
  return {
    place: `s3://${bucket.name}/${bucket.prefix}${table}`,
    async stage(session, from) {
      source = from;
      // A column to partition by that is not there is found here.
      copyStatement(from.from, from.columns, file, form);
      const plain = copyStatement(from.from, from.columns, file, { ...form, format: 'parquet', partitionBy: [] });
      rows = await runWatched(session.connection, plain, { table, step: 'reading', of: from.rows }, watch);
      return rows;
    },
    async deliver() {
      using duck = await openDuck(aside, ['httpfs']);
      const { connection } = duck;
      await useBucket(connection, bucket);
      const label = await earlierLabel(bucket, table);
      for (const key of await keysOf(connection, bucket, runs))
        if (!label?.files.includes(addressOf(bucket, key))) await bucket.remove(key);
      run = `${runs}${source!.version}-${randomBytes(4).toString('hex')}`;
      const to = addressOf(bucket, form.partitionBy.length > 0 ? run : `${run}/${table}.${form.format}`);
      const copy = copyStatement(`read_parquet(${literal(file)})`, source!.columns, to, form);
      const sent = await runWatched(connection, copy, { table, step: 'sending', of: rows }, watch);
      if (sent !== rows) throw new Error(`Cannot export ${table}: ${sent} of ${rows} rows went to ${to}.`);
      watch.signal?.throwIfAborted();
      const fresh: FilesLabel = {
        ...labelOf(source!, rows),
        format: form.format,
        partition_by: [...form.partitionBy],
        files: (await keysOf(connection, bucket, `${run}/`)).map(key => addressOf(bucket, key)),
      };
      run = undefined; // from here on the label may name it, also when the answer is lost
      await bucket.put(`${bucket.prefix}${table}/${labelFile}`, `${JSON.stringify(fresh, null, 2)}\n`);
    },
    async discard() {
      rmSync(file, { force: true });
      if (run) await removeRun(aside, bucket, `${run}/`).catch(() => {}); // the next export does it
    },
  };
}

const addressOf = ({ name }: Bucket, key: string) => `s3://${name}/${key}`;

/** Let a DuckDB write to a bucket, by parts of 10 MB: one to begin with for each file that is open. */
async function useBucket(connection: DuckDBConnection, { access }: Bucket): Promise<void> {
  const { keyId, secret, token, region, endpoint } = access;
  const options = [
    `type s3, key_id ${literal(keyId)}, secret ${literal(secret)}, region ${literal(region)}`,
    ...(token ? [`session_token ${literal(token)}`] : []),
    ...(endpoint
      ? [`endpoint ${literal(endpoint.host)}, url_style 'path', use_ssl ${endpoint.protocol === 'https:'}`]
      : []),
  ];
  await execute(connection, `create temporary secret bucket (${options.join(', ')})`).catch(() => {
    throw new Error('Cannot use the keys of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: DuckDB does not take them.');
  });
  await execute(connection, `set s3_uploader_max_filesize = '100GB'; set partitioned_write_max_open_files = 20`);
}

/** The keys of a bucket that begin so. */
async function keysOf(connection: DuckDBConnection, bucket: Bucket, prefix: string): Promise<string[]> {
  const pattern = addressOf(bucket, `${prefix.replace(/[^/]*$/, '')}**`);
  const files = await query<{ file: string }>(connection, 'select file from glob($pattern) order by file', { pattern });
  return files.map(({ file }) => file.slice(addressOf(bucket, '').length)).filter(key => key.startsWith(prefix));
}

async function earlierLabel(bucket: Bucket, table: string): Promise<FilesLabel | undefined> {
  const key = `${bucket.prefix}${table}/${labelFile}`;
  const text = await bucket.get(key);
  if (text === undefined) return undefined;
  const label = parseFilesLabel(text);
  if (label?.table === table) return label;
  throw new Error(
    `Cannot export to ${addressOf(bucket, key)}: what is there is no export of ${table}. Take another prefix.`,
  );
}

async function removeRun(aside: string, bucket: Bucket, prefix: string): Promise<void> {
  using duck = await openDuck(aside, ['httpfs']);
  await useBucket(duck.connection, bucket);
  for (const key of await keysOf(duck.connection, bucket, prefix)) await bucket.remove(key);
}

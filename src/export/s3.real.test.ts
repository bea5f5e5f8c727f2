import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import polars from 'nodejs-polars';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { openBucket } from './bucket.ts';
import { exportTables } from './export.ts';
import { type FilesLabel, parseFilesLabel } from './label.ts';

const ground = mkdtempSync(join(tmpdir(), 'ticklake-export-'));
const objects = join(ground, 'objects', 'lake');
const server = new S3rver({
  ...{ address: '127.0.0.1', port: 0, silent: true, directory: join(ground, 'objects') },
  configureBuckets: [{ name: 'lake', configs: [] }],
});
const to = 's3://lake/exports';
let lake: Lake;
beforeAll(async () => {
  const { port } = await server.run();
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  lake = await openLake({ path: join(ground, 'lake', 'catalog.sqlite') });
  await lake.write('make tables', tx =>
    tx.run(`create schema gold; create table gold.many as select range as n, ['bitcoin', 'ethereum'][1 + range % 2] as coin_id
      from range(300_000)`),
  );
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await lake.close();
  await server.close();
});

const label = async () =>
  parseFilesLabel((await openBucket(to).get('exports/gold.many/_export.json')) ?? '') as FilesLabel;
/** The files that hold the objects of a key's beginning, in the server's own folder. */
const held = (beginning: string) =>
  globSync('exports/gold.many/**/*._S3rver_object', { cwd: objects })
    .map(name => name.replace(/\._S3rver_object$/, ''))
    .filter(key => key.startsWith(`exports/gold.many/${beginning}`));

test('a table becomes Parquet objects that another engine reads, named by a label that is written last', async () => {
  const [done] = await exportTables(lake, [{ table: 'gold.many', partitionBy: ['coin_id'], to }]);
  expect(done).toMatchObject({ place: 's3://lake/exports/gold.many', rows: 300_000 });
  const { files, rows } = await label();
  expect(rows).toBe(300_000);
  expect(files.map(file => file.replace(/run-1-[0-9a-f]{8}/, 'run'))).toEqual([
    's3://lake/exports/gold.many/run/coin_id=bitcoin/data_0.parquet',
    's3://lake/exports/gold.many/run/coin_id=ethereum/data_0.parquet',
  ]);
  const pathOf = (file: string) => join(objects, `${file.slice('s3://lake/'.length)}._S3rver_object`);
  expect(
    polars
      .readParquet(readFileSync(pathOf(files[1]!)))
      .getColumn('n')
      .sum(),
  ).toBe(22_500_000_000);
});

test('the next one leaves the one before to its readers, and takes away what is older or was cut off', async () => {
  const before = (await label()).files;
  await openBucket(to).put('exports/gold.many/run-9-0123abcd/gold.many.parquet', 'half');
  await openBucket(to).put('exports/gold.many/mine.txt', 'mine');
  await exportTables(lake, [{ table: 'gold.many', format: 'csv', to }]);
  const { files } = await label();
  const now = held('run-').map(key => `s3://lake/${key}`);
  expect(now.sort()).toEqual([...before, ...files].sort());
  const csv = readFileSync(join(objects, `${files[0]!.slice('s3://lake/'.length)}._S3rver_object`), 'utf8');
  expect(csv.slice(0, 24)).toBe('n,coin_id\r\n0,bitcoin\r\n1,');
  expect(await openBucket(to).get('exports/gold.many/mine.txt')).toBe('mine');
});

test('what is ended half-way leaves the label as it was and no objects', async () => {
  const [before, objectsBefore] = [await label(), held('run-')];
  const ending = new AbortController();
  const ended = exportTables(lake, [{ table: 'gold.many', to }], {
    signal: ending.signal,
    onProgress: ({ step }) => step === 'sending' && ending.abort(new Error('enough')),
  });
  await expect(ended).rejects.toThrow('enough');
  expect(await label()).toEqual(before);
  expect(held('run-').every(key => objectsBefore.includes(key))).toBe(true);
});

test('a label that is not ours is left, wrong keys are refused and told nowhere', async () => {
  await openBucket(to).put('exports/mine/gold.many/_export.json', '{}');
  const mine = exportTables(lake, [{ table: 'gold.many', to: `${to}/mine` }]);
  await expect(mine).rejects.toThrow('what is there is no export of gold.many');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'nobody');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'geheim');
  const error = await exportTables(lake, [{ table: 'gold.many', to }]).catch(error => error);
  expect(error.message).toContain('status 403 InvalidAccessKeyId');
  expect(error.stack).not.toContain('geheim');
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  await expect(exportTables(lake, [{ table: 'gold.many', to }])).rejects.toThrow('Set AWS_ACCESS_KEY_ID');
  await expect(exportTables(lake, [{ table: 'gold.many', to: 's3://lake/../x' }])).rejects.toThrow(
    'wanted s3://bucket',
  );
});

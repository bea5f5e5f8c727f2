import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { withoutPasswords } from '../lake/location.ts';
import { execute, literal, query } from '../lake/rows.ts';
import { copyStatement } from './copy.ts';
import { openDuck } from './duck.ts';
import { labelOf, parseLabel } from './label.ts';
import type { Source } from './source.ts';
import type { Target } from './target.ts';
import { runWatched, type Watch } from './watch.ts';

/**
 * A table of the same name in a PostgreSQL database: gold.x becomes x in the schema gold, which is made if need be. All happens
 * in one transaction. Where the columns are the same as before, the rows are replaced and the table stays, with its rights,
 * indexes and views, and whoever reads it meanwhile sees the earlier rows; else the table is made anew. A zero byte in a text,
 * which PostgreSQL cannot hold, becomes U+FFFD. The password may come from PGPASSWORD or ~/.pgpass.
 *
 * @param aside - a folder for the rows on their way, so that no read of the lake waits for a database
 */
export function postgresTarget(table: string, to: string, aside: string, watch: Watch): Target {
  const file = join(aside, `${randomUUID()}.parquet`);
  const shown = withoutPasswords(to);
  let source: Source | undefined;
  let rows = 0;
  return {
    place: `${shown} (${table})`,
    async stage(session, from) {
      source = from;
      const form = { format: 'parquet', partitionBy: [], formulas: true } as const;
      const copy = copyStatement(from.from, from.columns, file, form);
      rows = await runWatched(session.connection, copy, { table, step: 'reading', of: from.rows }, watch);
      return rows;
    },
    async deliver() {
      using duck = await openDuck(aside, ['postgres_scanner']);
      const { connection } = duck;
      await execute(connection, `set pg_null_byte_replacement = '\uFFFD'`);
      await execute(connection, `attach ${literal(to)} as held (type postgres)`);
      await execute(connection, 'begin');
      try {
        await prepareTable(connection, table, file);
        const insert = `insert into held.${table} select * from read_parquet(${literal(file)})`;
        const sent = await runWatched(connection, insert, { table, step: 'sending', of: rows }, watch);
        if (sent !== rows) throw new Error(`Cannot export ${table}: ${sent} of ${rows} rows went to ${shown}.`);
        watch.signal?.throwIfAborted();
        const label = JSON.stringify(labelOf(source!, rows));
        await inPostgres(connection, `comment on table ${table} is ${literal(label)}`);
        await execute(connection, 'commit');
      } catch (error) {
        await execute(connection, 'rollback').catch(() => {});
        throw error;
      }
    },
    async discard() {
      rmSync(file, { force: true });
    },
  };
}

/** Leave an empty table of ours with the columns of the file. */
async function prepareTable(connection: DuckDBConnection, table: string, file: string): Promise<void> {
  const [schema, name] = table.split('.') as [string, string];
  const [found] = await query<{ kind: string; comment: string | null }>(
    connection,
    `select * from postgres_query('held', ${literal(
      `select relkind::text as kind, obj_description(pg_class.oid, 'pg_class') as comment
       from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where nspname = ${literal(schema)} and relname = ${literal(name)}`,
    )})`,
  );
  if (found && (found.kind !== 'r' || parseLabel(found.comment ?? '')?.table !== table))
    throw new Error(
      `Cannot export ${table} to this database: what is there under this name is no export of it. Rename it, or take another database.`,
    );
  if (found && (await sameColumns(connection, table, file))) {
    await inPostgres(connection, `delete from ${table}`);
    return;
  }
  if (found) await execute(connection, `drop table held.${table}`);
  await execute(connection, `create schema if not exists held.${schema}`);
  await execute(connection, `create table held.${table} as from read_parquet(${literal(file)}) limit 0`);
}

async function sameColumns(connection: DuckDBConnection, table: string, file: string): Promise<boolean> {
  const columns = (from: string) => query(connection, `select column_name, column_type from (describe from ${from})`);
  const [there, here] = [await columns(`held.${table}`), await columns(`read_parquet(${literal(file)})`)];
  return JSON.stringify(there) === JSON.stringify(here);
}

/** Run a statement in PostgreSQL itself, in the transaction under way. */
const inPostgres = (connection: DuckDBConnection, sql: string) =>
  execute(connection, `call postgres_execute('held', ${literal(sql)})`);

import { createHash } from 'node:crypto';
import type { Lake } from '../lake/open.ts';
import type { Session, Tx } from '../lake/session.ts';
import type { Model } from './model.ts';
import { recompute } from './refresh.ts';

/**
 * Make the tables and views of these models, which stand in the order of their sources, and fill what is made anew: a table
 * whose select, or that of something it reads, is not the one that made it. All others stay as they are.
 *
 * @param prints - of these models and of all that they read, see `fingerprints`
 * @returns names of the tables that were filled anew
 */
export async function createTables(
  lake: Lake,
  models: readonly Model[],
  prints: ReadonlyMap<string, string> = fingerprints(models),
): Promise<string[]> {
  const otherwise = (made: ReadonlyMap<string, string>) =>
    models.filter(({ name }) => made.get(name) !== prints.get(name));
  const first = otherwise(await lake.reads(madeModels));
  if (first.length === 0) return [];
  return lake.write(`create ${first.map(({ name }) => name).join(', ')}`, async tx => {
    await tx.run(`
      create schema if not exists pipeline;
      create table if not exists pipeline.model_ledger (model varchar, fingerprint varchar)`);
    const made = await madeModels(tx);
    const there = await relationsOf(tx);
    const filled: string[] = [];
    const changed = otherwise(made);
    for (const model of changed) {
      const { name, kind } = model;
      // A lake of before this ledger keeps its tables: nothing says that they were made otherwise.
      const trusted = kind === 'table' && there.has(name) && !made.has(name) && (await hasItsColumns(tx, model));
      if (!trusted) await make(tx, model);
      if (!trusted && kind === 'table' && there.has(name)) {
        await recompute(tx, model);
        filled.push(name);
      }
    }
    const names = changed.map(({ name }) => name);
    await tx.run('delete from pipeline.model_ledger where model in (select unnest($names::varchar[]))', { names });
    await tx.run('insert into pipeline.model_ledger select unnest($names::varchar[]), unnest($made::varchar[])', {
      names,
      made: names.map(name => prints.get(name)),
    });
    return filled;
  });
}

/** What tells whether models are made otherwise than before: a digest of each select and of all that it reads, by name. */
export function fingerprints(models: readonly Model[]): Map<string, string> {
  const prints = new Map<string, string>();
  for (const { name, sql, kind, partition, sorted, sources } of models) {
    const read = sources.map(source => prints.get(source) ?? source);
    const text = JSON.stringify([sql, kind, partition, read, ...sorted]);
    prints.set(name, createHash('sha256').update(text).digest('hex'));
  }
  return prints;
}

/** The digests by which the lake's tables and views were made; those of a lake that notes none are missing. */
export async function madeModels(session: Session): Promise<Map<string, string>> {
  if (!(await relationsOf(session)).has('pipeline.model_ledger')) return new Map();
  const rows = await session.rows<{ model: string; fingerprint: string }>('from pipeline.model_ledger');
  return new Map(rows.map(({ model, fingerprint }) => [model, fingerprint]));
}

/** Make a table or view, empty; one of that name goes. */
async function make(tx: Tx, { name, kind, sql, partition, sorted }: Model): Promise<void> {
  await tx.run(`create schema if not exists ${name.split('.')[0]}`);
  if (kind === 'view') {
    await tx.run(`create or replace view ${name} as ${sql}`);
    return;
  }
  await tx.run(`create or replace table ${name} as select * from (${sql}\n) limit 0`);
  if (partition.length > 0) await tx.run(`alter table ${name} set partitioned by (${partition.join(', ')})`);
  if (sorted.length > 0)
    await tx.run(`alter table ${name} set sorted by (${sorted.map(column => `${column} asc`).join(', ')})`);
}

async function hasItsColumns(session: Session, { name, sql }: Model): Promise<boolean> {
  const columns = async (query: string) =>
    JSON.stringify(await session.rows(`select column_name, column_type from (describe ${query})`));
  return (await columns(`select * from ${name}`)) === (await columns(sql));
}

/** The names of a lake's tables and views, "schema.name". */
export async function relationsOf(session: Session): Promise<Set<string>> {
  const rows = await session.rows<{ name: string }>(
    `select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'lake'
     union all
     select schema_name || '.' || view_name from duckdb_views() where database_name = 'lake'`,
  );
  return new Set(rows.map(({ name }) => name));
}

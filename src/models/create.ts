import type { Lake } from '../lake/open.ts';
import type { Tx } from '../lake/session.ts';
import type { Model } from './model.ts';

/** Make the tables and views of these models, in this order; those that exist stay as they are. */
export async function createTables(lake: Lake, models: readonly Model[]): Promise<void> {
  const there = new Set((await lake.rows<{ name: string }>(relations)).map(({ name }) => name));
  const missing = models.filter(({ name }) => !there.has(name));
  if (missing.length === 0) return;
  await lake.write(`create ${missing.map(({ name }) => name).join(', ')}`, async tx => {
    const now = new Set((await tx.rows<{ name: string }>(relations)).map(({ name }) => name));
    for (const model of missing) if (!now.has(model.name)) await createTable(tx, model);
  });
}

async function createTable(tx: Tx, model: Model): Promise<void> {
  const [schema] = model.name.split('.');
  await tx.run(`create schema if not exists ${schema}`);
  if (model.kind === 'view') await tx.run(`create view ${model.name} as ${model.sql}`);
  else await tx.run(`create table ${model.name} as select * from (${model.sql}) limit 0`);
  if (model.kind === 'table' && model.partition.length > 0)
    await tx.run(`alter table ${model.name} set partitioned by (${model.partition.join(', ')})`);
}

const relations = `
  select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'lake'
  union all
  select schema_name || '.' || view_name from duckdb_views() where database_name = 'lake'`;

import { asOf } from '../lake/history.ts';
import type { Session } from '../lake/session.ts';

/** A table or view of the lake as it was at one snapshot. */
export type Source = {
  /** "gold.crypto_hourly_ohlc" */
  name: string;
  /** the snapshot's version */
  version: number;
  /** when that snapshot was made */
  at: Date;
  /** what stands after "from" */
  from: string;
  columns: Column[];
  rows: number;
};

/** A column, its type in DuckDB's words. */
export type Column = { name: string; type: string };

/**
 * Find a table in the catalog, as it is or as it was.
 *
 * @param when - a snapshot's version, or an instant: what was committed by then
 * @throws when there is no such table or view, or no such snapshot any more
 */
export async function findSource(session: Session, name: string, when?: number | Date): Promise<Source> {
  const [schema, table] = await checkName(session, name);
  const { version, at } = await findSnapshot(session, when);
  const view = await session.rows(
    `select 1 from duckdb_views() where database_name = 'lake' and schema_name = $schema and view_name = $table`,
    { schema, table },
  );
  if (view.length > 0 && when !== undefined)
    throw new Error(
      `Cannot export ${name} as it was: it is a view, which shows the lake as it is. Leave the time out.`,
    );
  const from = view.length > 0 ? name : asOf(name, version);
  const columns = await session.rows<Column>(
    `select column_name as name, column_type as type from (describe select * from ${from})`,
  );
  const [{ rows }] = (await session.rows<{ rows: number }>(`select count(*) as rows from ${from}`)) as [
    { rows: number },
  ];
  return { name, version, at, from, columns, rows };
}

async function checkName(session: Session, name: string): Promise<[string, string]> {
  const [, schema, table] = /^(silver|gold|star)\.([a-z_]\w*)$/.exec(name) ?? [];
  const known = await session.rows<{ name: string }>(
    `select schema_name || '.' || table_name as name from duckdb_columns()
     where database_name = 'lake' and schema_name in ('silver', 'gold', 'star') group by all order by name`,
  );
  if (schema && table && known.some(known => known.name === name)) return [schema, table];
  const there = known.length > 0 ? `Take one of ${known.map(({ name }) => name).join(', ')}.` : 'It has none yet.';
  throw new Error(`Cannot export "${name}": the lake has no such table in silver, gold or star. ${there}`);
}

async function findSnapshot(session: Session, when?: number | Date): Promise<{ version: number; at: Date }> {
  const kept = 'select snapshot_id as version, snapshot_time as at from lake.snapshots()';
  const [found] = await session.rows<{ version: number; at: Date }>(
    `${kept} where ${typeof when === 'number' ? 'snapshot_id = $when' : `date_trunc('millisecond', snapshot_time) <= $when`} order by version desc limit 1`,
    { when: when ?? new Date('9999-01-01T00:00:00Z') },
  );
  if (found) return found;
  const [first] = await session.rows<{ version: number; at: Date }>(`${kept} order by version limit 1`);
  const wanted = typeof when === 'number' ? `version ${when}` : `the lake of ${when?.toISOString()}`;
  throw new Error(
    `Cannot export ${wanted}: that snapshot is not kept. The oldest is version ${first?.version}, of ${first?.at.toISOString()}.`,
  );
}

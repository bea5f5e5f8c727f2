import type { Lake } from '../lake/open.ts';
import type { Session } from '../lake/session.ts';
import type { Model, Span } from './model.ts';

/*
 * One text, two bindings. A model's select names plain tables ("silver.crypto_prices").
 * With `use lake` these are the lake's own: the select is the whole table, computed anew.
 * With `use scope` they are those of an in-memory catalog of the same names: views that show only the span to refresh
 * (bounds in variables, so that files outside of it are pruned), or the messages of the batch that is about to land.
 */

const scopes = new WeakMap<Lake, Map<string, string | undefined>>();

/**
 * Make the catalog `scope` with a restricted view of every source of these models. The tables must exist.
 * Writes nothing to the lake; call it outside a transaction (DuckDB writes one database a transaction).
 */
export async function openScope(lake: Lake, models: readonly Model[]): Promise<void> {
  const bound = scopes.get(lake) ?? new Map<string, string | undefined>();
  scopes.set(lake, bound);
  const session = await lake.session();
  await session.run(`attach if not exists ':memory:' as scope`);
  for (const layer of ['bronze', 'silver', 'gold', 'star', 'pipeline'])
    await session.run(`create schema if not exists scope.${layer}`);
  for (const model of models) {
    for (const source of model.sources) {
      const column = await sliceColumn(session, model, source);
      if (bound.has(source) && bound.get(source) !== column && column && bound.get(source))
        throw new Error(
          `Cannot bind ${source} for ${model.name}: it is sliced by "${bound.get(source)}" elsewhere, here by "${column}". Slice it by one column.`,
        );
      if (bound.has(source) && (bound.get(source) || !column)) continue;
      bound.set(source, column);
      const where = column
        ? `where ${column} >= getvariable('slice_from') and ${column} < getvariable('slice_to')`
        : '';
      if (await isStaged(session, source)) continue;
      await session.run(`create or replace view scope.${source} as select * from lake.${source} ${where}`);
    }
  }
  session.connection.closeSync();
}

/** Run `work` with the select's tables bound to what a refresh of this span reads. */
export async function inScope<T>(session: Session, inputs: Span, work: () => Promise<T>): Promise<T> {
  await session.run('set variable slice_from = $from', { from: inputs.from });
  await session.run('set variable slice_to = $to', { to: inputs.to });
  await session.run('use scope');
  try {
    return await work();
  } finally {
    await session.run('use lake');
  }
}

/** All time. */
export const always: Span = { from: new Date(Date.UTC(1900, 0)), to: new Date(Date.UTC(2200, 0)) };

/** The column by which a source is restricted, if it has the column that the model's slice names. */
async function sliceColumn(session: Session, model: Model, source: string): Promise<string | undefined> {
  if (model.slice.unit === 'all') return undefined;
  const { source: column } = model.slice;
  const [schema, table] = source.split('.');
  const found = await session.rows(
    'select 1 from duckdb_columns() where database_name = $lake and schema_name = $schema and table_name = $table and column_name = $column',
    { lake: 'lake', schema: schema!, table: table!, column },
  );
  return found.length > 0 ? column : undefined;
}

/** Is the source a table of the scope, filled by the landing? */
async function isStaged(session: Session, source: string): Promise<boolean> {
  const [schema, table] = source.split('.');
  const found = await session.rows(
    'select 1 from duckdb_tables() where database_name = $scope and schema_name = $schema and table_name = $table',
    { scope: 'scope', schema: schema!, table: table! },
  );
  return found.length > 0;
}

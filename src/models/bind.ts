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
  const schemas = ['bronze', 'silver', 'gold', 'star', 'pipeline'];
  await session.run(
    [
      `attach if not exists ':memory:' as scope`,
      ...schemas.map(name => `create schema if not exists scope.${name}`),
    ].join(';'),
  );
  const columns = await columnsOf(session);
  const staged = new Set((await session.rows<{ name: string }>(stagedTables)).map(({ name }) => name));
  for (const model of models) {
    const { name, slice, append, sources } = model;
    const isReplaced = slice.unit !== 'all' && !append && !model.refresh && sources.length > 0;
    if (isReplaced && !sources.some(source => sliceColumn(model, columns.get(source))))
      throw new Error(
        `Cannot slice ${name} by "${slice.source}": none of what it reads has that column, so that every refresh would bring all rows.`,
      );
    for (const source of append ? [] : sources) {
      const column = sliceColumn(model, columns.get(source));
      const other = bound.get(source);
      if (column && other && column !== other)
        throw new Error(
          `Cannot bind ${source} for ${model.name}: it is sliced by "${other}" elsewhere, here by "${column}". Slice it by one column.`,
        );
      if (staged.has(source) || (bound.has(source) && (other || !column))) continue;
      bound.set(source, column);
      const where = column
        ? `where ${column} >= getvariable('slice_from') and ${column} < getvariable('slice_to')`
        : '';
      await session.run(`create or replace view scope.${source} as select * from lake.${source} ${where}`);
    }
  }
  session.connection.closeSync();
}

/** Run `work` with the select's tables bound to what a refresh of this span reads. */
export async function inScope<T>(session: Session, inputs: Span, work: () => Promise<T>): Promise<T> {
  await session.run('set variable slice_from = $from', { from: inputs.from });
  await session.run('set variable slice_to = $to', { to: inputs.to });
  return useCatalog(session, 'scope', work);
}

/**
 * Run `work` in another catalog, and go back to the lake. An error has ended the transaction, so that going back fails too:
 * the first one is thrown.
 */
export async function useCatalog<T>(
  session: Session,
  catalog: 'scope' | 'stretch',
  work: () => Promise<T>,
): Promise<T> {
  const back = () => session.run('use lake');
  await session.run(`use ${catalog}`);
  const done = await work().catch(async error => {
    await back().catch(() => {});
    throw error;
  });
  await back();
  return done;
}

/** All time. */
export const always: Span = { from: new Date(Date.UTC(1900, 0)), to: new Date(Date.UTC(2200, 0)) };

/** The column by which a source is restricted, if it has the one that the model's slice names. */
function sliceColumn({ slice }: Model, columns: Set<string> | undefined): string | undefined {
  return slice.unit !== 'all' && columns?.has(slice.source) ? slice.source : undefined;
}

/** The columns of every table and view of the lake, by "schema.table". */
async function columnsOf(session: Session): Promise<Map<string, Set<string>>> {
  const rows = await session.rows<{ name: string; columns: string[] }>(
    `select schema_name || '.' || table_name as name, list(column_name) as columns
     from duckdb_columns() where database_name = 'lake' group by all`,
  );
  return new Map(rows.map(({ name, columns }) => [name, new Set(columns)]));
}

/** Tables of the scope are filled by the landing; no view may take their place. */
const stagedTables = `select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'scope'`;

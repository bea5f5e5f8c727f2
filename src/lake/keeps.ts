import type { Lake } from './open.ts';

/** Tell whether a lake has a table of this name ("schema.table"). */
export async function keeps(lake: Lake, table: string): Promise<boolean> {
  const [schema = '', name = ''] = table.split('.');
  const found = await lake.rows(
    `select 1 from duckdb_tables() where database_name = 'lake' and schema_name = $schema and table_name = $name`,
    { schema, name },
  );
  return found.length > 0;
}

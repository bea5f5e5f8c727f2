import { DuckDBInstance } from '@duckdb/node-api';
import { extensionFile, extensionSettings } from './extensions.ts';
import { hidePasswords, type Location } from './location.ts';
import { literal } from './rows.ts';

/**
 * Take the lake out of a catalog in PostgreSQL, before its Parquet files are removed: a catalog that names files which are gone
 * cannot be read again. One in a file goes with its folder, and one that names files of another folder is left as it is.
 *
 * @throws when PostgreSQL does not answer or refuses; nothing is gone then
 */
export async function emptyCatalog({ catalog, kind, data }: Location): Promise<void> {
  if (kind !== 'postgres') return;
  const instance = await DuckDBInstance.create(':memory:', {
    ...extensionSettings,
  });
  const connection = await instance.connect();
  try {
    await connection.run(`load ${literal(extensionFile('postgres_scanner'))}`);
    await connection.run(`attach ${literal(catalog.slice('postgres:'.length))} as held (type postgres)`);
    const tables = await column(
      `select table_name from duckdb_tables()
       where database_name = 'held' and schema_name = 'public' and starts_with(table_name, 'ducklake_')`,
    );
    if (!tables.includes('ducklake_metadata')) return;
    const [files] = await column(`select value from held.public.ducklake_metadata where key = 'data_path'`);
    if (files !== `${data}/`) return;
    await connection.run('begin');
    for (const table of tables) await connection.run(`drop table held.public."${table}"`);
    await connection.run('commit');
  } catch (error) {
    throw hidePasswords(error);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }

  async function column(sql: string): Promise<unknown[]> {
    return (await connection.runAndReadAll(sql)).getRows().map(([value]) => value);
  }
}

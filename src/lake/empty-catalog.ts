import { DuckDBInstance } from '@duckdb/node-api';
import { extensionFile } from './extensions.ts';
import { hidePasswords, type Location } from './location.ts';

/**
 * Take the lake out of a catalog in PostgreSQL, before its Parquet files are removed: a catalog that names files which are gone
 * cannot be read again. One in a file goes with its folder.
 *
 * @throws when PostgreSQL does not answer or refuses; nothing is gone then
 */
export async function emptyCatalog({ catalog, kind }: Location): Promise<void> {
  if (kind !== 'postgres') return;
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    await connection.run(`load ${literal(extensionFile('postgres_scanner'))}`);
    await connection.run(`attach ${literal(catalog.slice('postgres:'.length))} as held (type postgres)`);
    await connection.run('begin');
    for (const table of await tablesOfDuckLake()) await connection.run(`drop table held.public."${table}"`);
    await connection.run('commit');
  } catch (error) {
    throw hidePasswords(error);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }

  async function tablesOfDuckLake(): Promise<unknown[]> {
    const found = await connection.runAndReadAll(
      `select table_name from duckdb_tables()
       where database_name = 'held' and schema_name = 'public' and starts_with(table_name, 'ducklake_')`,
    );
    return found.getRows().map(([name]) => name);
  }
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

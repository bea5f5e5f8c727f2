import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { extensionFile, extensionSettings } from '../lake/extensions.ts';
import { execute, literal } from '../lake/rows.ts';

/** Open a DuckDB of one's own, apart from the lake: what it knows of others' keys goes with it. */
export async function openDuck(
  temporary: string,
  extensions: readonly string[],
): Promise<Disposable & { connection: DuckDBConnection }> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '512MB',
    threads: '2',
    temp_directory: temporary,
    ...extensionSettings,
  });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    for (const name of extensions) await execute(connection, `load ${literal(extensionFile(name))}`);
    await execute(connection, `set global TimeZone = 'UTC'`);
    return { connection, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

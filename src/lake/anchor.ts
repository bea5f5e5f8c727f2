import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { again } from './again.ts';

/**
 * Keep the SQLite catalog open as long as the lake is.
 *
 * DuckDB opens the catalog anew in every transaction. When the last one closes, SQLite writes its log back into the file
 * and deletes it, with everyone else locked out, who then wait by whole seconds. A transaction that has begun on the catalog
 * and never read from it holds the file open and no snapshot: commits stay short, and the log is still written back.
 *
 * @returns the connection, to be closed before the instance
 */
export function anchorCatalog(instance: DuckDBInstance): Promise<DuckDBConnection> {
  return again(async () => {
    const anchor = await instance.connect();
    try {
      await anchor.run('begin; use __ducklake_metadata_lake.main');
      return anchor;
    } catch (error) {
      anchor.closeSync();
      throw error;
    }
  });
}

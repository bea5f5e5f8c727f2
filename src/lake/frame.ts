import { rmSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DataFrame } from 'nodejs-polars';
import { ownPlace } from './own-place.ts';
import { literal, type Params, query } from './rows.ts';

/**
 * Read rows as a Polars frame. They travel by an uncompressed Parquet file in `side`, which is many times faster than rows in
 * JavaScript (0.1 s for a million rows).
 */
export async function readFrame(
  connection: DuckDBConnection,
  side: string,
  sql: string,
  params?: Params,
): Promise<DataFrame> {
  const { default: polars } = await import('nodejs-polars');
  const file = `${ownPlace(side, 'passing')}.parquet`;
  try {
    // COPY takes no parameters inside its query, a table made from the query does.
    if ((await connection.extractStatements(sql)).count !== 1)
      throw new Error('Cannot read a frame: found several statements, wanted one query. Write with lake.write().');
    await query(connection, `create or replace temp table passing as ${sql}`, params);
    await query(connection, `copy passing to ${literal(file)} (format parquet, compression uncompressed)`);
    return polars.readParquet(file);
  } finally {
    rmSync(file, { force: true });
    // In a transaction that an error has ended nothing more can be done, and the error counts.
    await query(connection, 'drop table if exists temp.passing').catch(() => {});
  }
}

/**
 * Insert a Polars frame into a table, columns by name; types are cast to the table's.
 *
 * @param table - "schema.name", an identifier of ours
 * @param where - which rows of it: "where …"
 */
export async function insertFrame(
  connection: DuckDBConnection,
  side: string,
  table: string,
  frame: DataFrame,
  where = '',
): Promise<void> {
  const file = `${ownPlace(side, 'passing')}.parquet`;
  try {
    frame.writeParquet(file, { compression: 'uncompressed' });
    await query(connection, `insert into ${table} by name select * from read_parquet(${literal(file)}) ${where}`);
  } finally {
    rmSync(file, { force: true });
  }
}

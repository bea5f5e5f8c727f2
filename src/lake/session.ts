import type { DuckDBConnection } from '@duckdb/node-api';
import type { DataFrame } from 'nodejs-polars';
import { again } from './again.ts';
import { insertFrame, readFrame } from './frame.ts';
import { execute, type Params, query, type Row } from './rows.ts';

/** A connection to the lake: its own variables, temporary tables and transaction. */
export type Session = {
  /** Run statements for what they do; returns how many rows the last has changed. */
  run(sql: string, params?: Params): Promise<number>;
  /** Run statements and return the rows of the last. */
  rows<T = Row>(sql: string, params?: Params): Promise<T[]>;
  /** Run a query and return a Polars frame. */
  frame(sql: string, params?: Params): Promise<DataFrame>;
  /** Insert a Polars frame, or those rows of it that `where` names, into a table ("schema.name"), columns by name. */
  insertFrame(table: string, frame: DataFrame, where?: string): Promise<void>;
  /** The connection itself, for what only it can do (appenders). */
  readonly connection: DuckDBConnection;
};

/** What a transaction can do: all that a session can. It is committed or rolled back by `lake.write`. */
export type Tx = Session;

/** Wrap a connection; by files beside the lake, in `side`, frames travel. */
export function sessionOn(connection: DuckDBConnection, side: string): Session {
  return {
    connection,
    run: (sql, params) => again(() => execute(connection, sql, params)),
    rows: (sql, params) => again(() => query(connection, sql, params)),
    frame: (sql, params) => readFrame(connection, side, sql, params),
    insertFrame: (table, frame, where) => insertFrame(connection, side, table, frame, where),
  };
}

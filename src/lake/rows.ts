import {
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBMaterializedResult,
  type DuckDBPreparedStatement,
  type DuckDBType,
  type DuckDBValue,
  HUGEINT,
  JSDuckDBValueConverter,
  LIST,
  listValue,
  SQLNULL,
  StatementType,
  TIMESTAMPTZ,
  timestampTZValue,
  VARCHAR,
} from '@duckdb/node-api';
import { hidePasswords } from './location.ts';

/** A text as SQL writes it, for the few statements that take no parameters (attach, load, copy). */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as SQL writes it, whatever is in it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A value to bind: instants as Date, lists as arrays, bytes as Buffer. */
export type Param = string | number | bigint | boolean | Date | Uint8Array | null | undefined | readonly Param[];

/** Values by position (`?`, `$1`) or by name (`$hour`). */
export type Params = readonly Param[] | { readonly [name: string]: Param };

/** A row by column name: text, number (bigint beyond 2^53), boolean, Date, Buffer, null, or lists and objects of these. */
export type Row = Record<string, unknown>;

/** What reads change nothing; all else needs a turn. */
const reading = new Set<StatementType>([
  StatementType.SELECT,
  StatementType.EXPLAIN,
  StatementType.RELATION,
  StatementType.LOGICAL_PLAN,
]);

/**
 * Run one or more statements and return the rows of the last; parameters go to the last.
 *
 * @param only - "reads" refuses statements that change something
 */
export async function query<T = Row>(
  connection: DuckDBConnection,
  sql: string,
  params?: Params,
  only?: 'reads',
): Promise<T[]> {
  const { names, chunks } = await runAll(connection, sql, params, only).catch(leavePasswordsOut);
  const rows: T[] = [];
  for (const chunk of chunks)
    for (const values of chunk.convertRows(JSDuckDBValueConverter)) {
      const row: Row = {};
      for (const [column, name] of names.entries()) row[name] = plain(values[column]);
      rows.push(row as T);
    }
  return rows;
}

/** Run one or more statements for what they do and return how many rows the last has changed; parameters go to the last. */
export async function execute(connection: DuckDBConnection, sql: string, params?: Params): Promise<number> {
  return (await runAll(connection, sql, params).catch(leavePasswordsOut)).rowsChanged;
}

function leavePasswordsOut(error: unknown): never {
  throw hidePasswords(error);
}

/** What came of a statement: the rows as DuckDB holds them, and how many were changed. */
type Outcome = { names: string[]; chunks: DuckDBDataChunk[]; rowsChanged: number };

/**
 * Run statements with as few calls of DuckDB as there can be: each goes to another thread and back, which on a busy machine
 * takes longer than most statements.
 */
async function runAll(connection: DuckDBConnection, sql: string, params?: Params, only?: 'reads'): Promise<Outcome> {
  if (!params && !only) return complete(await connection.run(sql));
  const maybeSeveral = /;\s*\S/.test(sql);
  if (!maybeSeveral) return runOne(connection, await connection.prepare(sql), sql, params, only);
  const statements = await connection.extractStatements(sql);
  for (let at = 0; ; at++) {
    const last = at === statements.count - 1;
    const result = await runOne(connection, await statements.prepare(at), sql, last ? params : undefined, only);
    if (last) return result;
  }
}

async function runOne(
  connection: DuckDBConnection,
  statement: DuckDBPreparedStatement,
  sql: string,
  params?: Params,
  only?: 'reads',
) {
  try {
    if (only === 'reads') refuseChange(statement, sql);
    if (only === 'reads' && statement.statementType === StatementType.EXPLAIN) await refuseAnalysis(connection, sql);
    if (params) bind(statement, params);
    return only === 'reads' ? await readUpTo(mostRows, statement) : complete(await statement.run());
  } finally {
    statement.destroySync();
  }
}

const complete = (result: DuckDBMaterializedResult): Outcome => ({
  names: result.deduplicatedColumnNames(),
  chunks: Array.from({ length: result.chunkCount }, (_, at) => result.getChunk(at)),
  rowsChanged: result.rowsChanged,
});

/** Rows as objects take some hundred bytes a value; a join that lacks its condition would take all memory there is. */
const mostRows = 1_000_000;

async function readUpTo(most: number, statement: DuckDBPreparedStatement): Promise<Outcome> {
  const result = await statement.stream();
  const chunks: DuckDBDataChunk[] = [];
  for (let rows = 0; ; ) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return { names: result.deduplicatedColumnNames(), chunks, rowsChanged: 0 };
    rows += chunk.rowCount;
    if (rows > most)
      throw new Error(
        `Cannot read this: it has more than ${most.toLocaleString('en')} rows. Does a join lack its condition? Count or group the rows, add a limit, or take them as a frame (lake.frame).`,
      );
    chunks.push(chunk);
  }
}

function refuseChange(statement: DuckDBPreparedStatement, sql: string) {
  if (reading.has(statement.statementType)) return;
  const found = sql.trim().split(/\s+/, 2).join(' ');
  throw new Error(
    `Cannot run "${found} …" as a read: it may change the lake. Write through lake.write("why", tx => tx.run(…)).`,
  );
}

/** EXPLAIN ANALYZE does what it explains. */
async function refuseAnalysis(connection: DuckDBConnection, sql: string) {
  const analysis = /\bexplain\s*(analyze\b|\([^)]*\))/i.exec(sql);
  if (!analysis) return;
  const explained = await connection.prepare(sql.slice(analysis.index + analysis[0].length));
  try {
    refuseChange(explained, sql);
  } finally {
    explained.destroySync();
  }
}

/** Bind values to a statement's parameters. */
export function bind(statement: DuckDBPreparedStatement, params: Params): void {
  if (Array.isArray(params)) statement.bind(params.map(toDuckDB), params.map(typeOf));
  else {
    const entries = Object.entries(params);
    statement.bind(
      Object.fromEntries(entries.map(([name, value]) => [name, toDuckDB(value)])),
      Object.fromEntries(entries.map(([name, value]) => [name, typeOf(value)])),
    );
  }
}

/** A JavaScript value as DuckDB takes it; Date becomes TIMESTAMPTZ. */
function toDuckDB(value: Param): DuckDBValue {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return timestampTZValue(BigInt(value.getTime()) * 1000n);
  if (value instanceof Uint8Array) return blobValue(value);
  if (Array.isArray(value)) return listValue(value.map(toDuckDB));
  return value as DuckDBValue;
}

/** The type to bind a value as: a bigint as BIGINT, or comparisons would cast the column and prune no file. */
function typeOf(value: Param): DuckDBType {
  if (value === undefined || value === null) return SQLNULL;
  if (typeof value === 'string') return VARCHAR;
  if (typeof value === 'boolean') return BOOLEAN;
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? BIGINT : HUGEINT;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BIGINT : DOUBLE;
  if (value instanceof Date) return TIMESTAMPTZ;
  if (value instanceof Uint8Array) return BLOB;
  const kinds = value.filter(item => item !== null && item !== undefined).map(typeOf);
  return LIST(kinds.find(kind => kind === DOUBLE) ?? kinds[0] ?? VARCHAR);
}

/** Integers as number where they are exact, bytes as Buffer, inner values likewise. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint')
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(plain);
  for (const name of Object.keys(value)) (value as Row)[name] = plain((value as Row)[name]);
  return value;
}

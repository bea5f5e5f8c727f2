import { BIGINT, DOUBLE, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { RawMessage } from '../kafka/message.ts';
import { headersJson, ingestedAt, instant, readContent, readKey } from './row.ts';
import type { Lot } from './stage.ts';

// How messages wait for their landing: few and plain columns, since each null, bigint and text costs time with half a
// million of them a second. Nulls are marked by bits of one number, offsets count from the lot's first, key and headers
// share a text (JSON holds no control characters, so the first U+001F ends the headers).

const noValue = 1;
const bytesValue = 2; // value_text is hexadecimal
const noKey = 4;
const noTime = 8;

const types = [INTEGER, INTEGER, DOUBLE, VARCHAR, VARCHAR, DOUBLE, DOUBLE];

/** Columns of a staging table, in the order of `toChunk`. */
export const stagedColumns = `(
  lot integer, marks integer, offset_delta double, value_text varchar, about varchar, created_ms double, ingested_ms double
)`;

const lotTypes = [INTEGER, VARCHAR, INTEGER, INTEGER, BIGINT, BIGINT];

/** Columns of the table of lots, in the order of `lotChunk`. */
export const lotColumns = `(
  lot integer, topic varchar, epoch integer, partition_number integer, base_offset bigint, first_offset bigint
)`;

/** Put lots into a chunk; a message names its lot by the place in this list. */
export function lotChunk(lots: readonly Lot[]): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(lotTypes);
  chunk.setRows(lots.map(({ topic, epoch, partition, base, from }, at) => [at, topic, epoch, partition, base, from]));
  return chunk;
}

/** The messages of a staging table as `sql/bronze/crypto_ticks_raw.sql` reads them; those that landed already are left out. */
export const stagedMessages = (table: string): string => `
  select
    topic, epoch, partition_number,
    base_offset + offset_delta::bigint as message_offset,
    case when marks & ${noValue | bytesValue} = 0 then value_text end as value_text,
    case when marks & ${bytesValue} <> 0 then unhex(value_text) end as value_bytes,
    case when marks & ${noKey} = 0 then substr(about, strpos(about, chr(31)) + 1) end as key_text,
    case when about = '' then '{}' when marks & ${noKey} <> 0 then about else substr(about, 1, strpos(about, chr(31)) - 1) end
      as headers_json,
    case when marks & ${noTime} = 0 then make_timestamptz((created_ms * 1000)::bigint) end as created_at,
    make_timestamptz((ingested_ms * 1000)::bigint) as ingested_at
  from scope.bronze.${table} join scope.bronze.staged_lots using (lot)
  where offset_delta >= first_offset - base_offset`;

/**
 * Put messages into a chunk of a staging table. Nothing that a message holds can make this fail.
 *
 * @param lot number of the lot they belong to
 * @param base offset from which the lot counts
 * @param now the wall's time, in milliseconds
 */
export function toChunk(messages: RawMessage[], lot: number, base: number, now: number): DuckDBDataChunk {
  const rows = messages.length;
  const marks = new Array<number>(rows);
  const deltas = new Array<number>(rows);
  const values = new Array<string>(rows);
  const abouts = new Array<string>(rows);
  const createds = new Array<number>(rows);
  const ingesteds = new Array<number>(rows);
  for (let at = 0; at < rows; at++) {
    const message = messages[at]!;
    const value = readContent(message.value);
    const key = readKey(message.key);
    const created = instant(Number(message.timestamp));
    marks[at] =
      (value.kind === 'text' ? 0 : value.kind === 'none' ? noValue : bytesValue) |
      (key === null ? noKey : 0) |
      (created === undefined ? noTime : 0);
    deltas[at] = Number(message.offset) - base;
    values[at] = value.kind === 'text' ? value.text : value.kind === 'bytes' ? value.hex : '';
    abouts[at] = aboutOf(key, message.headers);
    createds[at] = created ?? 0;
    ingesteds[at] = ingestedAt(message, created, now);
  }
  const chunk = DuckDBDataChunk.create(types);
  chunk.setColumns([new Array(rows).fill(lot), marks, deltas, values, abouts, createds, ingesteds]);
  return chunk;
}

function aboutOf(key: string | null, headers: RawMessage['headers']): string {
  if (key !== null) return `${headersJson(headers)}\u001f${key}`;
  return isEmpty(headers) ? '' : headersJson(headers);
}

function isEmpty(headers: RawMessage['headers']): boolean {
  for (const _ in headers) return false;
  return true;
}

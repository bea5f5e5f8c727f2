import { readFileSync } from 'node:fs';
import { inRoot } from '../../run/paths.ts';
import { readJson } from './json.ts';

/** A row as the recompute knows it: times in microseconds since 1970 (UTC), dates as text. */
export type Row = Record<string, string | number | boolean | null>;

/** A message as it lies in bronze. */
export type BronzeRow = {
  raw_payload: string | null;
  raw_bytes: Buffer | null;
  ingestion_timestamp: number;
  kafka_topic: string;
  kafka_epoch: number;
  kafka_partition: number;
  kafka_offset: number;
  kafka_headers: string;
  kafka_timestamp: number | null;
};

/** A row of silver.polled, with what the recompute needs by its type. */
export type Polled = Row & { coin_id: string; price_usd: number; last_updated: number; poll_time: number };

type Field = { column: string; type: string; path: string[] };

/** The fields of an element, read from the document's own table of silver.polled. */
const fields: Field[] = fieldsOf(readFileSync(inRoot('data-modeling', 'schema-design.md'), 'utf8'));

function fieldsOf(document: string): Field[] {
  const [, section] = document.split(/^### silver\.polled$/m);
  const rows = section!
    .split(/^#/m)[0]!
    .matchAll(/^\| (\w+) \| (VARCHAR|DOUBLE|INTEGER|TIMESTAMPTZ) \| [^|]+ \| `([\w.]+)` \|/gm);
  return [...rows].map(([, column, type, path]) => ({ column: column!, type: type!, path: path!.split('.') }));
}

const core = new Set(['coin_id', 'price_usd', 'last_updated']);
const minuteUs = 60_000_000;
const firstBlock = Date.UTC(2009, 0, 3) * 1000;
const year2100 = Date.UTC(2100, 0) * 1000;
const year10000 = Date.UTC(10000, 0) * 1000;

/** Read the messages of bronze as data-modeling/schema-design.md says, and judge each element. */
export const readMessages = (bronze: BronzeRow[]): Polled[] => bronze.flatMap(readMessage);

function readMessage(message: BronzeRow): Polled[] {
  const { kafka_topic, kafka_epoch, kafka_partition, kafka_offset, ingestion_timestamp } = message;
  const headers: unknown = JSON.parse(message.kafka_headers);
  const poll_time =
    pollTime(readTime(ownField(headers, 'poll_time'))) ?? message.kafka_timestamp ?? ingestion_timestamp;
  const place = { kafka_topic, kafka_epoch, kafka_partition, kafka_offset };
  const is_poll = ['simulated', 'coingecko'].includes(String(ownField(headers, 'source')));
  const [reason, elements, isEvent] = open(message);
  return elements.map((element, array_index) => {
    const fieldsFrom = isEvent ? asElement(element as object) : element;
    const row = Object.fromEntries(fields.map(field => [field.column, readField(fieldsFrom, field)]));
    const reject_reason = reason ?? judge(fieldsFrom, poll_time, element);
    const judged: Row = { ...row, ...place, poll_time, is_poll, ingestion_timestamp, array_index, reject_reason };
    return judged as Polled;
  });
}

/** A poll before 1970 or after 9999 has no time. */
const pollTime = (at: number | null): number | null => (at !== null && at >= 0 && at < year10000 ? at : null);

/** An event's fields by the names that an element has. */
const asElement = (event: object): object => ({
  id: ownField(event, 'asset'),
  current_price: ownField(event, 'price_usd'),
  last_updated: ownField(event, 'event_time'),
});

/** What is wrong with the message as a whole, or its elements, and whether it is an event. */
function open({ raw_payload, raw_bytes }: BronzeRow): [string | undefined, unknown[], true?] {
  if (raw_bytes) return ['not_text', [undefined]];
  if (raw_payload !== null && Buffer.byteLength(raw_payload) > 8 * 1024 * 1024) return ['too_large', [undefined]];
  if (raw_payload === null || /^[ \t\r\n\f]*$/.test(raw_payload)) return ['empty_message', [undefined]];
  const read = readJson(raw_payload);
  if (read === undefined) return ['not_json', [undefined]];
  if (typeof read === 'object' && read !== null && Object.hasOwn(read, 'asset')) return [undefined, [read], true];
  if (!Array.isArray(read)) return ['not_an_array', [undefined]];
  return read.length === 0 ? ['empty_array', [undefined]] : [undefined, read];
}

/** The first rule that the element breaks, null when it is good; `whole` is what was sent for it. */
function judge(element: unknown, pollTime: number, whole = element): string | null {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return 'not_an_object';
  if (holdsNul(whole as object)) return 'nul_character';
  const [id, price, at] = ['id', 'current_price', 'last_updated'].map(name => ownField(element, name) ?? null);
  if (id === null) return 'id_missing';
  if (typeof id !== 'string') return 'id_not_text';
  if (id === '') return 'id_empty';
  if (/[\p{Z}\p{Cc}]/u.test(id) || [...id].length > 200) return 'id_malformed';
  if (price === null) return 'price_missing';
  if (typeof price !== 'number') return 'price_not_a_number';
  if (!Number.isFinite(price)) return 'price_not_finite';
  if (price <= 0) return 'price_not_positive';
  if (price < 1e-30 || price > 1e15) return 'price_out_of_range';
  if (at === null) return 'last_updated_missing';
  if (typeof at !== 'string') return 'last_updated_not_text';
  if (/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(at)) return 'last_updated_without_offset';
  const time = readTime(at);
  if (time === null) return 'last_updated_not_iso';
  if (time < firstBlock) return 'last_updated_too_early';
  return time > pollTime + 5 * minuteUs || time >= year2100 ? 'last_updated_in_future' : null;
}

/** A field of the right type and within reason, else null; the core is judged apart. */
function readField(element: unknown, { column, type, path }: Field): Row[string] {
  const value = path.reduce(ownField, element);
  if (type === 'TIMESTAMPTZ') return readTime(value);
  if (type === 'VARCHAR')
    return typeof value === 'string' && (core.has(column) || [...value].length <= 1000) ? value : null;
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  if (type === 'INTEGER') return Number.isInteger(value) && value >= 1 && value < 2 ** 31 ? value : null;
  return core.has(column) || Math.abs(value) <= 1e30 ? value : null;
}

function ownField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** Microseconds since 1970 of a time as the document wants it written, null for anything else. */
export function readTime(value: unknown): number | null {
  const parts =
    typeof value === 'string' &&
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(value);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [sign, offsetHours, offsetMinutes] = [parts[8] === '-' ? -1 : 1, Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  const there = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (year < 100) there.setUTCFullYear(year);
  const exists = there.getUTCMonth() === month - 1 && hour < 24 && minute < 60 && second < 60;
  if (!exists || offsetHours > 14 || offsetMinutes > 59) return null;
  const fraction = Number((parts[7] ?? '').slice(0, 6).padEnd(6, '0'));
  return there.getTime() * 1000 + fraction - sign * (offsetHours * 60 + offsetMinutes) * minuteUs;
}

/** Whether any text within holds U+0000, names too. */
function holdsNul(element: object): boolean {
  for (const left: unknown[] = [element]; left.length > 0; ) {
    const value = left.pop();
    if (typeof value === 'string' && value.includes('\0')) return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) left.push(name, inner);
  }
  return false;
}

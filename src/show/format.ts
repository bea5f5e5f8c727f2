import { inspect } from 'node:util';

/** What a cell of a table holds once formatted; `full` when `text` was shortened. */
export type FormattedCell = { text: string; full?: string };

/** How a column is written: its alignment, the note beside its name ("UTC" for times), and the writer of its values. */
export type ColumnFormat = { align: 'left' | 'right'; note?: string; write: (value: unknown) => FormattedCell };

const longestText = 60;
const longestTitle = 2000;
const shownDigits = 7;
const mostFractionDigits = 12;
/** Digits of a number whose column spans orders of magnitude. */
const wideDigits = 5;
const unbrokenNumbers = /(^|_)(year|id|key)$/;

/**
 * Choose how to write a column from its name and its values, so that all values of the column look alike.
 * Times are written in UTC; numbers with thousands separators and at most seven significant digits.
 *
 * @param name Name of the column; years, ids and keys get no thousands separators.
 * @param values Values of the rows that will be shown; null and undefined are ignored.
 */
export function columnFormat(name: string, values: unknown[]): ColumnFormat {
  const known = values.filter(value => value !== null && value !== undefined);
  if (known.length > 0 && known.every(value => value instanceof Date)) return timeFormat(known);
  if (known.length > 0 && known.every(value => typeof value === 'number' || typeof value === 'bigint')) {
    const write = numberWriter(known, !unbrokenNumbers.test(name));
    return { align: 'right', write: value => ({ text: write(value as number | bigint) }) };
  }
  return { align: 'left', write: value => shorten(textOf(value)) };
}

function timeFormat(times: Date[]): ColumnFormat {
  const valid = times.filter(time => !Number.isNaN(time.getTime()));
  const every = (unitMs: number) => valid.every(time => time.getTime() % unitMs === 0);
  const length = every(86_400_000) ? 10 : every(60_000) ? 16 : every(1000) ? 19 : 23;
  const write = (value: unknown) => {
    const time = value as Date;
    if (Number.isNaN(time.getTime())) return { text: 'invalid date' };
    return { text: time.toISOString().slice(0, length).replace('T', ' ') };
  };
  return { align: 'left', note: 'UTC', write };
}

/** Fraction digits that a number needs when written with seven significant digits. */
function fractionDigits(value: number): number {
  const [, fraction = '', exponent = '0'] =
    /(?:\.(\d+?)0*)?(?:e([+-]\d+))?$/.exec(value.toPrecision(shownDigits)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

function numberWriter(values: (number | bigint)[], grouped: boolean): (value: number | bigint) => string {
  const finite = values.filter(value => Number.isFinite(Number(value))).map(Number);
  const sizes = finite.map(Math.abs).filter(size => size > 0);
  const alike = Math.max(...sizes) / Math.min(...sizes) < 1000;
  const whole = finite.every(Number.isInteger);
  const columnDigits = Math.max(0, ...finite.map(fractionDigits));
  return value => {
    const size = Math.abs(Number(value));
    if (!Number.isFinite(size)) return String(value);
    if (typeof value === 'number' && size > 0 && (size < 1e-6 || size >= 1e21)) return value.toExponential(3);
    const own = Math.max(2, wideDigits - 1 - Math.floor(Math.log10(size || 1)));
    const fraction = whole ? 0 : Math.min(alike ? columnDigits : Math.min(own, columnDigits), mostFractionDigits);
    const options = { useGrouping: grouped, minimumFractionDigits: fraction, maximumFractionDigits: fraction };
    return new Intl.NumberFormat('en-US', options).format(value);
  };
}

/** One line of text for a value of any type. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return bytesText(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    const ownWords = typeof value.toString === 'function' && value.toString !== Object.prototype.toString;
    if (!Array.isArray(value) && ownWords) return String(value);
    return JSON.stringify(value, (_key, part) => {
      if (part?.type === 'Buffer' && Array.isArray(part.data)) return bytesText(Uint8Array.from(part.data));
      return typeof part === 'bigint' ? String(part) : part;
    });
  } catch {
    return inspect(value, { breakLength: Number.POSITIVE_INFINITY }); // it holds itself, or nests very deep
  }
}

function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return `${bytes.length} bytes: ${Buffer.from(bytes.subarray(0, 16)).toString('hex')}`;
  }
}

function shorten(text: string): FormattedCell {
  const line = text.replace(/\s+/g, ' ');
  if (line.length <= longestText) return { text: line };
  return { text: `${line.slice(0, longestText - 1).trimEnd()}…`, full: text.slice(0, longestTitle) };
}

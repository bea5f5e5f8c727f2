import { isFrame } from '../show/table.ts';

/** How two results are held against each other. */
export type Comparison = {
  /** Does the order of rows count? */
  ordered?: boolean;
  /** Columns by which rows find their partners; without them rows stand as they are, or sorted if order does not count. */
  key?: readonly string[];
  /** Largest relative difference of two numbers that count as equal. */
  tolerance?: number;
};

/** The first difference found: in words what is off, and, kept apart, what was wanted there. */
export type Difference = { off: string; wanted: string };

export type Row = Record<string, unknown>;

/**
 * Say where a result first differs from what is wanted, or nothing when they are alike: numbers within a tolerance, bigints
 * by their value, dates by their instant, columns by name, null and undefined as one. Frames count as their rows.
 */
export function firstDifference(found: unknown, wanted: unknown, how: Comparison = {}): Difference | undefined {
  const [mine, theirs] = [rowsOf(found), rowsOf(wanted)];
  if (isRowList(theirs)) {
    if (!isRowList(mine) && !isEmptyList(mine)) return { off: noRows(mine), wanted: 'a list of rows' };
    return differenceOfRows(mine, theirs, how);
  }
  if (isRow(theirs)) {
    if (!isRow(mine)) return { off: `It should be an object; it is ${kindOf(found)}.`, wanted: textOf(theirs) };
    return differenceOfColumns([mine], [theirs]) ?? differenceOfRow(mine, theirs, '', how);
  }
  if (Array.isArray(theirs)) {
    if (!Array.isArray(mine)) return { off: `It should be a list; it is ${kindOf(found)}.`, wanted: 'a list' };
    return differenceOfLists(mine, theirs, how);
  }
  return differenceOfValues(mine, theirs, 'It', how);
}

/**
 * Whether a result has the form of what is wanted: a list where one is wanted, rows with all the wanted columns. Rows that
 * have more columns, or are none at all, have it too.
 */
export function isFormedAs(found: unknown, wanted: unknown): boolean {
  const [mine, theirs] = [rowsOf(found), rowsOf(wanted)];
  const hasColumns = (row: Row, like: Row) => Object.keys(like).every(name => name in row);
  if (isRowList(theirs))
    return isEmptyList(mine) || (isRowList(mine) && mine.every(row => hasColumns(row, theirs[0]!)));
  if (isRow(theirs)) return isRow(mine) && hasColumns(mine, theirs);
  return Array.isArray(mine) || !Array.isArray(theirs);
}

function noRows(found: unknown): string {
  if (!Array.isArray(found)) return `It should be a list of rows; it is ${kindOf(found)}.`;
  const at = found.findIndex(entry => !isRow(entry));
  return `It should be a list of rows; entry ${at + 1} of the list is ${kindOf(found[at])}.`;
}

function differenceOfLists(found: readonly unknown[], wanted: readonly unknown[], how: Comparison) {
  const sorted = (list: readonly unknown[]) => (how.ordered === false ? [...list].sort(byText) : list);
  const [mine, theirs] = [sorted(found), sorted(wanted)];
  for (let at = 0; at < Math.min(mine.length, theirs.length); at++) {
    const inner = firstDifference(mine[at], theirs[at], how);
    const part = isPlainList(theirs[at]) ? `List ${at + 1}` : `Number ${at + 1} of the list`;
    if (inner) return { off: `${part}: ${uncapitalise(inner.off)}`, wanted: inner.wanted };
  }
  return differenceOfCounts(mine.length, theirs.length, 'entries');
}

function differenceOfRows(found: Row[], wanted: Row[], how: Comparison): Difference | undefined {
  if (found.length === 0 && wanted.length > 0)
    return { off: 'There are no rows.', wanted: `${count(wanted.length)} rows` };
  if (wanted.length > 0) {
    const columns = differenceOfColumns(found, wanted);
    if (columns) return columns;
  }
  const { key } = how;
  if (key && !how.ordered) return differenceByKey(found, wanted, key, how);
  const counts = differenceOfCounts(found.length, wanted.length, 'rows');
  if (counts) return counts;
  const names = Object.keys(wanted[0] ?? {});
  const sorted = (rows: Row[]) =>
    how.ordered ? rows : [...rows].sort((a, b) => byText(pick(a, names), pick(b, names)));
  const [mine, theirs] = [sorted(found), sorted(wanted)];
  for (const [at, row] of theirs.entries()) {
    const difference = differenceOfRow(mine[at]!, row, `Row ${at + 1}${nameOf(row, key)}: `, how);
    if (difference) return difference;
  }
  return undefined;
}

/** A key of another kind throughout finds no partner at all: better told once than as a missing row. */
function differenceOfKinds(found: Row[], wanted: Row[], key: readonly string[]): Difference | undefined {
  for (const name of wanted.length > 0 ? key : []) {
    const [mine, theirs] = [kindOf(found[0]?.[name]), kindOf(wanted[0]![name])];
    const told = mine !== 'nothing' && theirs !== 'nothing';
    if (told && mine !== theirs && found.every(row => kindOf(row[name]) === mine))
      return { off: `"${name}" is ${mine} (${textOf(found[0]![name])}); ${theirs} is expected.`, wanted: theirs };
  }
  return undefined;
}

/** Rows find their partners by a key, so that a missing row is called missing. */
function differenceByKey(found: Row[], wanted: Row[], key: readonly string[], how: Comparison): Difference | undefined {
  const kinds = differenceOfKinds(found, wanted, key);
  if (kinds) return kinds;
  const keyOf = (row: Row) => textOf(pick(row, key));
  const left = new Map(found.map(row => [keyOf(row), row]));
  if (left.size < found.length) {
    const seen = new Set<string>();
    const twin = found.find(row => seen.size === seen.add(keyOf(row)).size)!;
    return {
      off: `There is more than one row${nameOf(twin, key, ' of')}.`,
      wanted: `one row each of ${key.join(', ')}`,
    };
  }
  for (const row of wanted) {
    const mine = left.get(keyOf(row));
    if (!mine) return { off: `The row${nameOf(row, key, ' of')} is missing.`, wanted: `${count(wanted.length)} rows` };
    const difference = differenceOfRow(mine, row, `The row${nameOf(row, key, ' of')}: `, how);
    if (difference) return difference;
    left.delete(keyOf(row));
  }
  const [extra] = left.values();
  return (
    extra && { off: `The row${nameOf(extra, key, ' of')} should not be there.`, wanted: `${count(wanted.length)} rows` }
  );
}

const columnsAre = (names: string[]) =>
  names.length === 1 ? `The column ${quote(names)} is` : `The columns ${quote(names)} are`;

function differenceOfColumns(found: Row[], wanted: Row[]): Difference | undefined {
  const [mine, theirs] = [Object.keys(found[0] ?? {}), Object.keys(wanted[0] ?? {})];
  const missing = theirs.filter(name => !mine.includes(name));
  const extra = mine.filter(name => !theirs.includes(name));
  if (typeof found[0]?.then === 'function')
    return {
      off: 'These are promises and not yet rows: wait for them by `await Promise.all(…)`.',
      wanted: quote(theirs),
    };
  if (missing.length > 0)
    return { off: `${columnsAre(missing)} missing; there are ${quote(mine)}.`, wanted: quote(theirs) };
  if (extra.length > 0) return { off: `The column ${quote(extra)} was not asked for.`, wanted: quote(theirs) };
  return undefined;
}

function differenceOfRow(found: Row, wanted: Row, where: string, how: Comparison): Difference | undefined {
  for (const [name, value] of Object.entries(wanted)) {
    const difference = differenceOfValues(found[name], value, `${where}"${name}"`, how);
    if (difference) return difference;
  }
  return undefined;
}

function differenceOfValues(found: unknown, wanted: unknown, what: string, how: Comparison): Difference | undefined {
  if (alike(found, wanted, how.tolerance ?? 1e-9)) return undefined;
  const told = (off: string): Difference => ({ off: `${what} ${off}`, wanted: textOf(wanted) });
  const empty = (value: unknown) => value === null || value === undefined;
  if (empty(found)) return told('is null, and a value is expected.');
  if (empty(wanted)) return told(`is ${textOf(found)}, and null is expected.`);
  const [mine, theirs] = [kindOf(found), kindOf(wanted)];
  if (mine !== theirs)
    return told(`is ${typeof found === 'function' ? mine : `${mine} (${textOf(found)})`}; ${theirs} is expected.`);
  if (Number.isNaN(found)) return told('is NaN, which is not a number. Was a text, or nothing at all, taken for one?');
  if (Number.isNaN(wanted)) return told(`is ${textOf(found)}, and NaN is expected.`);
  if (found instanceof Date && Number.isNaN(found.getTime())) return told(`is ${textOf(found)}.`);
  if (found instanceof Date)
    return told(`is ${textOf(found)}, which is too ${found > (wanted as Date) ? 'late' : 'early'}.`);
  if (mine === 'a number')
    return told(
      `is ${textOf(found)}, which is too ${Number(found) > Number(wanted) ? 'high' : 'low'}.` +
        (isRounded(Number(found), Number(wanted)) ? ' If you have rounded it, leave all its digits.' : ''),
    );
  return told(`is ${textOf(found)}, which is not right.`);
}

function differenceOfCounts(found: number, wanted: number, what: string): Difference | undefined {
  if (found === wanted) return undefined;
  return {
    off: `There are ${count(found)} ${what}, too ${found > wanted ? 'many' : 'few'}.`,
    wanted: `${count(wanted)} ${what}`,
  };
}

/** Equality as the data means it. */
function alike(found: unknown, wanted: unknown, tolerance: number): boolean {
  if (found === wanted || ((found ?? null) === null && (wanted ?? null) === null)) return true;
  if (isNumeric(found) && isNumeric(wanted)) {
    const [a, b] = [Number(found), Number(wanted)];
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b);
    return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
  }
  if (found instanceof Date && wanted instanceof Date) return found.getTime() === wanted.getTime();
  if (typeof found === 'object' && typeof wanted === 'object' && found && wanted)
    return !firstDifference(found, wanted, { tolerance, ordered: true });
  return false;
}

/** Would rounding to a few decimals make the one of the other? */
const isRounded = (found: number, wanted: number) =>
  found !== 0 && [0, 1, 2, 3, 4, 5, 6].some(digits => Number(wanted.toFixed(digits)) === found);

const isNumeric = (value: unknown) => typeof value === 'number' || typeof value === 'bigint';
/** Tell whether a value can be a row: an object with names, and no list, time or bytes. */
export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !ArrayBuffer.isView(value);
const isRowList = (value: unknown): value is Row[] => Array.isArray(value) && value.length > 0 && value.every(isRow);
const isPlainList = (value: unknown) => Array.isArray(value) && !isRowList(value);
const isEmptyList = (value: unknown): value is [] => Array.isArray(value) && value.length === 0;
const rowsOf = (value: unknown) => {
  if (value instanceof Uint8Array) return [...value];
  return typeof value === 'object' && value !== null && isFrame(value) ? value.toRecords() : value;
};

/** What a value is, as one says it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (isNumeric(value)) return 'a number';
  if (value instanceof Date) return 'a time';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'true or false';
  if (value instanceof Promise) return 'a promise (put "await" before it)';
  if (typeof value === 'function') return 'a function';
  return isFrame(value) ? 'a frame' : 'an object';
}

const byText = (a: unknown, b: unknown) => {
  const [first, second] = [textOf(a), textOf(b)];
  return first < second ? -1 : first > second ? 1 : 0;
};
const pick = (row: Row, names: readonly string[]) => names.map(name => row[name]);
const quote = (names: string[]) => names.map(name => `"${name}"`).join(', ');
const uncapitalise = (text: string) => text[0]!.toLowerCase() + text.slice(1);
const count = (number: number) => number.toLocaleString('en-US');

function nameOf(row: Row, key: readonly string[] | undefined, before = ' ('): string {
  if (!key) return '';
  const name = key.map(column => textOf(row[column])).join(', ');
  return before === ' (' ? ` (${name})` : `${before} ${name}`;
}

/** A value in one short line. */
export function textOf(value: unknown): string {
  if (value instanceof Date)
    return Number.isNaN(value.getTime())
      ? 'an invalid time'
      : value
          .toISOString()
          .replace('T', ' ')
          .replace(/(:00)?\.000Z$|Z$/, '');
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(7)));
  if (typeof value === 'string') return value.length > 80 ? `"${value.slice(0, 77)}…"` : `"${value}"`;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (isFrame(value)) return `a frame, ${count(value.height)} rows of ${value.columns.join(', ')}`;
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? Number(part) : part)) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

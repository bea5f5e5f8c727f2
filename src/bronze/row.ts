import { isUtf8 } from 'node:buffer';
import { type RawMessage, readHeaders } from '../kafka/message.ts';

/** The wall's time, or what stands for it in a test. */
export type Clock = () => Date;

/** What can be said of a value or a key. */
export type Content = { kind: 'none' } | { kind: 'text'; text: string } | { kind: 'bytes'; hex: string };

/** What bronze keeps of a value at most: of a packed message of 1 MB hundreds can come, more than the pipeline has memory. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Read a value or a key: text where it is UTF-8 without the character U+0000, else its bytes in hexadecimal. (With that
 * character among its statistics a file of the lake can no longer be looked for.) Of more than 32 MiB the first 32 are read.
 */
export function readContent(whole: Buffer | null): Content {
  if (whole === null) return { kind: 'none' };
  const bytes = whole.length > mostBytes ? whole.subarray(0, startOfCharacter(whole, mostBytes)) : whole;
  if (isUtf8(bytes) && !bytes.includes(0)) return { kind: 'text', text: bytes.toString() };
  return { kind: 'bytes', hex: bytes.toString('hex') };
}

/** The place at or before `at` where no character of UTF-8 is cut. */
function startOfCharacter(bytes: Buffer, at: number): number {
  let place = at;
  while (place > at - 4 && (bytes[place]! & 0xc0) === 0x80) place--;
  return place;
}

/** A key as a table holds it: text, or hexadecimal as `\x00ff`. */
export function readKey(bytes: Buffer | null): string | null {
  const key = readContent(bytes);
  return key.kind === 'none' ? null : key.kind === 'text' ? key.text : `\\x${key.hex}`;
}

/** Headers as JSON text; `{}` when there are none. */
export function headersJson(headers: RawMessage['headers']): string {
  return headers ? JSON.stringify(readHeaders(headers)) : '{}';
}

/**
 * Say when a message counts as taken in, in milliseconds: a simulated one when it was polled, by the market's clock (or
 * when its message was made, if it does not say); any other now.
 *
 * @param created when the message was made, if that is known
 * @param now the wall's time, in milliseconds
 */
export function ingestedAt({ headers }: RawMessage, created: number | undefined, now: number): number {
  if (headers === undefined || String(headers.source ?? '') !== 'simulated') return now;
  const polled = String(headers.poll_time ?? '');
  return readTime(polled) ?? created ?? now;
}

/** Read a time as silver.polled does, in milliseconds; a day that does not exist (30 February) is no time. */
function readTime(text: string): number | undefined {
  if (!isoTime.test(text)) return undefined;
  const day = new Date(text.slice(0, 10)); // Date.parse would roll over into the next month
  return day.getUTCDate() === Number(text.slice(8, 10)) ? instant(Date.parse(text)) : undefined;
}

/** A time between 1970 and 9999 in milliseconds; anything else is no time that a table could hold. */
export const instant = (ms: number): number | undefined => (ms >= 0 && ms < year10000 ? ms : undefined);

const isoTime = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;
const year10000 = Date.UTC(10000, 0);

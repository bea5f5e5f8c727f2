import { isUtf8 } from 'node:buffer';
import { type RawMessage, readHeaders } from '../kafka/message.ts';

/** The wall's time, or what stands for it in a test. */
export type Clock = () => Date;

/** A message as the staging table takes it: text where it is text, microseconds since 1970. */
export type StagedRow = {
  offset: bigint;
  text: string | null;
  bytes: Buffer | null;
  key: string | null;
  headers: string;
  createdUs: bigint | null;
  ingestedUs: bigint;
};

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const year10000 = Date.UTC(10000, 0);

/** Turn a message into a row. Nothing that a message holds can make this fail. */
export function toRow(message: RawMessage, clock: Clock): StagedRow {
  const { value } = message;
  const isText = value === null || isText8(value);
  const created = instant(Number(message.timestamp));
  return {
    offset: BigInt(message.offset),
    text: value !== null && isText ? value.toString() : null,
    bytes: isText ? null : value,
    key: message.key === null ? null : readKey(message.key),
    headers: message.headers ? JSON.stringify(readHeaders(message.headers)) : '{}',
    createdUs: created === undefined ? null : micros(created),
    ingestedUs: micros(ingestedAt(message, created, clock)),
  };
}

/**
 * Say when a message counts as taken in, in milliseconds: a simulated one when it was polled, by the market's clock (or
 * when its message was made, if it does not say); any other now.
 */
export function ingestedAt({ headers }: RawMessage, created: number | undefined, clock: Clock): number {
  if (headers === undefined || String(headers.source ?? '') !== 'simulated') return clock().getTime();
  const polled = String(headers.poll_time ?? '');
  return (isoTime.test(polled) ? instant(Date.parse(polled)) : undefined) ?? created ?? clock().getTime();
}

/** Text that DuckDB can hold as it is: UTF-8 without the character U+0000. */
const isText8 = (value: Buffer): boolean => isUtf8(value) && !value.includes(0);

/** A key as text; one that is not UTF-8 in hexadecimal, as `\x00ff`. */
const readKey = (key: Buffer): string => (isText8(key) ? key.toString() : `\\x${key.toString('hex')}`);

/** A time between 1970 and 9999 in milliseconds; anything else is no time a table could hold. */
const instant = (ms: number): number | undefined => (ms >= 0 && ms < year10000 ? ms : undefined);

const micros = (ms: number): bigint => BigInt(ms) * 1000n;

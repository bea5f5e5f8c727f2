import { expect, test } from 'vitest';
import { headersJson, ingestedAt, instant, readContent, readKey } from './row.ts';

const message = (headers?: Record<string, string>) => ({
  offset: '0',
  timestamp: '0',
  key: null,
  value: null,
  headers,
});
const now = Date.UTC(2030, 0);
const created = Date.UTC(2026, 2, 2, 0, 1);

test('a value is text, bytes or nothing', () => {
  expect(readContent(null)).toEqual({ kind: 'none' });
  expect(readContent(Buffer.from(''))).toEqual({ kind: 'text', text: '' });
  expect(readContent(Buffer.from('Zürich 💥'))).toEqual({ kind: 'text', text: 'Zürich 💥' });
  expect(readContent(Buffer.from([0xff, 0x41]))).toEqual({ kind: 'bytes', hex: 'ff41' });
  expect(readContent(Buffer.from('a\0b'))).toEqual({ kind: 'bytes', hex: '610062' });
});

test('of a value that no table could hold the beginning is read, and no character is cut', () => {
  const value = Buffer.concat([Buffer.alloc(32 * 1024 * 1024 - 1, 'x'), Buffer.from('ü and more')]);
  const content = readContent(value);
  expect(content.kind === 'text' && [content.text.length, content.text.at(-1)]).toEqual([32 * 1024 * 1024 - 1, 'x']);
});

test('a key that is not text shows its bytes', () => {
  expect(readKey(null)).toBeNull();
  expect(readKey(Buffer.from('bitcoin'))).toBe('bitcoin');
  expect(readKey(Buffer.from([0, 255]))).toBe('\\x00ff');
});

test('headers are JSON, with lists for those that were sent several times', () => {
  expect(headersJson(undefined)).toBe('{}');
  expect(headersJson({ source: Buffer.from('simulated'), tag: [Buffer.from('a'), 'b"'], empty: undefined })).toBe(
    '{"source":"simulated","tag":["a","b\\""],"empty":""}',
  );
});

test('a header that was sent several times may once have had no value', () => {
  expect(headersJson({ tag: [null as never, Buffer.from('b')] })).toBe('{"tag":["","b"]}');
});

test('a simulated message is taken in when it was polled', () => {
  const polled = { source: 'simulated', poll_time: '2026-03-02T00:00:30.500Z' };
  expect(ingestedAt(message(polled), created, now)).toBe(Date.UTC(2026, 2, 2, 0, 0, 30, 500));
});

test('a simulated message without a valid poll time is taken in when it was made, or else now', () => {
  for (const poll_time of ['noon', '2026-03-02', '2026-13-99T00:00:00Z', '+275760-09-13T00:00:00Z', ''])
    expect(ingestedAt(message({ source: 'simulated', poll_time }), created, now)).toBe(created);
  expect(ingestedAt(message({ source: 'simulated' }), undefined, now)).toBe(now);
});

test.each([
  ['a day that does not exist', '2026-02-30T00:00:00Z', created],
  ['hour 24', '2026-03-05T24:00:00Z', created],
  ['second 60', '2026-03-05T00:00:60Z', created],
  ['an offset of 15 hours', '2026-03-05T00:00:00+15:00', created],
  ['an offset of 60 minutes', '2026-03-05T00:00:00+01:60', created],
  ['ten decimals', '2026-03-05T00:00:00.0123456789Z', created],
  ['a year before 1970', '1969-12-31T23:59:59Z', created],
  ['29 February of a leap year', '2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ['the day after in UTC', '2026-02-28T23:30:00-14:59', Date.UTC(2026, 2, 1, 14, 29)],
  ['microseconds, which are cut', '2026-03-05T00:00:00.123999Z', Date.UTC(2026, 2, 5, 0, 0, 0, 123)],
])('a poll time with %s is judged as silver does', (_, poll_time, wanted) => {
  expect(ingestedAt(message({ source: 'simulated', poll_time }), created, now)).toBe(wanted);
});

test('any other message is taken in now', () => {
  expect(ingestedAt(message(), created, now)).toBe(now);
  expect(ingestedAt(message({ source: 'coingecko', poll_time: '2026-03-02T00:00:30Z' }), created, now)).toBe(now);
});

test('a time that no table could hold is no time', () => {
  expect(instant(0)).toBe(0);
  for (const none of [-1, Number.NaN, 9.2e18, Date.UTC(10000, 0)]) expect(instant(none)).toBeUndefined();
});

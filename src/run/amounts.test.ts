import { expect, test } from 'vitest';
import { parseBytes, parseDuration, showBytes } from './amounts.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
])('%s is %i milliseconds', (text, wanted) => expect(parseDuration(text)).toBe(wanted));

test('sizes count in powers of 1024', () => {
  expect(parseBytes('2GB')).toBe(2 ** 31);
  expect(showBytes(1.5 * 2 ** 30)).toBe('1.5 GB');
  expect(showBytes(0)).toBe('0 B');
});

test.each(['', '30', 's', '-1s', '1 fortnight'])('"%s" is no duration', text =>
  expect(() => parseDuration(text)).toThrow(`Cannot read "${text}" as a duration: wanted 30s, 500ms or 1m.`),
);

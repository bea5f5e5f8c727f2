import { expect, test } from 'vitest';
import { columnFormat } from './format.ts';

const written = (name: string, values: unknown[]) => {
  const { write } = columnFormat(name, values);
  return values.map(value => write(value).text);
};

test('whole numbers get thousands separators and no fraction', () => {
  expect(written('rows', [1, 1234567, 12345678901234567890n])).toEqual([
    '1',
    '1,234,567',
    '12,345,678,901,234,567,890',
  ]);
});

test('numbers of one size share their number of decimals', () => {
  expect(written('price_usd', [67250.5, 68123.456, 67000])).toEqual(['67,250.50', '68,123.46', '67,000.00']);
});

test('numbers of many sizes keep up to five digits each', () => {
  expect(written('price_usd', [67250.512, 3480.25, 0.08123456, 0.00000123])).toEqual([
    '67,250.51',
    '3,480.25',
    '0.081235',
    '0.00000123',
  ]);
});

test('noise of binary fractions is not shown', () => {
  expect(written('sum', [0.1 + 0.2, 0.7])).toEqual(['0.3', '0.7']);
});

test('what is not a finite number says so', () => {
  expect(written('ratio', [1.5, Number.NaN, Number.POSITIVE_INFINITY])).toEqual(['1.5', 'NaN', 'Infinity']);
});

test('years, ids and keys are not grouped', () => {
  expect(written('year', [2026])).toEqual(['2026']);
  expect(written('landing_id', [12345])).toEqual(['12345']);
});

test('times are in UTC and only as fine as the column needs', () => {
  expect(written('day', [new Date('2026-03-09')])).toEqual(['2026-03-09']);
  expect(written('minute', [new Date('2026-03-09T23:59:00+02:00')])).toEqual(['2026-03-09 21:59']);
  expect(written('at', [new Date('2026-03-09T00:00:00.5Z'), new Date(0)])).toEqual([
    '2026-03-09 00:00:00.500',
    '1970-01-01 00:00:00.000',
  ]);
  expect(columnFormat('at', [new Date()]).note).toBe('UTC');
});

test('long text is cut and kept in full', () => {
  const { text, full } = columnFormat('raw_payload', []).write('x'.repeat(100));
  expect([text.length, text.at(-1), full]).toEqual([60, '…', 'x'.repeat(100)]);
});

test('bytes show as text where they are text, else as their length and first bytes', () => {
  expect(written('value', [Buffer.from('{"a":1}')])).toEqual(['{"a":1}']);
  expect(written('value', [Buffer.from([0xff, 0xfe])])).toEqual(['2 bytes: fffe']);
});

test('nested values show as JSON, big integers included', () => {
  expect(written('headers', [{ source: 'simulated', n: 1n }])).toEqual(['{"source":"simulated","n":"1"}']);
});

import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { diagram } from './diagram.ts';
import { mimeOf } from './mime.ts';
import { inlineHtml, shown } from './shown.ts';
import { table } from './table.ts';

const html = (value: unknown) => String(mimeOf(value)?.data['text/html']).replace(/<style>.*?<\/style>/s, '');
const text = (value: unknown) => String(mimeOf(value)?.data['text/plain']);

test('rows become a table in two forms', () => {
  const rows = [
    { coin_id: 'bitcoin', price_usd: 67250.5 },
    { coin_id: 'dogecoin', price_usd: null },
  ];
  expect(text(rows)).toBe('coin_id   price_usd\nbitcoin    67,250.5\ndogecoin       null');
  expect(html(rows)).toMatch(/<td style="text-align:right">67,250\.5<\/td>/);
  expect(html(rows)).toMatch(/<i>null<\/i>/);
});

test('a frame and a series become the same tables as rows', () => {
  const rows = [{ coin_id: 'bitcoin', n: 1 }];
  expect(html(pl.DataFrame(rows).withColumn(pl.col('n').cast(pl.Int32)))).toBe(html(rows));
  expect(html(pl.Series('n', [1, 2]))).toBe(html([{ n: 1 }, { n: 2 }]));
});

test('hostile names, values and titles stay text', () => {
  const hostile = `<img src=x onerror="alert('1')">`;
  const made = html(table([{ [hostile]: hostile, long: hostile.repeat(3) }], { title: hostile }));
  expect(made).not.toMatch(/<img|"alert/);
});

test('rows beyond the limit are counted', () => {
  const rows = Array.from({ length: 1234 }, (_, n) => ({ n }));
  expect(text(rows)).toMatch(/… 1,214 more of 1,234 rows$/);
  expect(text(table(rows, { limit: 1234 }))).not.toMatch(/more/);
  const many = Array.from({ length: 200_000 }, (_, n) => ({ n }));
  expect(text(table(many, { limit: many.length }))).toMatch(/… 198,000 more of 200,000 rows$/);
  expect(text(table([]))).toBe('no rows');
});

test('cells that JSON cannot write are shown all the same', () => {
  const itself: Record<string, unknown> = {};
  itself.self = itself;
  const groups = Object.groupBy([1, 2], n => (n % 2 ? 'odd' : 'even'));
  expect(text([{ itself }])).toContain('[Circular *1]');
  expect(text([{ groups }])).toContain('{"odd":[1],"even":[2]}');
});

test('rows with different columns show all of them', () => {
  expect(text([{ a: 1 }, { b: 2 }])).toBe('   a     b\n   1  null\nnull     2');
});

test('what is neither table nor chart is left to the kernel', () => {
  for (const value of [1, 'a', null, [], [1, 2], [new Date()], { a: 1 }, new Map(), [[1]]])
    expect(mimeOf(value)).toBeUndefined();
});

test('what describes itself is taken at its word', () => {
  expect(mimeOf({ [shown]: () => ({ 'text/plain': 'me' }) })).toEqual({ data: { 'text/plain': 'me' } });
});

test('a diagram names its tables, marks their keys and draws a line for each reference', () => {
  const columns = [
    ['dim_crypto', 'crypto_key', 'UBIGINT'],
    ['dim_time', 'time_key', 'INTEGER'],
    ['fact_crypto_ticks', 'crypto_key', 'UBIGINT'],
    ['fact_crypto_ticks', 'time_key', 'INTEGER'],
  ].map(([table_name, column_name, data_type]) => ({ table_name, column_name, data_type })) as Parameters<
    typeof diagram
  >[0];
  const made = diagram(columns, { dim_crypto: 'crypto_key', dim_time: 'time_key' });
  expect(text(made)).toBe(
    'Diagram: fact_crypto_ticks refer to dim_crypto, dim_time\ndim_crypto: crypto_key (PK)\ndim_time: time_key (PK)\nfact_crypto_ticks: crypto_key (FK), time_key (FK)',
  );
  expect(html(made).match(/stroke="#8A8A8A"/g)).toHaveLength(2);
});

test('prose shows code, and the stars of an error as stars', () => {
  expect(inlineHtml('LINE 1: select count(*), sum(*), `a * b * c` and a lone ` <')).toBe(
    'LINE 1: select count(*), sum(*), <code>a * b * c</code> and a lone ` &#60;',
  );
});

import { compile, type TopLevelSpec } from 'vega-lite';
import { expect, test } from 'vitest';
import { candles } from './candles.ts';
import { dress, isSpec, type Spec } from './chart.ts';
import { lines } from './lines.ts';

const dressed = (spec: Spec) =>
  dress(spec)['application/vnd.vegalite.v5+json'] as Spec & { encoding: Record<string, Spec> };
const compiled = (spec: Spec) => JSON.stringify(compile(dressed(spec) as unknown as TopLevelSpec).spec);
const rows = [
  { hour: new Date('2026-03-09T00:00Z'), open: 1, high: 4, low: 0.5, close: 2, ma_24: 1.5, coin_id: 'bitcoin' },
  { hour: new Date('2026-03-09T01:00Z'), open: 2, high: 3, low: 1, close: 1, ma_24: null, coin_id: 'bitcoin' },
];

test('a spec is known by its schema or its parts', () => {
  expect(isSpec({ $schema: 'https://vega.github.io/schema/vega-lite/v5.json' })).toBe(true);
  expect(isSpec({ data: {}, mark: 'bar' })).toBe(true);
  expect(isSpec({ data: [1, 2], status: 200 })).toBe(false);
});

test('time axes and tooltips are in UTC and say so', () => {
  const spec = lines(rows, { x: 'hour', y: 'close' });
  expect(dressed(spec).encoding.x).toMatchObject({ scale: { type: 'utc' }, title: 'hour (UTC)' });
  expect(compiled(spec)).toMatch(/utcFormat/);
  expect(compiled(spec)).not.toMatch(/[^c]timeFormat\(/);
  expect(compiled(candles(rows))).not.toMatch(/[^c]timeFormat\(/);
});

test('rows travel as JSON: dates as milliseconds, big integers as numbers, NaN as null', () => {
  const spec = { data: { values: [{ at: new Date(5), n: 7n, bad: Number.NaN }] }, mark: 'bar' };
  expect(dressed(spec).data).toEqual({ values: [{ at: 5, n: 7, bad: null }] });
});

test('title and subtitle describe the chart to screen readers and as text', () => {
  const spec = lines(rows, { x: 'hour', y: 'close', title: 'Bitcoin fell', subtitle: 'USD, two hours' });
  expect(dressed(spec).description).toBe('Bitcoin fell. USD, two hours');
  expect(dress(spec)['text/plain']).toBe('Chart: Bitcoin fell. USD, two hours');
});

test('a config of the learner goes before the look of the course', () => {
  const { config } = dressed({ data: {}, mark: 'bar', config: { axis: { labelFontSize: 20 } } });
  expect(config).toMatchObject({ background: 'transparent', axis: { labelFontSize: 20, titleFontSize: 13 } });
});

test('dressing changes nothing in the spec it is given', () => {
  const spec = lines(rows, { x: 'hour', y: 'close', colour: 'coin_id', scale: 'log' });
  const before = structuredClone(spec);
  dress(spec);
  expect(spec).toEqual(before);
});

test('every builder makes a spec that vega-lite compiles', () => {
  for (const scale of ['linear', 'log', 'rank'] as const) {
    expect(() => compiled(lines(rows, { x: 'hour', y: 'close', scale }))).not.toThrow();
  }
  expect(() => compiled(candles(rows, { averages: ['ma_24'] }))).not.toThrow();
});

test('candles without prices say what was found and wanted', () => {
  expect(() => candles([{ a: 1 }])).toThrow('found columns a; wanted a date and open…');
});

import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { computeFeatures } from './features.ts';

const start = Date.UTC(2026, 2, 2);
type Hour = { coin: string; hour: number; price: number };
type Feature = {
  coin_id: string;
  ts: Date;
  ret_1h: number | null;
  ma_24: number | null;
  ma_72: number | null;
  vol_24h: number | null;
  zscore_1h: number | null;
};

const frameOf = (hours: Hour[]) =>
  pl
    .DataFrame({
      coin_id: hours.map(({ coin }) => coin),
      ts: hours.map(({ hour }) => new Date(start + hour * 3_600_000)),
      price: hours.map(({ price }) => price),
      ret_1h: hours.map(() => 0),
      ma_24: hours.map(() => 0),
      ma_72: hours.map(() => 0),
      vol_24h: hours.map(() => 0),
      zscore_1h: hours.map(() => 0),
    })
    .withColumns(pl.col('ts').cast(pl.Datetime('us')));
const features = (hours: Hour[]) => computeFeatures(frameOf(hours)).toRecords() as unknown as Feature[];

const wave = (coin: string, hours: number, base = 100) =>
  Array.from({ length: hours }, (_, hour) => ({ coin, hour, price: base + 5 * Math.sin(hour * 1.7) + (hour % 7) }));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));

test('each feature is what its definition says', () => {
  const prices = wave('a', 100).map(({ price }) => price);
  const returns = prices.map((price, hour) => (hour === 0 ? Number.NaN : price / prices[hour - 1]! - 1));
  for (const [hour, row] of features(wave('a', 100)).entries()) {
    const upTo = (values: number[], hours: number) => values.slice(hour + 1 - hours, hour + 1);
    if (hour > 0) expect(row.ret_1h).toBeCloseTo(returns[hour]!, 14);
    if (hour >= 23) expect(row.ma_24).toBeCloseTo(mean(upTo(prices, 24)), 10);
    if (hour >= 71) expect(row.ma_72).toBeCloseTo(mean(upTo(prices, 72)), 10);
    if (hour >= 24) expect(row.vol_24h).toBeCloseTo(deviation(upTo(returns, 24)), 14);
    if (hour >= 24)
      expect(row.zscore_1h).toBeCloseTo((returns[hour]! - mean(upTo(returns, 24))) / deviation(upTo(returns, 24)), 10);
  }
});

test('a window is null until each of its hours is there', () => {
  const first = (name: keyof Feature) => features(wave('a', 100)).findIndex(row => row[name] !== null);
  expect([first('ret_1h'), first('ma_24'), first('vol_24h'), first('zscore_1h'), first('ma_72')]).toEqual([
    1, 23, 24, 24, 71,
  ]);
});

test('a missing hour empties every window that holds it, and no other', () => {
  const rows = features(wave('a', 200).filter(({ hour }) => hour !== 80));
  const empty = (name: keyof Feature) =>
    rows
      .filter(row => row[name] === null && row.ts.getTime() > start + 79 * 3_600_000)
      .map(row => (row.ts.getTime() - start) / 3_600_000);
  expect(empty('ret_1h')).toEqual([81]);
  expect(empty('ma_24')).toEqual(Array.from({ length: 23 }, (_, at) => 81 + at));
  expect(empty('vol_24h')).toEqual(Array.from({ length: 24 }, (_, at) => 81 + at));
  expect(empty('ma_72')).toEqual(Array.from({ length: 71 }, (_, at) => 81 + at));
});

test('coins do not mix, in whatever order the rows come', () => {
  const alone = features(wave('b', 90, 7));
  const mixed = features([...wave('c', 90), ...wave('b', 90, 7), ...wave('a', 90)].toSorted((x, y) => y.hour - x.hour));
  expect(mixed.filter(row => row.coin_id === 'b')).toEqual(alone);
});

test('a part of the hours gives the same digits as the whole', () => {
  const whole = features(wave('a', 400));
  const part = features(wave('a', 400).filter(({ hour }) => hour >= 250));
  expect(part.slice(72)).toEqual(whole.slice(322));
});

test('where nothing moves there is no score', () => {
  const rows = features(wave('a', 60).map(row => ({ ...row, price: 5 })));
  expect(rows[30]).toMatchObject({ ret_1h: 0, ma_24: 5, vol_24h: 0, zscore_1h: null });
});

test('no hours give no features', () => {
  expect(features([])).toEqual([]);
});

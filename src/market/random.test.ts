import { expect, test } from 'vitest';
import { keyOf, normal, uniform, wander } from './random.ts';

const many = Array.from({ length: 40_000 }, (_, n) => n);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('keys differ by order, by parts and by where a part ends', () => {
  const keys = [keyOf('a', 'b'), keyOf('b', 'a'), keyOf('ab'), keyOf('a', 'b', ''), keyOf(1, 'b'), keyOf(11, 'b')];
  expect(new Set(keys).size).toBe(keys.length);
});

test('uniform numbers fill the unit interval evenly and never touch its ends', () => {
  const values = many.map(n => uniform(keyOf('uniform'), n));
  expect(Math.min(...values)).toBeGreaterThan(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(mean(values)).toBeCloseTo(0.5, 2);
  expect(mean(values.slice(1).map((value, n) => (value - 0.5) * (values[n]! - 0.5)))).toBeCloseTo(0, 2);
});

test('normal numbers have mean 0, variance 1 and no excess kurtosis', () => {
  const values = many.map(n => normal(keyOf('normal'), n));
  expect(mean(values)).toBeCloseTo(0, 1);
  expect(mean(values.map(value => value ** 2))).toBeCloseTo(1, 1);
  expect(Math.abs(mean(values.map(value => value ** 4)) - 3)).toBeLessThan(0.2);
});

test('wandering noise passes through its lattice without a jump', () => {
  const key = keyOf('wander');
  expect(wander(key, 4)).toBe(normal(key, 4));
  expect(wander(key, 5 - 1e-9)).toBeCloseTo(wander(key, 5), 6);
});

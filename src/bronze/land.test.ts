import { expect, test } from 'vitest';
import { joinLots, leftToLand, ReadingAstray } from './land.ts';
import { placeKey } from './ledger.ts';
import type { Lot } from './stage.ts';

const lot = (from: number, next: number, partition = 0): Lot => ({
  topic: 'prices',
  epoch: 1,
  partition,
  from: BigInt(from),
  next: BigInt(next),
  base: BigInt(from),
});
const landed = (next: number, partition = 0) => new Map([[placeKey('prices', 1, partition), BigInt(next)]]);
const spans = (lots: Lot[]) => lots.map(({ from, next }) => [Number(from), Number(next)]);

test('what follows the ledger is left as it is', () => {
  expect(leftToLand([lot(10, 20)], landed(10))).toEqual([lot(10, 20)]);
});

test('what has landed is cut off, and what has landed wholly becomes empty', () => {
  expect(spans(leftToLand([lot(10, 20)], landed(15)))).toEqual([[15, 20]]);
  expect(spans(leftToLand([lot(10, 20)], landed(20)))).toEqual([[20, 20]]);
  expect(spans(leftToLand([lot(10, 20)], landed(99)))).toEqual([[20, 20]]);
});

test('a partition of which nothing has landed begins where its reading began', () => {
  expect(spans(leftToLand([lot(7, 9), lot(3, 5, 1)], landed(0, 2)))).toEqual([
    [7, 9],
    [3, 5],
  ]);
});

test('lots of a partition follow each other, and one that was read twice counts once', () => {
  expect(spans(leftToLand([lot(10, 20), lot(20, 30)], landed(10)))).toEqual([
    [10, 20],
    [20, 30],
  ]);
  expect(spans(leftToLand([lot(10, 20), lot(5, 30)], landed(10)))).toEqual([
    [10, 20],
    [20, 30],
  ]);
  expect(spans(leftToLand([lot(10, 20), lot(5, 15)], landed(10)))).toEqual([
    [10, 20],
    [15, 15],
  ]);
});

test('a hole between ledger and reading, or between two lots, is refused', () => {
  expect(() => leftToLand([lot(11, 20)], landed(10))).toThrow(ReadingAstray);
  expect(() => leftToLand([lot(10, 20), lot(21, 30)], landed(10))).toThrow('from offset 21');
});

test('the ledger gets one row for each partition, and none for what is empty', () => {
  expect(joinLots([lot(10, 20), lot(0, 5, 1), lot(20, 30), lot(9, 9, 2)])).toEqual([
    { ...lot(10, 20), next: 30n },
    lot(0, 5, 1),
  ]);
});

import { expect, test } from 'vitest';
import { splitBatch } from './lander.ts';

const batch = (...sizes: number[]) => ({
  topic: 'prices',
  partition: 0,
  from: 10n,
  next: BigInt(10 + sizes.length),
  high: 100n,
  messages: sizes.map((size, at) => ({ offset: `${10 + at}`, timestamp: '0', key: null, value: Buffer.alloc(size) })),
});
const spans = (...parts: ReturnType<typeof splitBatch>) =>
  parts.map(part => part && [Number(part.from), Number(part.next), part.messages.length]);

test('a batch is cut after so many messages', () => {
  expect(spans(...splitBatch(batch(1, 1, 1), 2, 100))).toEqual([
    [10, 12, 2],
    [12, 13, 1],
  ]);
  expect(spans(...splitBatch(batch(1, 1), 2, 100))).toEqual([[10, 12, 2]]);
});

test('a batch is cut after the message that fills so many bytes, and one is always taken', () => {
  expect(spans(...splitBatch(batch(5, 5, 5), 9, 6))).toEqual([
    [10, 12, 2],
    [12, 13, 1],
  ]);
  expect(spans(...splitBatch(batch(50, 5), 0, 0))).toEqual([
    [10, 11, 1],
    [11, 12, 1],
  ]);
  expect(spans(...splitBatch(batch(), 0, 0))).toEqual([[10, 10, 0]]);
});

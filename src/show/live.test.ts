import { expect, test, vi } from 'vitest';
import { live, until } from './live.ts';

const shownValues = async (run: () => Promise<void>) => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await run();
  const seen = log.mock.calls.map(([text]) => text);
  log.mockRestore();
  return seen;
};

test('every item is drawn, the first and the last are shown', async () => {
  const drawn: number[] = [];
  async function* items() {
    yield* [1, 2, 3, 4];
  }
  const seen = await shownValues(() =>
    live(items(), item => `item ${drawn.push(item)}`, { signal: new AbortController().signal }),
  );
  expect(drawn).toEqual([1, 2, 3, 4]);
  expect(seen).toEqual(['item 1', 'item 4']);
});

test('a silent source is left when the signal aborts, and asked to close', async () => {
  const stop = new AbortController();
  const close = vi.fn(async () => ({ done: true as const, value: undefined }));
  const source = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: close }) };
  const seen: unknown[] = [];
  const loop = (async () => {
    for await (const item of until(stop.signal, source)) seen.push(item);
  })();
  stop.abort();
  await loop;
  expect(seen).toEqual([]);
  expect(close).toHaveBeenCalledOnce();
});

test('an error of the source reaches the cell', async () => {
  const source = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the broker is gone')) }) };
  const run = live(source as AsyncIterable<number>, String, { signal: new AbortController().signal });
  await expect(run).rejects.toThrow('the broker is gone');
});

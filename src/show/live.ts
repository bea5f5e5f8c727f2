import { interrupted } from './interrupted.ts';
import { place } from './output.ts';

const redrawMs = 200;

/**
 * Show a table or chart that changes in place while items arrive, at most five times a second and once more at the end.
 * Stopping the cell ends it in good order.
 *
 * @param source Items as they arrive; it is closed when the loop ends.
 * @param draw Called for every item; returns what to show now (rows, a frame, a spec, a table).
 * @param options `signal` ends the loop early; by default the learner's interrupt.
 * @example await live(ticks, tick => { rows.push(tick); return lines(rows, { x: 'time', y: 'price_usd' }) })
 */
export async function live<T>(
  source: AsyncIterable<T>,
  draw: (item: T) => unknown,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const signal = options.signal ?? interrupted();
  const { show } = place();
  let first = true;
  let waiting: { drawing: unknown } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting) show(waiting.drawing);
    waiting = undefined;
  };
  try {
    for await (const item of until(signal, source)) {
      waiting = { drawing: draw(item) };
      if (first) flush();
      else timer ??= setTimeout(flush, redrawMs);
      first = false;
    }
  } finally {
    clearTimeout(timer);
    flush();
  }
}

/**
 * Pass items on until the signal aborts, even while the source is silent; then ask the source to close.
 *
 * @example for await (const poll of until(interrupted(), polls)) console.log(poll.length)
 */
export async function* until<T>(signal: AbortSignal, source: AsyncIterable<T>): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<undefined>();
  const stop = () => aborted.resolve(undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted) {
      const next = await Promise.race([items.next(), aborted.promise]);
      if (!next || next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // A source that waits for its next item answers only when that comes, so its closing is not awaited.
    items.return?.().catch(() => {});
  }
}

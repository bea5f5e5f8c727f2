import { setTimeout as sleep } from 'node:timers/promises';
import { lakeAt, lakeExists } from '../lake/location.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { type Gold, readGold } from './gold.ts';

type NewsListener = (gold: Gold, before: Gold | undefined) => Promise<void> | void;

/** Keeps what is served in step with the lake. */
export type GoldKeeper = {
  /** The newest that was read; undefined while there is no lake, or no price in it. */
  gold(): Gold | undefined;
  /** The lake, once it is there: for what is not held. */
  lake(): Lake | undefined;
  /** Call with every new version, and wait for that before the next; gives the way to end it. */
  onNews(listener: NewsListener): () => void;
  /** What the last reading failed by; undefined when it did not. */
  problem(): string | undefined;
  close(): Promise<void>;
};

export type KeeperOptions = {
  /** Catalog of the lake; this run's own, if left out. */
  path?: string;
  /** Least time between two looks at the lake, in milliseconds. */
  intervalMs?: number;
  /** Told once of each kind of failure. */
  onProblem?: (error: Error) => void;
};

/** A reading rests four times as long as it took, so that landing keeps the processor. */
const restsPerReading = 4;
const longestRestMs = 5000;

/** Follow a lake; one that is not there yet is waited for. */
export function keepGold({ path, intervalMs = 1000, onProblem }: KeeperOptions = {}): GoldKeeper {
  const stop = new AbortController();
  const listeners = new Set<NewsListener>();
  let lake: Lake | undefined;
  let gold: Gold | undefined;
  let problem: string | undefined;

  const look = async () => {
    if (!lake) {
      if (!lakeExists(lakeAt(path))) return;
      lake = await openLake({ path, readOnly: true, confined: true, memory: '256MB', threads: 1 });
    }
    if (gold) {
      const [now] = await lake.rows<{ id: number }>('select id from lake.current_snapshot()');
      if (now?.id === gold.version) return;
    }
    const next = await readGold(lake, gold);
    if (!next || stop.signal.aborted) return;
    const before = gold;
    gold = next;
    for (const listener of listeners) await listener(next, before);
  };

  const following = (async () => {
    while (!stop.signal.aborted) {
      const started = performance.now();
      try {
        await look();
        problem = undefined;
      } catch (error) {
        const { message } = error as Error;
        if (message !== problem) onProblem?.(error as Error);
        problem = message;
      }
      const tookMs = performance.now() - started;
      const restMs = Math.max(intervalMs, Math.min(restsPerReading * tookMs, longestRestMs));
      await sleep(restMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();

  return {
    gold: () => gold,
    lake: () => lake,
    problem: () => problem,
    onNews: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      stop.abort();
      await following;
      await lake?.close();
    },
  };
}

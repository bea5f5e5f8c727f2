import { readFeedStatus } from '../feed/status.ts';

/** Who made the data, and the words that must stand beside it. */
export type Credit = { source: 'simulated' | 'coingecko' | null; attribution: string | null };

const restMs = 1000; // the feed writes its file once a second
let known: Credit = { source: null, attribution: null };
let readAt = Number.NEGATIVE_INFINITY;

/** Ask the feed whose data it brings: null before its first answer. */
export function creditOf(): Credit {
  if (performance.now() - readAt < restMs) return known;
  readAt = performance.now();
  const source = readFeedStatus()?.source ?? null;
  const words = { simulated: 'Simulated market: made-up data', coingecko: 'Data provided by CoinGecko' };
  known = { source, attribution: source && words[source] };
  return known;
}

import { readFeedStatus } from '../feed/status.ts';

export type Source = 'simulated' | 'coingecko';

/** Who made the data, and the words that must stand beside it. */
export type Credit = { source: Source | null; attribution: string | null };

const restMs = 1000; // the feed writes its file once a second
let known: Credit = { source: null, attribution: null };
let readAt = Number.NEGATIVE_INFINITY;

const words = { simulated: 'Simulated market: made-up data', coingecko: 'Data provided by CoinGecko' };

/** Credit whom the given source names, else ask the feed whose data it brings: null before its first answer. */
export function creditOf(given?: Source): Credit {
  if (given) return { source: given, attribution: words[given] };
  if (performance.now() - readAt < restMs) return known;
  readAt = performance.now();
  const source = readFeedStatus()?.source ?? null;
  known = { source, attribution: source && words[source] };
  return known;
}

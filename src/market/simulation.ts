import { type Coin, makeCoins } from './coins.ts';
import { memo } from './memo.ts';
import { openPath } from './path.ts';
import { openTicker, type Ticker } from './ticks.ts';

const hourMs = 3_600_000;
const marketSigma = 0.02; // standard deviation of the market factor's log return on an ordinary day

/** First instant of the market's history (a Monday; the week holds a change of clocks in the US). */
export const historyStart = new Date('2026-03-02T00:00:00Z');
/** Where the clock of a first start stands: seven days of history lie behind it. */
export const firstStart = new Date('2026-03-09T00:00:00Z');

/** A simulated market: all coins of the catalogue with prices that one seed decides. */
export type Simulation = {
  seed: number;
  tickers: Ticker[]; // in the catalogue's order
  byId: Map<string, Ticker>;
  /** Market capitalisation ranks as settled at a full hour (whole hours since 1970), by the coin's index; null without one. */
  ranks: (hour: number) => (number | null)[];
};

/**
 * Open the market of a seed. Nothing is run: whatever is asked for, at any instant, is computed from (seed, coin, instant) and
 * remembered only to be quick.
 */
export function openSimulation(seed: number): Simulation {
  const market = openPath(seed, 'market', marketSigma);
  const tickers = makeCoins().map((coin: Coin) => openTicker(seed, coin, market));
  const ranks = memo(64, hour => {
    const caps = tickers
      .filter(({ coin }) => coin.ranked)
      .map(ticker => ({ index: ticker.coin.index, cap: ticker.hourPrice(hour) * ticker.supply(hour * hourMs) }))
      .sort((a, b) => b.cap - a.cap || a.index - b.index);
    const places: (number | null)[] = tickers.map(() => null);
    caps.forEach(({ index }, place) => {
      places[index] = place + 1;
    });
    return places;
  });
  return { seed, tickers, byId: new Map(tickers.map(ticker => [ticker.coin.id, ticker])), ranks };
}

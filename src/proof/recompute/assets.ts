import { mean, sampleDeviation } from './gold.ts';
import type { Polled, Row } from './polled.ts';
import { groupBy } from './silver.ts';

const minuteUs = 60_000_000;

/** Each tick of a coin with those of the minute, and of the five minutes, up to it. */
export const metricsOf = (prices: Polled[]): Row[] =>
  groupBy(prices, row => row.coin_id).flatMap(ticks =>
    ticks.map(({ coin_id, last_updated, price_usd }, at) => {
      const upTo = (minutes: number): number[] => {
        let from = at;
        while (from > 0 && ticks[from - 1]!.last_updated >= last_updated - minutes * minuteUs) from--;
        return ticks.slice(from, at + 1).map(tick => tick.price_usd);
      };
      const [one, five] = [upTo(1), upTo(5)];
      return {
        coin_id,
        last_updated,
        price_usd,
        rolling_avg_1m_usd: mean(one),
        volatility_5m_usd: sampleDeviation(five),
        change_5m_pct: five.length > 1 ? (price_usd / five[0]! - 1) * 100 : null,
        tick_count_1m: one.length,
      };
    }),
  );

/** The latest of each coin. */
export const latestOf = (metrics: Row[]): Row[] =>
  groupBy(metrics, row => String(row.coin_id)).map(rows => rows.at(-1)!);

import type { Polled, Row } from './polled.ts';
import { groupBy, type HourlyPrice, hourOf } from './silver.ts';

const hourUs = 3_600_000_000;
export const dateOf = (at: number): string => new Date(at / 1000).toISOString().slice(0, 10);

export const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** √(Σ(x − m)² / (n − 1)), null for one value. */
export function sampleDeviation(values: number[]): number | null {
  if (values.length < 2) return null;
  const m = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (values.length - 1));
}

/** Everything that gold and star say of the ticks of one coin in one span, in the order of time. */
function summarize(ticks: Polled[]) {
  const prices = ticks.map(tick => tick.price_usd);
  const last = (column: string) => ticks.findLast(tick => tick[column] !== null)?.[column] ?? null;
  return {
    coin_id: ticks[0]!.coin_id,
    symbol: last('symbol'),
    open: prices[0]!,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices.at(-1)!,
    avg_price_usd: mean(prices),
    price_volatility: sampleDeviation(prices),
    market_cap_usd: last('market_cap_usd'),
    total_volume_usd: last('total_volume_usd'),
    tick_count: prices.length,
    last: ticks.at(-1)!,
  };
}
export type Summary = ReturnType<typeof summarize>;

export const candle = ({ open, high, low, close }: Summary) => ({
  open_price_usd: open,
  high_price_usd: high,
  low_price_usd: low,
  close_price_usd: close,
});

/** Each coin's ticks of an hour, summarized. */
export const hoursOf = (prices: Polled[]): { hour: number; summary: Summary }[] =>
  groupBy(prices, row => `${row.coin_id} ${hourOf(row.last_updated)}`).map(ticks => ({
    hour: hourOf(ticks[0]!.last_updated),
    summary: summarize(ticks),
  }));

export const statsOf = (prices: Polled[]): Row[] =>
  hoursOf(prices).map(({ hour, summary }) => ({
    hour,
    coin_id: summary.coin_id,
    symbol: summary.symbol,
    avg_price_usd: summary.avg_price_usd,
    min_price_usd: summary.low,
    max_price_usd: summary.high,
    price_volatility: summary.price_volatility,
    tick_count: summary.tick_count,
  }));

export const ohlcOf = (prices: Polled[]): Row[] =>
  hoursOf(prices).map(({ hour, summary }) => ({
    hour,
    coin_id: summary.coin_id,
    symbol: summary.symbol,
    ...candle(summary),
    tick_count: summary.tick_count,
  }));

export const daysOf = (prices: Polled[]): Row[] =>
  groupBy(prices, row => `${row.coin_id} ${dateOf(row.last_updated)}`).map(ticks => {
    const summary = summarize(ticks);
    const { coin_id, symbol, avg_price_usd, price_volatility, market_cap_usd, total_volume_usd, tick_count } = summary;
    const words = { date: dateOf(ticks[0]!.last_updated), coin_id, symbol };
    return {
      ...words,
      ...candle(summary),
      avg_price_usd,
      price_volatility,
      market_cap_usd,
      total_volume_usd,
      tick_count,
    };
  });

export type Feature = {
  coin_id: string;
  ts: number;
  price: number;
  ret_1h: number | null;
  ma_24: number | null;
  ma_72: number | null;
  vol_24h: number | null;
  zscore_1h: number | null;
};

/** Features of each coin and hour; a window with a missing hour gives null. */
export const featuresOf = (hourly: HourlyPrice[]): Feature[] =>
  groupBy(hourly, row => row.coin_id).flatMap(rows => {
    const priceAt = new Map(rows.map(({ ts, price }) => [ts, price]));
    const window = (ts: number, hours: number, valueAt: (at: number) => number | null): number[] | null => {
      const values = Array.from({ length: hours }, (_, n) => valueAt(ts - (hours - 1 - n) * hourUs));
      return values.includes(null) ? null : (values as number[]);
    };
    const price = (at: number) => priceAt.get(at) ?? null;
    const ret = (at: number) => {
      const [now, before] = [price(at), price(at - hourUs)];
      return now === null || before === null ? null : now / before - 1;
    };
    return rows.map(({ coin_id, ts, price: now }) => {
      const [prices24, prices72, returns] = [window(ts, 24, price), window(ts, 72, price), window(ts, 24, ret)];
      const vol_24h = returns && sampleDeviation(returns);
      const ret_1h = ret(ts);
      return {
        coin_id,
        ts,
        price: now,
        ret_1h,
        ma_24: prices24 && mean(prices24),
        ma_72: prices72 && mean(prices72),
        vol_24h,
        zscore_1h: vol_24h ? (ret_1h! - mean(returns!)) / vol_24h : null,
      };
    });
  });

/** Who moved most in the 24 hours up to the latest hour. */
export function moversOf(features: Feature[]): Row[] {
  const as_of = Math.max(...features.map(({ ts }) => ts));
  const before = new Map(features.filter(({ ts }) => ts === as_of - 24 * hourUs).map(row => [row.coin_id, row.price]));
  return features
    .filter(({ ts, coin_id }) => ts === as_of && before.has(coin_id))
    .map(({ coin_id, price, vol_24h }) => {
      const price_24h_before_usd = before.get(coin_id)!;
      const return_24h = price / price_24h_before_usd - 1;
      return { as_of, coin_id, price_usd: price, price_24h_before_usd, return_24h, vol_24h };
    })
    .sort((a, b) => Math.abs(b.return_24h) - Math.abs(a.return_24h) || (a.coin_id < b.coin_id ? -1 : 1))
    .map((row, place) => ({ ...row, mover_rank: place + 1 }));
}

import { createHash } from 'node:crypto';
import { timeKey } from './calendar.ts';
import { candle, hoursOf } from './gold.ts';
import type { Polled, Row } from './polled.ts';
import { groupBy } from './silver.ts';

/** A line of the mapping that ships as sql/star/crypto_categories.sql. */
export type Category = { coin_id: string; category: string; since: number; until: number };

export type Version = Row & { crypto_key: string; coin_id: string; valid_from: number; valid_to: number | null };

const changing = ['symbol', 'name', 'category', 'market_cap_rank'] as const;

/** Each coin's versions: a tick that differs from the one before in any attribute begins one. */
export const versionsOf = (prices: Polled[], categories: Category[]): Version[] =>
  groupBy(prices, row => row.coin_id).flatMap(ticks => {
    const described = ticks.map(tick => ({ ...tick, category: categoryOf(tick, categories) }) as Row & Polled);
    const begins = described.filter(
      (tick, n) => n === 0 || changing.some(name => tick[name] !== described[n - 1]![name]),
    );
    return begins.map((tick, n) => {
      const [valid_from, valid_to] = [tick.last_updated, begins[n + 1]?.last_updated ?? null];
      const crypto_key = createHash('md5').update(`${tick.coin_id}|${valid_from}`).digest('hex');
      const attributes = Object.fromEntries(changing.map(name => [name, tick[name]!])) as Row;
      return { crypto_key, coin_id: tick.coin_id, ...attributes, valid_from, valid_to, is_current: valid_to === null };
    });
  });

const categoryOf = ({ coin_id, last_updated: at }: Polled, categories: Category[]): string =>
  categories.find(one => one.coin_id === coin_id && one.since <= at && at < one.until)?.category ?? 'uncategorised';

/** Find the key of the version that holds at an instant. */
function keysOf(versions: Version[]): (coin: string, at: number) => string {
  const ofCoin = new Map(groupBy(versions, row => row.coin_id).map(rows => [rows[0]!.coin_id, rows]));
  return (coin, at) => ofCoin.get(coin)!.findLast(({ valid_from }) => valid_from <= at)!.crypto_key;
}

export function tickFactsOf(prices: Polled[], versions: Version[]): Row[] {
  const keyAt = keysOf(versions);
  return prices.map(tick => ({
    crypto_key: keyAt(tick.coin_id, tick.last_updated),
    time_key: timeKey(tick.last_updated),
    coin_id: tick.coin_id,
    last_updated: tick.last_updated,
    price_usd: tick.price_usd,
    market_cap_usd: tick.market_cap_usd!,
    total_volume_usd: tick.total_volume_usd!,
    price_change_24h_pct: tick.price_change_24h_pct!,
    circulating_supply_coins: tick.circulating_supply_coins!,
  }));
}

export function hourFactsOf(prices: Polled[], versions: Version[]): Row[] {
  const keyAt = keysOf(versions);
  return hoursOf(prices).map(({ hour, summary }) => ({
    crypto_key: keyAt(summary.coin_id, summary.last.last_updated),
    time_key: timeKey(hour),
    coin_id: summary.coin_id,
    hour,
    ...candle(summary),
    avg_price_usd: summary.avg_price_usd,
    price_volatility: summary.price_volatility,
    market_cap_usd: summary.market_cap_usd,
    total_volume_usd: summary.total_volume_usd,
    tick_count: summary.tick_count,
  }));
}

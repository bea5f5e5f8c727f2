import type { MarketsQuery, Money } from './query.ts';
import type { ChangeSpan, MarketCoin } from './schema.ts';
import type { Simulation } from './simulation.ts';
import type { Tick, Ticker } from './ticks.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const spanMs: Record<ChangeSpan, number> = {
  '1h': hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '14d': 14 * dayMs,
  '30d': 30 * dayMs,
  '200d': 200 * dayMs,
  '1y': 365 * dayMs,
};
const lastSeen = '2026-01-15T00:00:00.000Z'; // of coins that are listed but never traded

const powers = Array.from({ length: 23 }, (_, n) => 10 ** n);
const round = (value: number, decimals: number): number => Math.round(value * powers[decimals]!) / powers[decimals]!;
const percent = (now: number, before: number): number => round((now / before - 1) * 100, 5);
const iso = (at: number): string => new Date(at).toISOString();

/** A USD price of this coin as the query wants to see it. */
export function inMoney(ticker: Ticker, money: Money): (usd: number) => number {
  if (money.rate === 1 && money.precision === null) return usd => usd;
  const own = Math.max(0, ticker.coin.decimals - Math.floor(Math.log10(money.rate) + 1e-9));
  const decimals = Math.min(money.precision ?? own, 22);
  return usd => round(usd * money.rate, decimals);
}

/**
 * Write the row of a coin as it stood at one of its ticks, in the order of CoinGecko's fields. The row depends on nothing but the
 * tick: however often it is polled, the same `last_updated` brings the same row.
 */
export function writeRow(
  simulation: Simulation,
  ticker: Ticker,
  tick: Tick,
  { money, sparkline, changes }: Pick<MarketsQuery, 'money' | 'sparkline' | 'changes'>,
): MarketCoin {
  const { coin } = ticker;
  const { id, symbol, name, image } = coin;
  if (!coin.priced) return { id, symbol, name, image, ...nothing, last_updated: lastSeen };

  const price = inMoney(ticker, money);
  const whole = (usd: number): number => Math.round(usd * money.rate);
  const { at } = tick;
  const supply = ticker.supply(at);
  const past = ticker.tickAt(at - dayMs).price;
  const cap = coin.ranked ? tick.price * supply : null;
  const pastCap = past * ticker.supply(at - dayMs);
  const range = ticker.dayRange(at);
  const total = coin.total === null ? null : Math.max(coin.total, supply);
  const row: MarketCoin = {
    id,
    symbol,
    name,
    image,
    current_price: price(tick.price),
    market_cap: cap === null ? null : whole(cap),
    market_cap_rank: simulation.ranks(Math.floor(at / hourMs))[coin.index]!,
    fully_diluted_valuation: cap === null || total === null ? null : whole(tick.price * (coin.max ?? total)),
    total_volume: whole(ticker.dayVolume(at)),
    high_24h: price(range.high),
    low_24h: price(range.low),
    price_change_24h: round((tick.price - past) * money.rate, Math.min(money.precision ?? coin.decimals, 22)),
    price_change_percentage_24h: percent(tick.price, past),
    market_cap_change_24h: cap === null ? null : whole(cap - pastCap),
    market_cap_change_percentage_24h: cap === null ? null : percent(cap, pastCap),
    circulating_supply: coin.ranked ? supply : null,
    total_supply: total,
    max_supply: coin.max,
    ath: price(round(coin.ath, coin.decimals)),
    ath_change_percentage: percent(tick.price, coin.ath),
    ath_date: iso(coin.athAt),
    atl: price(round(coin.atl, coin.decimals)),
    atl_change_percentage: percent(tick.price, coin.atl),
    atl_date: iso(coin.atlAt),
    roi: coin.soldAt && {
      times: round(tick.price / coin.soldAt.price - 1, 6),
      currency: coin.soldAt.currency,
      percentage: percent(tick.price, coin.soldAt.price),
    },
    last_updated: iso(at),
  };
  if (sparkline) {
    const hour = Math.floor(at / hourMs);
    row.sparkline_in_7d = { price: Array.from({ length: 168 }, (_, n) => price(ticker.hourPrice(hour - 167 + n))) };
  }
  for (const span of changes)
    row[`price_change_percentage_${span}_in_currency`] = percent(tick.price, ticker.tickAt(at - spanMs[span]).price);
  return row;
}

const nothing = {
  current_price: null,
  market_cap: null,
  market_cap_rank: null,
  fully_diluted_valuation: null,
  total_volume: null,
  high_24h: null,
  low_24h: null,
  price_change_24h: null,
  price_change_percentage_24h: null,
  market_cap_change_24h: null,
  market_cap_change_percentage_24h: null,
  circulating_supply: null,
  total_supply: null,
  max_supply: null,
  ath: null,
  ath_change_percentage: null,
  ath_date: null,
  atl: null,
  atl_change_percentage: null,
  atl_date: null,
  roi: null,
};

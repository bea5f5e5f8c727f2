import type { Coin } from './coins.ts';
import { memo } from './memo.ts';
import { hourOf, openPath, type Path } from './path.ts';
import { keyOf, normal, uniform } from './random.ts';

const hourMs = 3_600_000;

/** One re-pricing of a coin: `at` in epoch milliseconds, `price` in USD per coin as its row shows it. */
export type Tick = { at: number; price: number };

/** The ticks of one coin in one hour, in order, with their extremes. */
type TickHour = { times: Float64Array; prices: Float64Array; high: number; low: number };

/** The moving side of one coin; every answer is a function of the instant asked for, whatever was asked before. */
export type Ticker = {
  coin: Coin;
  /** The last tick at or before `at`. */
  tickAt: (at: number) => Tick;
  /** Price at a full hour (whole hours since 1970): that of the last tick before it. */
  hourPrice: (hour: number) => number;
  /** Highest and lowest price among the ticks in (`at` − 24 h, `at`]. */
  dayRange: (at: number) => { high: number; low: number };
  /** Traded in the 24 hours before `at`, USD. */
  dayVolume: (at: number) => number;
  /** Coins in circulation at `at`; grows once a day. */
  supply: (at: number) => number;
};

const supplyEpoch = Date.UTC(2026, 2, 2);

/**
 * Open the ticker of a coin. A tick falls at a jittered moment in each span of the coin's cadence; its price moves with the
 * market (`beta`) and with the coin's own path, held within the coin's reach by tanh.
 */
export function openTicker(seed: number, coin: Coin, market: Path): Ticker {
  const own = openPath(seed, coin.id, coin.dailySigma, market);
  const jitter = keyOf(seed, coin.id, 'jitter');
  const trade = keyOf(seed, coin.id, 'trade');
  const unit = 10 ** coin.decimals;
  const round = (price: number): number => Math.round(price * unit) / unit;
  const priceOf = (marketLevel: number, ownLevel: number): number =>
    round(coin.basePrice * Math.exp(coin.reach * Math.tanh((coin.beta * marketLevel + ownLevel) / coin.reach)));

  const count = hourMs / coin.cadenceMs;
  const marketSteps = marketMinutes(market);
  const tickHour = memo(80, (hour): TickHour => {
    const marketLevels = marketSteps(hour);
    const ownLevels = own.within(hour, count);
    const times = new Float64Array(count);
    const prices = new Float64Array(count);
    let high = 0;
    let low = Number.POSITIVE_INFINITY;
    for (let n = 0; n < count; n++) {
      times[n] = hour * hourMs + Math.ceil((n + uniform(jitter, hour * count + n)) * coin.cadenceMs);
      const price = priceOf(marketLevels[((n + 1) * 60) / count]!, ownLevels[n + 1]!);
      prices[n] = price;
      if (price > high) high = price;
      if (price < low) low = price;
    }
    return { times, prices, high, low };
  });

  const tickAt = (at: number): Tick => {
    const hour = hourOf(at);
    const { times, prices } = tickHour(hour);
    let n = Math.floor((at - hour * hourMs) / coin.cadenceMs);
    if (times[n]! > at) n--;
    if (n >= 0) return { at: times[n]!, price: prices[n]! };
    const before = tickHour(hour - 1);
    return { at: before.times[count - 1]!, price: before.prices[count - 1]! };
  };

  const fullHours = memo(4, hour => {
    let { high, low } = tickHour(hour - 1);
    for (let back = 2; back <= 23; back++) {
      const past = tickHour(hour - back);
      if (past.high > high) high = past.high;
      if (past.low < low) low = past.low;
    }
    return { high, low };
  });
  const dayRange = (at: number): { high: number; low: number } => {
    const hour = hourOf(at);
    let { high, low } = fullHours(hour);
    for (const part of [hour - 24, hour]) {
      const { times, prices } = tickHour(part);
      for (let n = 0; n < count; n++) {
        if (times[n]! > at || times[n]! <= at - 24 * hourMs) continue;
        if (prices[n]! > high) high = prices[n]!;
        if (prices[n]! < low) low = prices[n]!;
      }
    }
    return { high, low };
  };

  const hourVolume = (hour: number): number =>
    (coin.dailyVolume / 24) * Math.exp(1.1 * own.volatility(hour) + 0.2 * normal(trade, hour) - 0.15);
  const fullVolume = memo(30, hour => {
    let sum = 0;
    for (let back = 1; back <= 23; back++) sum += hourVolume(hour - back);
    return [sum, hourVolume(hour), hourVolume(hour - 24)] as const;
  });
  const dayVolume = (at: number): number => {
    const hour = hourOf(at);
    const share = at / hourMs - hour;
    const [full, current, leaving] = fullVolume(hour);
    return full + share * current + (1 - share) * leaving;
  };

  return {
    coin,
    tickAt,
    hourPrice: hour => priceOf(market.level(hour), own.level(hour)),
    dayRange,
    dayVolume,
    supply: at => coin.circulating + coin.mintedDaily * Math.floor((at - supplyEpoch) / (24 * hourMs)),
  };
}

const minutesOf = new WeakMap<Path, (hour: number) => Float64Array>();

/** The market's levels at each minute of an hour, shared by all coins that follow it. */
function marketMinutes(market: Path): (hour: number) => Float64Array {
  let minutes = minutesOf.get(market);
  if (!minutes) {
    minutes = memo(80, hour => market.within(hour, 60));
    minutesOf.set(market, minutes);
  }
  return minutes;
}

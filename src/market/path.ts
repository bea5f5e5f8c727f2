import { memo } from './memo.ts';
import { keyOf, normal, wander } from './random.ts';

const hourMs = 3_600_000;
const memoryDays = 192; // how far back a day's level looks; what is older weighs under 0.3 %
const persistence = 0.97; // of a day's level into the next: prices wander for weeks and come back

/** One day of a path: the level at each full hour (25, the last is the next day's first) and the log volatility in each hour. */
export type PathDay = { levels: Float64Array; volatilities: Float64Array };

/** A path of log prices around 0 whose every hour can be asked for at once. */
export type Path = {
  /** Level at the full hour `hour` (whole hours since 1970). */
  level: (hour: number) => number;
  /** Log volatility in that hour; 0 is ordinary. */
  volatility: (hour: number) => number;
  /** Levels at the edges of `steps` equal parts of that hour, `steps` + 1 of them; the last equals `level(hour + 1)`. */
  within: (hour: number, steps: number) => Float64Array;
};

const dayOf = (hour: number): number => Math.floor(hour / 24);

/**
 * Open the path of one series: a day's level is a sum of the last days' innovations that fade (an AR(1) process written as its
 * moving average), hours and the steps in them are random walks bridged to where the coarser scale ends. Volatility is itself a
 * sum of slow, daily and hourly noise, shared with `market` where given: so that quiet and wild spells cluster and tails are fat.
 *
 * @param seed of the simulation
 * @param name of the series
 * @param dailySigma standard deviation of an ordinary day's log return
 * @param market the path whose spells this one shares
 */
export function openPath(seed: number, name: string, dailySigma: number, market?: Path): Path {
  const key = (part: string) => keyOf(seed, name, part);
  const [slow, daily, hourly, days, hours, steps, jumps] = [
    'slow',
    'daily',
    'hourly',
    'days',
    'hours',
    'steps',
    'jumps',
  ].map(key) as [number, number, number, number, number, number, number];

  const ownVolatility = (hour: number): number =>
    market
      ? 0.7 * market.volatility(hour) + 0.2 * wander(daily, hour / 30) + 0.25 * wander(hourly, hour / 4)
      : 0.35 * wander(slow, hour / 110) +
        0.4 * wander(daily, hour / 26) +
        0.5 * wander(hourly, hour / 3) +
        0.15 * Math.sin(((hour - 9) / 12) * Math.PI);

  const innovations = new Map<number, number>();
  const innovation = (day: number): number => {
    let made = innovations.get(day);
    if (made === undefined) {
      made = dailySigma * Math.exp(0.8 * ownVolatility(day * 24 + 12)) * normal(days, day);
      innovations.set(day, made);
    }
    return made;
  };
  const opening = memo(400, day => {
    let level = 0;
    for (let back = memoryDays; back >= 1; back--) level = level * persistence + innovation(day - back);
    return level;
  });

  const pathDay = memo(400, (day): PathDay => {
    const volatilities = Float64Array.from({ length: 24 }, (_, hour) => ownVolatility(day * 24 + hour));
    const sigmas = volatilities.map(v => (dailySigma / Math.sqrt(24)) * Math.exp(v));
    const returns = sigmas.map((sigma, hour) => sigma * normal(hours, day * 24 + hour));
    return { volatilities, levels: bridge(opening(day), opening(day + 1), returns, sigmas) };
  });

  const level = (hour: number): number => pathDay(dayOf(hour)).levels[hour - dayOf(hour) * 24]!;
  const volatility = (hour: number): number => pathDay(dayOf(hour)).volatilities[hour - dayOf(hour) * 24]!;

  const within = (hour: number, count: number): Float64Array => {
    const sigmas = new Float64Array(count);
    const returns = new Float64Array(count);
    const sigma = (dailySigma / Math.sqrt(24 * count)) * Math.exp(volatility(hour));
    for (let n = 0; n < count; n++) {
      const counter = hour * count + n;
      sigmas[n] = sigma * Math.exp(0.4 * normal(jumps, Math.floor(counter / Math.max(1, count / 6))));
      const draw = normal(steps, counter);
      returns[n] = (sigmas[n]! * draw * (0.93 + 0.07 * draw * draw)) / 1.153; // fat tails; 1.153 keeps the variance at one
    }
    return bridge(level(hour), level(hour + 1), returns, sigmas);
  };

  return { level, volatility, within };
}

/** Walk from `from` by `returns`, each moved by its share of variance so that the walk ends at `to`. */
function bridge(from: number, to: number, returns: Float64Array, sigmas: Float64Array): Float64Array {
  let missing = to - from;
  let variance = 0;
  for (let n = 0; n < returns.length; n++) {
    missing -= returns[n]!;
    variance += sigmas[n]! * sigmas[n]!;
  }
  const levels = new Float64Array(returns.length + 1);
  levels[0] = from;
  for (let n = 0; n < returns.length; n++)
    levels[n + 1] = levels[n]! + returns[n]! + (missing * sigmas[n]! * sigmas[n]!) / variance;
  levels[returns.length] = to;
  return levels;
}

/** The whole hour (since 1970) in which an instant lies. */
export const hourOf = (at: number): number => Math.floor(at / hourMs);

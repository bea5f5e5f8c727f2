import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { tenCoins } from './coins.ts';
import { historyStart, openSimulation } from './simulation.ts';
import { defaultSeed, tape } from './tape.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const start = historyStart.getTime();
const firstHour = start / hourMs;

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: number[]): number => mean(values.map(value => (value - mean(values)) ** 2));
function kurtosis(values: number[]): number {
  const middle = mean(values);
  return mean(values.map(value => (value - middle) ** 4)) / mean(values.map(value => (value - middle) ** 2)) ** 2 - 3;
}
function correlation(a: number[], b: number[]): number {
  const [ma, mb] = [mean(a), mean(b)];
  return mean(a.map((value, n) => (value - ma) * (b[n]! - mb))) / Math.sqrt(variance(a.slice()) * variance(b.slice()));
}

const simulation = openSimulation(defaultSeed);
const ticker = (id: string) => simulation.byId.get(id)!;
/** Log returns of a coin over `count` steps from the start of the history. */
function returns(id: string, stepMs: number, count: number): number[] {
  const logs = Array.from({ length: count + 1 }, (_, n) => Math.log(ticker(id).tickAt(start + n * stepMs).price));
  return logs.slice(1).map((log, n) => log - logs[n]!);
}
const twoDays = returns('bitcoin', minuteMs, 2880);

test('the same seed and span give the same bytes, on every machine', () => {
  const hash = createHash('sha256');
  const to = new Date(start + 2 * hourMs);
  for (const { pollTime, body } of tape({ from: historyStart, to, intervalMs: 30_000 }))
    hash.update(pollTime.toISOString()).update(body);
  expect(hash.digest('hex')).toBe('9bd5b43e9b9a91dbd8579358278f1ec05539f8cfc8cdb3cabae45586db3bf2d5');
});

test('another seed gives another market', () => {
  expect(openSimulation(8).byId.get('bitcoin')!.tickAt(start)).not.toEqual(ticker('bitcoin').tickAt(start));
});

test('an instant has one state, whatever was asked before', () => {
  const at = start + 40 * hourMs + 12_345;
  const walked = openSimulation(3).byId.get('solana')!;
  for (let n = 0; n < 500; n++) walked.tickAt(start + n * 5 * minuteMs);
  const jumped = openSimulation(3).byId.get('solana')!;
  expect([walked.tickAt(at), walked.dayRange(at), walked.dayVolume(at)]).toEqual([
    jumped.tickAt(at),
    jumped.dayRange(at),
    jumped.dayVolume(at),
  ]);
});

test('a coin keeps its tick until the next one, and has one in each span of its cadence', () => {
  const { coin, tickAt } = ticker('cardano');
  const ticks = new Set<number>();
  for (let at = start; at < start + 6 * hourMs; at += 1000) {
    const tick = tickAt(at);
    expect(tick.at).toBeLessThanOrEqual(at);
    expect(at - tick.at).toBeLessThan(2 * coin.cadenceMs);
    expect(tickAt(tick.at)).toEqual(tick);
    ticks.add(tick.at);
  }
  expect(Math.abs(ticks.size - (6 * hourMs) / coin.cadenceMs)).toBeLessThanOrEqual(1);
});

test('half of the polls of bitcoin every thirty seconds bring nothing new', () => {
  const ticks = Array.from({ length: 2880 }, (_, n) => ticker('bitcoin').tickAt(start + n * 30_000).at);
  const repeats = ticks.slice(1).filter((at, n) => at === ticks[n]).length / 2879;
  expect(repeats).toBeGreaterThan(0.45);
  expect(repeats).toBeLessThan(0.65);
});

test('the price at a full hour is that of the last tick', () => {
  for (const id of ['bitcoin', 'polkadot', simulation.tickers[100]!.coin.id])
    for (let hour = firstHour; hour < firstHour + 50; hour++)
      expect(ticker(id).hourPrice(hour)).toBe(ticker(id).tickAt(hour * hourMs).price);
});

test('the range of a day is that of its ticks', () => {
  const at = start + 30 * hourMs + 1_234_567;
  const prices: number[] = [];
  const { tickAt, dayRange, coin } = ticker('tron');
  for (let seen = tickAt(at); seen.at > at - 24 * hourMs; seen = tickAt(seen.at - 1)) prices.push(seen.price);
  expect(prices.length).toBeGreaterThan((24 * hourMs) / coin.cadenceMs - 2);
  expect(dayRange(at)).toEqual({ high: Math.max(...prices), low: Math.min(...prices) });
});

test('minute returns have fat tails and no memory of their direction', () => {
  expect(kurtosis(twoDays)).toBeGreaterThan(1.5);
  expect(Math.abs(correlation(twoDays.slice(1), twoDays.slice(0, -1)))).toBeLessThan(0.1);
});

test('wild and quiet hours cluster', () => {
  const size = returns('bitcoin', minuteMs, 7 * 1440).map(Math.abs);
  expect(correlation(size.slice(1), size.slice(0, -1))).toBeGreaterThan(0.05);
  expect(correlation(size.slice(30), size.slice(0, -30))).toBeGreaterThan(0.05);
});

test('coins move together, but not as one', () => {
  const bitcoin = returns('bitcoin', hourMs, 14 * 24);
  for (const id of tenCoins.slice(1)) {
    const together = correlation(bitcoin, returns(id, hourMs, 14 * 24));
    expect(together).toBeGreaterThan(0.4);
    expect(together).toBeLessThan(0.98);
  }
});

test('volume follows volatility', () => {
  const days = Array.from({ length: 60 }, (_, n) => firstHour + n * 24);
  const volumes = days.map(hour => Math.log(ticker('bitcoin').dayVolume(hour * hourMs)));
  const volatilities = days.map(hour => {
    const hours = Array.from({ length: 24 }, (_, n) =>
      Math.log(ticker('bitcoin').hourPrice(hour - n) / ticker('bitcoin').hourPrice(hour - n - 1)),
    );
    return Math.log(Math.sqrt(mean(hours.map(change => change ** 2))));
  });
  expect(correlation(volumes, volatilities)).toBeGreaterThan(0.5);
});

test('ranks are a permutation, and some of the ten coins change theirs within the week', () => {
  const changed = new Set<string>();
  for (let hour = firstHour; hour < firstHour + 168; hour++) {
    const ranks = simulation.ranks(hour);
    const given = ranks.filter(rank => rank !== null).sort((a, b) => a - b);
    expect(given).toEqual(given.map((_, n) => n + 1));
    for (const id of tenCoins)
      if (ranks[ticker(id).coin.index] !== simulation.ranks(firstHour)[ticker(id).coin.index]) changed.add(id);
  }
  expect(changed.size).toBeGreaterThanOrEqual(3);
  expect(changed).not.toContain('bitcoin');
});

test('prices stay sane for years, and within the all-time range', () => {
  for (const { coin, hourPrice } of simulation.tickers.slice(0, 40))
    for (let day = 0; day < 730; day += 7) {
      const price = hourPrice(firstHour + day * 24);
      expect(price).toBeLessThan(coin.ath);
      expect(price).toBeGreaterThan(coin.atl);
      expect(price / coin.basePrice).toBeGreaterThan(0.3);
      expect(price / coin.basePrice).toBeLessThan(3.4);
    }
});

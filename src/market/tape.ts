import { openAnswers } from './answer.ts';
import { tenCoins } from './coins.ts';
import type { Parameters } from './query.ts';
import { historyStart } from './simulation.ts';

/** The seed of the running system and of every station, unless told otherwise. */
export const defaultSeed = 7;

const hourMs = 3_600_000;

/** One recorded poll: `body` holds the bytes that the simulated market answers as of `pollTime`. */
export type Poll = { pollTime: Date; body: Buffer };

/** What to record: polls at `from`, `from` + `intervalMs`, … up to but without `to`. */
export type TapeSpan = { seed?: number; from: Date; to: Date; intervalMs: number; coins?: string[] };

/** The request that feed and tape make for a list of coins. */
export const marketsOf = (coins: string[]): Parameters => ({
  vs_currency: 'usd',
  ids: coins.join(','),
  per_page: '250',
});

/** The requests of one poll: one for a list of coins, one a page for the first coins by market cap. */
export const requestsOf = (coins: string[] | { top: number; pages: number }): Parameters[] =>
  Array.isArray(coins)
    ? [marketsOf(coins)]
    : Array.from({ length: coins.pages }, (_, at) => ({
        vs_currency: 'usd',
        order: 'market_cap_desc',
        per_page: String(coins.top),
        page: String(at + 1),
      }));

/**
 * Record the simulated market without a server, one poll after the other.
 *
 * @example for (const { pollTime, body } of tape({ from, to, intervalMs: 30_000, coins: ['bitcoin'] })) …
 */
export function* tape({ seed = defaultSeed, from, to, intervalMs, coins = tenCoins }: TapeSpan): Generator<Poll> {
  const answers = openAnswers(seed);
  const parameters = marketsOf(coins);
  for (let at = from.getTime(); at < to.getTime(); at += intervalMs)
    yield { pollTime: new Date(at), body: Buffer.from(answers.markets(parameters, at)) };
}

/**
 * Record the week that stations begin with, 2026-03-02 to 2026-03-09: six days polled every five minutes, the last one every
 * minute, the ten coins of the profiles; 3,168 polls.
 */
export function* stationTape(seed: number = defaultSeed): Generator<Poll> {
  const start = historyStart.getTime();
  const dayMs = 24 * hourMs;
  const lastDay = new Date(start + 6 * dayMs);
  yield* tape({ seed, from: historyStart, to: lastDay, intervalMs: 300_000 });
  yield* tape({ seed, from: lastDay, to: new Date(start + 7 * dayMs), intervalMs: 60_000 });
}

/**
 * Record the same week of another market, polled every ten minutes: what holds for the station tape by chance does not hold
 * here. The feed is away for three hours; every second answer names its first coin again at its end, with another price.
 * Polkadot goes by chainlink and has its price and time, in every second answer those of the answer before. On Sunday somebody
 * polls half a second before 13:00; at 21:00 bitcoin's price is of that very instant, at 21:10 comes its last one of the hour
 * before, of half a second before 21:00, and at 21:20 its first one, of 20:00, when it was second by rank.
 */
export function* secondTape(): Generator<Poll> {
  const start = historyStart.getTime();
  const intervalMs = 600_000;
  const away = { from: start + 58 * hourMs, to: start + 61 * hourMs };
  const sunday = start + 6 * 24 * hourMs;
  const lastMoment = sunday + 13 * hourMs - 500;
  const onTheHour = sunday + 21 * hourMs;
  const to = new Date(start + 7 * 24 * hourMs);
  const seed = defaultSeed + 4;
  const polls = [
    ...tape({ seed, from: historyStart, to, intervalMs }),
    ...tape({ seed, from: new Date(lastMoment), to: new Date(lastMoment + 1), intervalMs }),
  ].sort((a, b) => a.pollTime.getTime() - b.pollTime.getTime());
  let followed: Partial<Quote> = {};
  for (const poll of polls) {
    const at = poll.pollTime.getTime();
    if (at >= away.from && at < away.to) continue;
    const coins = JSON.parse(poll.body.toString()) as Quote[];
    const coin = (name: string) => coins.find(({ id }) => id === name)!;
    const [bitcoin, chainlink] = [coin('bitcoin'), coin('chainlink')];
    const isSecond = (at / intervalMs) % 2 === 1;
    if (!isSecond) followed = { current_price: chainlink.current_price, last_updated: chainlink.last_updated };
    Object.assign(coin('polkadot'), followed);
    if (at === onTheHour) bitcoin.last_updated = poll.pollTime.toISOString();
    const late = (times: number, ago: number, more?: Partial<Quote>) =>
      coins.push({
        ...bitcoin,
        current_price: bitcoin.current_price * times,
        last_updated: iso(onTheHour - ago),
        ...more,
      });
    if (at === onTheHour + intervalMs) late(0.99, 500);
    if (at === onTheHour + 2 * intervalMs) late(1.02, hourMs, { market_cap_rank: 2 });
    if (isSecond) coins.push({ ...coins[0]!, current_price: coins[0]!.current_price * 1.01 });
    yield { ...poll, body: Buffer.from(JSON.stringify(coins)) };
  }
}

type Quote = { id: string; current_price: number; market_cap_rank: number; last_updated: string };

const iso = (at: number): string => new Date(at).toISOString();

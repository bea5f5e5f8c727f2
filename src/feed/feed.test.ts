import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { MessageTooLarge } from '../kafka/errors.ts';
import { openAnswers } from '../market/answer.ts';
import { type Market, type MarketsAnswer, readCoins } from '../market/client.ts';
import type { MarketCoin } from '../market/schema.ts';
import { marketsOf } from '../market/tape.ts';
import { type Profile, readProfile } from '../run/profile.ts';
import { type FeedOptions, runFeed } from './feed.ts';
import { endsPoll, eventMessages, lastPollIn, type Outlet, type Page, pollMessage, publishTo } from './outlet.ts';
import { type FeedStatus, readFeedStatus } from './status.ts';

const minuteMs = 60_000;
const historyStart = Date.UTC(2026, 2, 2);
const coins = ['bitcoin', 'solana'];
const profile: Profile = { ...readProfile(), coins, pollIntervalMs: minuteMs };
const answers = openAnswers(7);
const quiet = { info: () => {}, warn: () => {} };
beforeEach(() => {
  vi.stubEnv('TICKLAKE_STATE', mkdtempSync(join(tmpdir(), 'ticklake-feed-')));
});

/** A market without a server whose clock stands; `spoil` may replace or refuse single answers. */
function standingMarket(now: number, spoil: (at: number) => Buffer | undefined = () => undefined): Market {
  return {
    address: 'http://market.example/api/v3',
    leastIntervalMs: 0,
    clock: async () => ({ now: new Date(now), speed: 1e-9 }),
    fetch: async () => Promise.reject(new Error('not used')),
    fetchMarkets: async (parameters, { asOf } = {}) => {
      const at = asOf!.getTime();
      const body = spoil(at) ?? Buffer.from(answers.markets(parameters, at));
      const headers = { 'x-market-time': asOf!.toISOString() };
      return {
        url: 'http://market.example/api/v3/coins/markets',
        status: 200,
        headers,
        body,
        pollTime: asOf!,
        ...readCoins(body),
      };
    },
  };
}

/** A topic in memory; `refuse` may throw before or after taking polls. */
function openMemory(refuse: (polls: MarketsAnswer[], take: () => void) => void = (_, take) => take()) {
  const taken: MarketsAnswer[] = [];
  const outlet: Outlet = {
    lastPollTime: async () => taken.at(-1)?.pollTime,
    publish: async polls => {
      refuse(polls, () => taken.push(...polls));
    },
    close: async () => {},
  };
  return { taken, open: async () => outlet };
}

/** Run the feed until `done` says so, or it ends by itself; no waiting. */
async function feedUntil(
  done: (status: FeedStatus) => boolean,
  options: Pick<FeedOptions, 'market' | 'open'> & Partial<FeedOptions>,
): Promise<FeedStatus> {
  const stop = new AbortController();
  const onProgress = (status: FeedStatus): void => {
    if (done(status)) stop.abort();
  };
  return runFeed({
    profile,
    brokers: [],
    signal: stop.signal,
    log: quiet,
    onProgress,
    wait: () => new Promise(resolve => setImmediate(resolve)), // leaves the test's time limit a chance
    ...options,
  });
}

const times = (polls: MarketsAnswer[]): number[] => polls.map(poll => poll.pollTime.getTime());
const grid = (count: number, from = historyStart): number[] =>
  Array.from({ length: count }, (_, n) => from + n * minuteMs);

test('an empty topic gets the whole history on the grid, up to the clock and not beyond', async () => {
  const { taken, open } = openMemory();
  const market = standingMarket(historyStart + 600 * minuteMs + 1);
  const status = await feedUntil(({ polls }) => polls === 601, { market, open });
  expect(times(taken)).toEqual(grid(601));
  expect(status).toMatchObject({
    state: 'stopped',
    polls: 601,
    events: 1202,
    failures: 0,
    source: 'simulated',
    lag_seconds: 0.001,
  });
  expect(readFeedStatus()).toEqual(status);
});

test('what is published are the bytes of the answer', async () => {
  const { taken, open } = openMemory();
  await feedUntil(({ polls }) => polls === 4, { market: standingMarket(historyStart + 3 * minuteMs), open });
  const parameters = marketsOf(coins);
  expect(taken.map(poll => poll.body.toString())).toEqual(grid(4).map(at => answers.markets(parameters, at)));
});

test('a feed that was away goes on one interval after the last poll in the topic', async () => {
  const { taken, open } = openMemory();
  await feedUntil(({ polls }) => polls === 6, { market: standingMarket(historyStart + 5 * minuteMs), open });
  await feedUntil(({ polls }) => polls === 20, { market: standingMarket(historyStart + 25 * minuteMs), open });
  expect(times(taken)).toEqual(grid(26));
});

test('a failing market is counted, and nothing is left out when it is back', async () => {
  let failures = 3;
  const { taken, open } = openMemory();
  const market = standingMarket(historyStart + 40 * minuteMs, at => {
    if (at === historyStart + 7 * minuteMs && failures-- > 0) throw new Error('status 500');
    return undefined;
  });
  const status = await feedUntil(({ polls }) => polls === 41, { market, open });
  expect(times(taken)).toEqual(grid(41));
  expect(status).toMatchObject({ failures: 3, last_failure: 'status 500' });
});

test.each([
  ['before', false],
  ['after', true],
])('a sending that fails %s Kafka took it leaves no gap and no double', async (_, takes) => {
  let failures = 2;
  const { taken, open } = openMemory((polls, take) => {
    if (polls.length > 1 && failures-- > 0) {
      if (takes) take();
      throw new Error('Kafka is gone');
    }
    take();
  });
  const market = standingMarket(historyStart + 300 * minuteMs);
  await feedUntil(({ last_poll_time, market_time }) => last_poll_time === market_time, { market, open });
  expect(times(taken)).toEqual(grid(301));
});

test('a sending that stays broken until the end leaves no gap for the next feed', async () => {
  const { taken, open } = openMemory((polls, take) => {
    if (polls.some(poll => poll.pollTime.getTime() === historyStart)) throw new Error('Kafka is gone');
    take();
  });
  await feedUntil(({ failures }) => failures === 3, { market: standingMarket(historyStart + 900 * minuteMs), open });
  expect(taken).toEqual([]);
});

test('a topic of another run, ahead of the clock, is told and left alone', async () => {
  const { taken, open } = openMemory();
  await feedUntil(({ polls }) => polls === 31, { market: standingMarket(historyStart + 30 * minuteMs), open });
  const status = await feedUntil(({ last_failure }) => last_failure !== null, {
    market: standingMarket(historyStart),
    open,
  });
  expect(status.last_failure).toContain(
    "ends at 2026-03-02T00:30:00.000Z, beyond the market's clock at 2026-03-02T00:00:00.000Z",
  );
  expect(taken).toHaveLength(31);
});

test('an answer that does not fit is published as it came, told, and gives only the events that fit', async () => {
  const html = Buffer.from('<html>');
  const { taken, open } = openMemory();
  const market = standingMarket(historyStart + 2 * minuteMs, at => (at === historyStart + minuteMs ? html : undefined));
  const status = await feedUntil(({ polls }) => polls === 3, { market, open });
  expect(taken[1]!.body).toBe(html);
  expect(status).toMatchObject({
    problems: 1,
    events: 4,
    last_problem: 'Published as it came, but the body is not JSON: "<html>"',
  });
});

test('an answer that Kafka will never take is left out and told, and all others are published', async () => {
  const { taken, open } = openMemory((polls, take) => {
    if (polls.some(poll => poll.body.length > 1_000_000)) throw new MessageTooLarge('crypto.prices.raw');
    take();
  });
  const market = standingMarket(historyStart + 20 * minuteMs, at =>
    at === historyStart + 7 * minuteMs ? Buffer.alloc(2_000_000, ' ') : undefined,
  );
  const status = await feedUntil(({ polls }) => polls === 20, { market, open });
  expect(times(taken)).toEqual(grid(21).toSpliced(7, 1));
  expect(status.last_problem).toMatch(/^Not published: .*larger than the topic takes/);
});

test('a poll of several pages is published whole, and repeated when only a part of it was', async () => {
  const paged = { ...profile, coins: { top: 3, pages: 2 } };
  const taken: Page[] = [];
  let refused = false;
  const publish = async (pages: Page[]) => {
    const cut = pages.findIndex(
      ({ pollTime, page }) => pollTime.getTime() === historyStart + 2 * minuteMs && page!.number === 2,
    );
    if (refused || cut < 0) return void taken.push(...pages);
    refused = true;
    taken.push(...pages.slice(0, cut)); // Kafka takes the first page of the third poll, and is gone
    throw new Error('Kafka is gone');
  };
  const whole = () => taken.filter(endsPoll).at(-1)?.pollTime;
  const open = async (): Promise<Outlet> => ({ lastPollTime: async () => whole(), publish, close: async () => {} });
  const market = standingMarket(historyStart + 4 * minuteMs);
  const status = await feedUntil(() => false, { profile: paged, market, open, once: true });
  expect(status).toMatchObject({ polls: 5, events: 30, failures: 1 });
  const marks = taken.map(
    ({ pollTime, page }) => `${(pollTime.getTime() - historyStart) / minuteMs}: ${page!.number}/${page!.of}`,
  );
  expect(marks).toEqual([
    '0: 1/2',
    '0: 2/2',
    '1: 1/2',
    '1: 2/2',
    '2: 1/2',
    ...[2, 3, 4].flatMap(n => [`${n}: 1/2`, `${n}: 2/2`]),
  ]);
  const ids = taken.slice(0, 2).flatMap(({ coins }) => coins.map(({ id }) => id));
  expect(new Set(ids).size).toBe(6);
  expect(pollMessage(taken[1]!).headers).toMatchObject({ page: '2/2' });
});

test('once, the feed polls up to the clock and ends; from now on, one poll', async () => {
  const market = standingMarket(historyStart + 10 * minuteMs + 1);
  const all = openMemory();
  expect(await feedUntil(() => false, { market, open: all.open, once: true })).toMatchObject({
    polls: 11,
    state: 'stopped',
  });
  const one = openMemory();
  await feedUntil(() => false, { profile: { ...profile, begin: 'now' }, market, open: one.open, once: true });
  expect(times(one.taken)).toEqual([historyStart + 10 * minuteMs]);
  const live = openMemory();
  const wall = {
    ...market,
    clock: async () => undefined,
    fetchMarkets: () => market.fetchMarkets(marketsOf(coins), { asOf: new Date(historyStart) }),
  };
  expect(await feedUntil(() => false, { market: wall, open: live.open, once: true })).toMatchObject({ polls: 1 });
});

test('a profile of events alone publishes no polls', async () => {
  const { topics } = profile;
  const poll = await standingMarket(0).fetchMarkets(marketsOf(coins), { asOf: new Date(historyStart) });
  const sent: string[] = [];
  await publishTo(async topic => sent.push(topic), { raw: undefined, events: topics.events }, [poll]);
  expect(sent).toEqual([topics.events!.name]);
});

test('the live market is polled by the wall, and a failed poll is skipped', async () => {
  const { taken, open } = openMemory();
  let calls = 0;
  const simulated = standingMarket(historyStart);
  const market: Market = {
    ...simulated,
    clock: async () => undefined,
    fetchMarkets: async parameters => {
      if (++calls === 2) throw new Error('status 503');
      const answer = await simulated.fetchMarkets(parameters, { asOf: new Date(historyStart) });
      return { ...answer, headers: {}, pollTime: new Date() };
    },
  };
  const status = await feedUntil(({ polls }) => polls === 3, { market, open });
  expect(calls).toBe(4);
  expect(status).toMatchObject({ source: 'coingecko', failures: 1 });
  expect(pollMessage(taken[0]!).headers).toMatchObject({ source: 'coingecko' });
});

test('messages carry source, address, status and poll time, and the time of the market', async () => {
  const poll = await standingMarket(0).fetchMarkets(marketsOf(coins), { asOf: new Date(historyStart) });
  expect(pollMessage(poll)).toEqual({
    key: 'coins/markets',
    value: poll.body,
    timestamp: new Date(historyStart),
    headers: {
      source: 'simulated',
      address: 'http://market.example/api/v3/coins/markets',
      status: '200',
      poll_time: '2026-03-02T00:00:00.000Z',
    },
  });
  const [{ current_price, last_updated }] = poll.coins as [MarketCoin];
  expect(eventMessages(poll)[0]).toEqual({
    key: 'bitcoin',
    value: JSON.stringify({ asset: 'bitcoin', price_usd: current_price, event_time: last_updated }),
    timestamp: new Date(historyStart),
    headers: pollMessage(poll).headers,
  });
});

test('events go before the polls that gave them, in parts that Kafka takes', async () => {
  const market = standingMarket(historyStart, at => Buffer.from(answers.markets(marketsOf(coins), at).padEnd(900_000)));
  const polls = await Promise.all(grid(3).map(at => market.fetchMarkets(marketsOf(coins), { asOf: new Date(at) })));
  const sent: [string, number][] = [];
  const send = async (topic: string, messages: unknown[]) => {
    sent.push([topic, messages.length]);
  };
  await publishTo(send, profile.topics, polls);
  expect(sent).toEqual([
    ['crypto_prices', 4],
    ['crypto.prices.raw', 2],
    ['crypto_prices', 2],
    ['crypto.prices.raw', 1],
  ]);
});

test('the live market is polled no more often than its budget lasts', async () => {
  const { open } = openMemory();
  const told: string[] = [];
  const market = { ...standingMarket(historyStart), clock: async () => undefined, leastIntervalMs: 268_000 };
  const waits: number[] = [];
  const stop = new AbortController();
  await runFeed({
    profile,
    market: {
      ...market,
      fetchMarkets: parameters => market.fetchMarkets(parameters, { asOf: new Date(historyStart) }),
    },
    brokers: [],
    signal: stop.signal,
    log: { ...quiet, info: (_, text) => told.push(text) },
    open,
    wait: async ms => {
      waits.push(ms);
      stop.abort();
    },
  });
  expect(waits[0]).toBeGreaterThan(260_000);
  expect(told.at(-1)).toContain('every 268 s instead of 60 s');
});

test('the last poll is found behind thousands of messages of others, and none where there is none', async () => {
  const poll = {
    key: Buffer.from('coins/markets'),
    headers: { source: 'simulated', poll_time: '2026-03-02T00:05:00Z' },
  };
  const foreign = { key: null, headers: { source: 'elsewhere', poll_time: '2099-01-01T00:00:00Z' } };
  const topic = (polls: number, others: number) => {
    const messages = [...Array(polls).fill(poll), ...Array(others).fill(foreign)];
    const read = async (from: bigint, to: bigint) => messages.slice(Number(from) - 7, Number(to) - 7);
    return lastPollIn(read, 7n, 7n + BigInt(messages.length));
  };
  for (const others of [0, 1, 99, 100, 101, 2500, 9999])
    expect(await topic(3, others)).toBe(Date.parse(poll.headers.poll_time));
  expect(await topic(0, 2500)).toBeUndefined();
  expect(await topic(3, 10_000)).toBeUndefined(); // it does not look for ever
  expect(await topic(0, 0)).toBeUndefined();
});

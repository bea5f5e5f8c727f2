import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Broker, startBroker } from '../kafka/broker.ts';
import type { Message } from '../kafka/message.ts';
import { openProducer } from '../kafka/produce.ts';
import { readRange } from '../kafka/read.ts';
import { topicOffsets } from '../kafka/topics.ts';
import { openMarket } from '../market/client.ts';
import { controlHeader } from '../market/control.ts';
import { type MarketServer, startMarket } from '../market/server.ts';
import { firstStart, historyStart } from '../market/simulation.ts';
import { tape } from '../market/tape.ts';
import { type Profile, readProfile } from '../run/profile.ts';
import { type FeedOptions, runFeed } from './feed.ts';
import type { FeedStatus } from './status.ts';

const folder = mkdtempSync(join(tmpdir(), 'ticklake-feed-real-'));
const intervalMs = 600_000;
const week = (firstStart.getTime() - historyStart.getTime()) / intervalMs;
const ordinary = readProfile();
const coins = ['bitcoin', 'solana', 'cardano'];
const profile: Profile = { ...ordinary, coins, pollIntervalMs: intervalMs };
const [raw, events] = [ordinary.topics.raw!, ordinary.topics.events!];

let broker: Broker;
let market: MarketServer;
beforeAll(async () => {
  vi.stubEnv('TICKLAKE_STATE', folder);
  broker = await startBroker({ dataDir: join(folder, 'broker') });
  market = await startMarket({ seed: 7, speed: 3600 });
});
afterAll(async () => {
  await market?.stop();
  await broker?.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Run the feed until `done`; what it does on progress may be asynchronous. */
async function feedUntil(done: (status: FeedStatus) => boolean, more: Partial<FeedOptions> = {}): Promise<FeedStatus> {
  const stop = new AbortController();
  return runFeed({
    profile,
    market: openMarket({ address: market.address, wait: () => new Promise(setImmediate) }),
    brokers: [broker.address],
    signal: stop.signal,
    log: { info: () => {}, warn: () => {} },
    onProgress: status => done(status) && stop.abort(),
    ...more,
  });
}

async function readAll(topic: string): Promise<Message[]> {
  const partitions = await topicOffsets(topic, [broker.address]);
  const parts = await Promise.all(
    partitions.map(({ partition, low, high }) => readRange(topic, partition, low, high, [broker.address])),
  );
  return parts.flat();
}
const spoil = (fault: string, times: number): Promise<Response> =>
  fetch(new URL('/control/faults', market.address), {
    method: 'POST',
    headers: { [controlHeader]: 'yes', 'content-type': 'application/json' },
    body: JSON.stringify({ path: '/coins/markets', fault, times }),
  });

test('the first start sends the whole week, each message the bytes of its instant', async () => {
  await feedUntil(({ polls }) => polls >= week);
  const messages = (await readAll(raw.name)).slice(0, week);
  const recorded = [...tape({ from: historyStart, to: firstStart, intervalMs, coins })];
  expect(messages.map(message => message.headers.poll_time)).toEqual(recorded.map(poll => poll.pollTime.toISOString()));
  expect(messages.every((message, n) => message.value!.equals(recorded[n]!.body))).toBe(true);
  expect(messages.map(message => message.timestamp)).toEqual(recorded.map(poll => poll.pollTime));
  expect(messages[0]!.headers).toMatchObject({ source: 'simulated', status: '200' });
});

test('every asset has one event a poll, all in one partition', async () => {
  const [polls, assets] = [await readAll(raw.name), await readAll(events.name)];
  expect(assets).toHaveLength(polls.length * 3);
  for (const id of coins) {
    const own = assets.filter(message => String(message.key) === id);
    expect(new Set(own.map(message => message.partition)).size).toBe(1);
    expect(own).toHaveLength(polls.length);
    expect(Object.keys(JSON.parse(String(own[0]!.value)))).toEqual(['asset', 'price_usd', 'event_time']);
  }
});

test('a restart of the broker, of the feed and a failing market leave no gap and no double', async () => {
  const before = (await readAll(raw.name)).length;
  await spoil('500', 60);
  let restarting: Promise<void> | undefined;
  let restartedAt = Number.POSITIVE_INFINITY;
  const status = await feedUntil(({ polls }) => {
    if (polls > 0 && !restarting)
      restarting = restart().then(() => {
        restartedAt = polls;
      });
    return polls >= restartedAt + 12;
  });
  await restarting;
  const times = (await readAll(raw.name)).map(message => Date.parse(String(message.headers.poll_time)));
  expect(times.length).toBeGreaterThanOrEqual(before + 12);
  expect(times).toEqual(times.map((_, n) => historyStart.getTime() + n * intervalMs));
  expect(status.failures).toBeGreaterThan(0);
});

test("a message of somebody else's at the end of the topic does not make the feed begin anew", async () => {
  const before = (await readAll(raw.name)).length;
  await using producer = await openProducer({ addresses: [broker.address] });
  const later = { source: 'elsewhere', poll_time: '2099-01-01T00:00:00Z' };
  await producer.send(raw.name, [{ value: 'hello' }, { value: 'at another time', headers: later }]);
  await feedUntil(({ polls }) => polls >= 2);
  const added = (await readAll(raw.name)).slice(before + 2);
  expect(added.map(({ headers }) => Date.parse(String(headers.poll_time)))).toEqual(
    added.map((_, n) => historyStart.getTime() + (before + n) * intervalMs),
  );
});

async function restart(): Promise<void> {
  const port = Number(broker.address.split(':')[1]);
  await broker.stop();
  broker = await startBroker({ dataDir: join(folder, 'broker'), port });
}

test('a feed of events alone repeats its last poll when it comes back, and leaves no gap', async () => {
  const topic = { name: 'events.alone', partitions: 3, retentionBytes: 2 ** 20 };
  const alone: Profile = { ...profile, topics: { raw: undefined, events: topic }, landed: topic };
  const often = await feedUntil(({ polls }) => polls >= 20, { profile: alone });
  await feedUntil(({ polls }) => polls >= 20, { profile: alone });
  const sent = (await readAll(topic.name)).filter(({ key }) => String(key) === 'bitcoin');
  const times = sent.map(({ headers }) => Date.parse(String(headers.poll_time)));
  const gone = times.map(at => (at - historyStart.getTime()) / intervalMs);
  const { polls } = often;
  expect(gone).toEqual([...Array(polls).keys(), ...gone.slice(polls).map((_, n) => polls - 1 + n)]);
  expect(gone.length).toBeGreaterThan(polls + 10);
});

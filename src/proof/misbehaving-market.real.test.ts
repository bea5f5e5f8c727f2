import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFeed } from '../feed/feed.ts';
import type { FeedStatus } from '../feed/status.ts';
import { readRange } from '../kafka/read.ts';
import { openMarket } from '../market/client.ts';
import { controlHeader } from '../market/control.ts';
import { faults } from '../market/misbehave.ts';
import { type MarketServer, startMarket } from '../market/server.ts';
import { firstStart, historyStart } from '../market/simulation.ts';
import { tape } from '../market/tape.ts';
import { readProfile } from '../run/profile.ts';
import { expectAllLanded, expectTablesRight } from './exact.fixture.ts';
import { type Ground, openGround, topic } from './ground.fixture.ts';

const pollIntervalMs = 3_600_000;
const week = (firstStart.getTime() - historyStart.getTime()) / pollIntervalMs;
/** Faults of complete answers with status 200: published as they came. */
const told: Record<string, string | null> = {
  slow: null,
  html: 'not_json',
  late: null,
  'text-price': 'price_not_a_number',
  'null-price': 'price_missing',
  duplicate: null,
  half: 'not_json',
};

let ground: Ground;
let market: MarketServer;
beforeAll(async () => {
  ground = await openGround();
  await ground.open();
  market = await startMarket({ seed: 7, speed: 7200 });
});
afterAll(async () => {
  await market.stop();
  await ground[Symbol.asyncDispose]();
});

const control = (method: string, path: string, body?: object) =>
  fetch(new URL(path, market.address), {
    method,
    headers: { [controlHeader]: 'yes', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const isPlanned = async () =>
  ((await (await control('GET', '/control')).json()) as { faults: unknown[] }).faults.length > 0;

test('every fault of the market, planned while the feed runs: what failed is counted, what came is published as it came', async () => {
  const stop = new AbortController();
  const left = Object.keys(faults).map(fault => {
    // Calls that fail are tried five times each: more times, so that polls fail too.
    const [amount, times] =
      fault === 'slow'
        ? ['=20', 2]
        : fault in told
          ? ['', 2]
          : [/^\d+$/.test(fault) && fault !== '500' ? '=0' : '', 24];
    return { path: '/coins/markets', fault: fault + amount, times };
  });
  let last: FeedStatus | undefined;
  let planning = false;
  let after = Number.POSITIVE_INFINITY;
  const feeding = runFeed({
    profile: { ...readProfile(), pollIntervalMs },
    market: openMarket({ address: market.address, wait: () => new Promise(setImmediate) }),
    brokers: ground.addresses,
    signal: stop.signal,
    log: { info: () => {}, warn: () => {} },
    onProgress: async status => {
      last = status;
      if (status.polls >= after + 2) stop.abort();
      if (planning || status.polls < week) return;
      planning = true;
      if (!(await isPlanned())) {
        const next = left.shift();
        if (next) expect((await control('POST', '/control/faults', next)).status).toBe(200);
        else after = Math.min(after, status.polls);
      }
      planning = false;
    },
  });
  const pipeline = ground.pipeline([]);
  await feeding;
  await pipeline.stop();
  await ground.runUntilIdle();
  expect(left).toEqual([]);
  expect(last!.failures).toBeGreaterThanOrEqual(4); // 429, 500, 503, cut
  expect(last!.problems).toBeGreaterThanOrEqual(6); // twice html, text, half; a null is no problem
});

test('no poll is missing, and each is the answer of its instant, or of it what the fault made', async () => {
  const messages = await readRange(topic, 0, 0n, undefined, ground.addresses);
  const to = new Date(historyStart.getTime() + messages.length * pollIntervalMs);
  const right = [...tape({ from: historyStart, to, intervalMs: pollIntervalMs })];
  expect(messages.map(({ timestamp }) => timestamp)).toEqual(right.map(({ pollTime }) => pollTime));
  const changed = messages
    .filter((message, n) => !message.value!.equals(right[n]!.body))
    .map(({ value }) => String(value));
  expect(changed.filter(text => text.startsWith('<!DOCTYPE html>'))).toHaveLength(2);
  expect(changed.filter(text => text.startsWith('[') && !text.endsWith(']'))).toHaveLength(2); // half
  expect(changed.filter(text => /"current_price":"/.test(text))).toHaveLength(2);
  expect(changed.filter(text => /"current_price":null/.test(text))).toHaveLength(2);
  expect(changed).toHaveLength(12); // and 2 late, 2 with a coin twice
});

test('what came wrong is in quarantine, and the tables are right', async () => {
  const lake = await ground.read();
  await expectAllLanded(lake, ground.addresses);
  const wanted = Object.values(told).filter(reason => reason !== null);
  const found = await lake.rows<{ reason: string }>(
    'select reject_reason as reason from silver.quarantine order by all',
  );
  expect(found.map(({ reason }) => reason)).toEqual(wanted.flatMap(reason => [reason, reason]).sort());
  await expectTablesRight(lake);
});

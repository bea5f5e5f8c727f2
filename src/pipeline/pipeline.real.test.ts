import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { openProducer } from '../kafka/produce.ts';
import { ensureTopic } from '../kafka/topics.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { historyStart } from '../market/simulation.ts';
import { type Poll, tape } from '../market/tape.ts';
import { readProfile } from '../run/profile.ts';
import { landTape, pollMessages, tapeMessage } from './land-tape.ts';
import { runPipeline } from './pipeline.ts';
import { readStatus } from './status.ts';
import { verify } from './verify.ts';

const state = mkdtempSync(join(tmpdir(), 'ticklake-'));
process.env.TICKLAKE_STATE = state;
vi.setConfig({ testTimeout: 300_000 });
const profile = readProfile();
const topic = profile.landed.name;
const polls: Poll[] = [
  ...tape({ from: historyStart, to: new Date(historyStart.getTime() + 30 * 3_600_000), intervalMs: 300_000 }),
];

let broker: Broker;
let lake: Lake;
beforeAll(async () => {
  broker = await startBroker({ dataDir: join(state, 'broker') });
  await ensureTopic(topic, {}, [broker.address]);
  lake = await openLake({ path: join(state, 'lake', 'catalog.sqlite') });
});
afterAll(async () => {
  await lake.close();
  await broker.stop();
});

const publish = async (some: Poll[]) => {
  await using producer = await openProducer({ addresses: [broker.address] });
  await producer.send(topic, some.map(tapeMessage));
};
const run = () => runPipeline({ profile, lake, brokers: [broker.address], untilIdle: true });
const broken = async () => (await verify(lake, 'all')).filter(({ ok }) => !ok);

test('what Kafka holds is in every table, in several runs, and everything equals its recompute', async () => {
  await publish(polls.slice(0, 100));
  const first = await run();
  expect(first).toMatchObject({ state: 'stopped', messages: 100, lag: 0 });
  expect(await broken()).toEqual([]);

  await publish(polls.slice(100));
  await run();
  expect(await lake.rows('select count(*) as n from bronze.crypto_ticks_raw')).toEqual([{ n: polls.length }]);
  expect(await broken()).toEqual([]);
  expect(readStatus()).toMatchObject({ state: 'stopped', alive: false, profile: 'crypto-analytics' });
});

test('another run finds nothing to do', async () => {
  expect(await run()).toMatchObject({ messages: 0, batches: 0 });
});

test('a tape lands the same tables without a broker', async () => {
  const other = await openLake({ path: join(state, 'tape', 'catalog.sqlite') });
  await landTape(other, pollMessages(polls), { batchSize: 200 });
  for (const table of ['silver.crypto_prices', 'gold.crypto_hourly_stats', 'gold.top_movers_24h', 'star.dim_crypto'])
    expect(await other.rows(`from ${table} order by all`)).toEqual(await lake.rows(`from ${table} order by all`));
  expect((await verify(other, 'all')).filter(({ ok }) => !ok)).toEqual([]);
  await other.close();
});

test('verify looks at one moment of a lake in motion, and brings up to date what is behind', async () => {
  const moving = await openLake({ path: join(state, 'moving', 'catalog.sqlite') });
  const messages = pollMessages(polls.slice(0, 60));
  await landTape(moving, messages.slice(0, 40));
  const stop = new AbortController();
  const running = (async () => {
    for (let n = 41; !stop.signal.aborted && n <= 60; n++)
      await landTape(moving, messages.slice(0, n), { upTo: 'gold' });
  })();
  expect((await verify(moving, 'all')).filter(({ ok }) => !ok)).toEqual([]);
  stop.abort();
  await running;
  await moving.close();
});

test('what a run of fewer layers left out is computed anew', async () => {
  const grown = await openLake({ path: join(state, 'grown', 'catalog.sqlite') });
  const messages = pollMessages(polls);
  await landTape(grown, messages.slice(0, 50), { upTo: 'bronze' });
  await landTape(grown, messages.slice(0, 100), { upTo: 'silver' });
  await landTape(grown, messages.slice(0, 150));
  expect((await verify(grown, 'all')).filter(({ ok }) => !ok)).toEqual([]);
  expect(await grown.rows('select sum(tick_count)::bigint as n from gold.crypto_hourly_stats')).toEqual(
    await grown.rows('select count(*) as n from silver.crypto_prices'),
  );
  await grown.close();
});

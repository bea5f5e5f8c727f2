import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFeed } from '../feed/feed.ts';
import type { FeedStatus } from '../feed/status.ts';
import { openMarket } from '../market/client.ts';
import { startMarket } from '../market/server.ts';
import { firstStart, historyStart } from '../market/simulation.ts';
import { readProfile } from '../run/profile.ts';
import { expectAllLanded, expectTablesRight } from './exact.fixture.ts';
import { type Ground, openGround, published, until } from './ground.fixture.ts';

const pollIntervalMs = 3_600_000;
const week = (firstStart.getTime() - historyStart.getTime()) / pollIntervalMs;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
  await ground.open();
});
afterAll(() => ground[Symbol.asyncDispose]());

test('the broker is stopped, then killed, and comes back, while feed and pipeline run: exact, with no hand on it', async () => {
  await using market = await startMarket({ seed: 7, speed: 3600 });
  const stop = new AbortController();
  let status: FeedStatus | undefined;
  const feeding = runFeed({
    profile: { ...readProfile(), pollIntervalMs },
    market: openMarket({ address: market.address }),
    brokers: ground.addresses,
    signal: stop.signal,
    log: { info: () => {}, warn: () => {} },
    onProgress: now => {
      status = now;
    },
  });
  const pipeline = ground.pipeline([]);
  await pipeline.ready;
  const polls = () => status?.polls ?? 0;
  const goOn = async (wantedPolls: number) => {
    await until('the feed goes on', async () => polls() >= wantedPolls);
    const wanted = await published(ground.addresses);
    const lake = await ground.read();
    await until('the pipeline has caught up', async () => {
      if (!pipeline.running()) throw new Error(`The pipeline has ended:\n${pipeline.said().slice(-2000)}`);
      const [row] = await lake.rows<{ n: number }>('select count(*) as n from bronze.crypto_ticks_raw');
      return row!.n >= wanted;
    });
  };
  await goOn(week);
  await ground.restartBroker('stop');
  await goOn(polls() + 2);
  await ground.restartBroker('kill');
  await goOn(polls() + 2);
  stop.abort();
  await feeding;
  expect(pipeline.running()).toBe(true);
  await pipeline.stop();
  await ground.runUntilIdle();

  const lake = await ground.read();
  const polled = await lake.rows<{ at: Date }>(
    'select kafka_timestamp as at from bronze.crypto_ticks_raw order by kafka_offset',
  );
  expect(polled.map(({ at }) => at.getTime())).toEqual(
    polled.map((_, n) => historyStart.getTime() + n * pollIntervalMs),
  );
  expect(polled.length).toBeGreaterThanOrEqual(week + 4);
  await expectAllLanded(lake, ground.addresses);
  await expectTablesRight(lake);
});

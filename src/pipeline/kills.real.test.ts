import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { type Outgoing, openProducer } from '../kafka/produce.ts';
import { ensureTopic } from '../kafka/topics.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { historyStart } from '../market/simulation.ts';
import { tape } from '../market/tape.ts';
import { inRoot } from '../run/paths.ts';
import { readProfile } from '../run/profile.ts';
import { runPipeline } from './pipeline.ts';
import { verify } from './verify.ts';

const state = mkdtempSync(join(tmpdir(), 'ticklake-'));
process.env.TICKLAKE_STATE = state;
const profile = readProfile();
const topic = profile.topics.raw.name;
const kills = 20;

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker({ dataDir: join(state, 'broker') });
  await ensureTopic(topic, {}, [broker.address]);
});
afterAll(() => broker.stop());

/** Two days of polls; every tenth comes twice, every fifteenth a day late, and poison lies between. */
function badStream(): Outgoing[] {
  const to = new Date(historyStart.getTime() + 48 * 3_600_000);
  const polls: Outgoing[] = Array.from(tape({ from: historyStart, to, intervalMs: 300_000 }), ({ pollTime, body }) => ({
    key: 'coins/markets',
    value: body,
    timestamp: pollTime,
    headers: { source: 'simulated', poll_time: pollTime.toISOString() },
  }));
  const poison = [
    '{"status":',
    '<html>busy</html>',
    '[]',
    '[{"id":"bitcoin","current_price":"12"}]',
    Buffer.from([0xff, 0x00]),
  ];
  const stream: Outgoing[] = [];
  polls.forEach((poll, n) => {
    if (n % 15 !== 0) stream.push(poll);
    if (n % 10 === 0) stream.push(poll);
    if (n >= 288 && (n - 288) % 15 === 0) stream.push(polls[n - 288]!);
    if (n % 60 === 7) stream.push({ ...poll, value: poison[(n / 60) | 0] ?? 'null' });
  });
  return stream;
}

/** A pipeline in a process of its own; says something after each of its small landings. */
function startApart(path: string) {
  const code = `
    import { openLake } from './src/lake/open.ts';
    import { runPipeline } from './src/pipeline/pipeline.ts';
    import { readProfile } from './src/run/profile.ts';
    await using lake = await openLake({ path: process.env.LAKE });
    await runPipeline({
      profile: readProfile(), lake, brokers: [process.env.BROKER], maxMessages: 8, untilIdle: true,
      onProgress: ({ batches }) => batches > 0 && console.log(batches),
    });`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: inRoot(),
    env: { ...process.env, LAKE: path, BROKER: broker.address },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([exitCode]) => exitCode as number | null);
  return Object.assign(child, { exited });
}

const expectWhole = async (lake: Lake, messages: number) => {
  expect(await lake.rows('select count(*) as n from bronze.crypto_ticks_raw')).toEqual([{ n: messages }]);
  expect((await verify(lake, 'all')).filter(({ ok }) => !ok)).toEqual([]);
};

const sent = badStream();
test('kill -9 in the middle of batches, twenty times: nothing lost, nothing twice, poison in quarantine', {
  timeout: 300_000,
}, async () => {
  await using producer = await openProducer({ addresses: [broker.address] });
  for (let at = 0; at < sent.length; at += 100) await producer.send(topic, sent.slice(at, at + 100));
  const path = join(state, 'killed', 'catalog.sqlite');
  for (let kill = 0; kill < kills; kill++) {
    const child = startApart(path);
    await Promise.race([once(child.stdout!, 'data'), child.exited]);
    await sleep(kill * 17); // each time at another point: landing, refresh, commit
    child.kill('SIGKILL');
    await child.exited;
  }
  await using lake = await openLake({ path });
  await runPipeline({ profile, lake, brokers: [broker.address], untilIdle: true });
  await expectWhole(lake, sent.length);
  const reasons = await lake.rows<{ reason: string }>(
    'select distinct reject_reason as reason from silver.quarantine order by all',
  );
  expect(reasons.map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(['empty_array', 'not_json', 'not_text', 'price_not_a_number']),
  );
});

test('two pipelines at once are exact', { timeout: 300_000 }, async () => {
  const path = join(state, 'twice', 'catalog.sqlite');
  const children = [startApart(path), startApart(path)];
  for (const child of children) child.stdout!.resume();
  expect(await Promise.all(children.map(({ exited }) => exited))).toEqual([0, 0]);
  await using lake = await openLake({ path });
  await runPipeline({ profile, lake, brokers: [broker.address], untilIdle: true });
  await expectWhole(lake, sent.length);
});

test('batch size changes no table', { timeout: 300_000 }, async () => {
  const tables = [
    'silver.crypto_prices',
    'silver.quarantine',
    'gold.crypto_hourly_ohlc',
    'star.dim_crypto',
    'star.fact_crypto_hourly',
  ];
  const found: unknown[][] = [];
  for (const maxMessages of [23, 100_000]) {
    await using lake = await openLake({ path: join(state, `by ${maxMessages}`, 'catalog.sqlite') });
    await runPipeline({ profile, lake, brokers: [broker.address], untilIdle: true, maxMessages });
    await expectWhole(lake, sent.length);
    found.push(await Promise.all(tables.map(table => lake.rows(`from ${table} order by all`))));
  }
  expect(found[0]).toEqual(found[1]);
});

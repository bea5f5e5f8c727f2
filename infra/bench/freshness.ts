import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBroker } from '../../src/kafka/broker.ts';
import { openProducer, type Producer } from '../../src/kafka/produce.ts';
import { ensureTopic } from '../../src/kafka/topics.ts';
import { openLake } from '../../src/lake/open.ts';
import { makeCoins } from '../../src/market/coins.ts';
import { firstStart } from '../../src/market/simulation.ts';
import { type Poll, tape } from '../../src/market/tape.ts';
import { readStatus } from '../../src/pipeline/status.ts';
import { spawnLeashed } from '../../src/run/leash.ts';
import { inRoot, inState } from '../../src/run/paths.ts';
import { readProfile } from '../../src/run/profile.ts';
import type { Look } from './parts/dashboard.ts';
import { figures } from './parts/figures.ts';

// How soon is a poll seen in gold? One poll of 250 coins a second goes through a broker and the pipeline of the running
// system, all models of its profile, while a dashboard in another process asks gold.crypto_hourly_stats twenty times a
// second. Measured from Kafka's word that it has the poll to the dashboard's first look that counts its ticks, both by
// this machine's clock, after a day of history has landed.
// node infra/bench/freshness.ts [seconds]

const seconds = Number(process.argv[2] ?? 90);
const warmUp = 10; // polls that are not counted
const marketStepMs = 60_000; // a second of a system at speed 60
const aMinute = 60;

const state = mkdtempSync(join(tmpdir(), 'ticklake-freshness-'));
process.env.TICKLAKE_STATE = state;
const { name: topic } = readProfile().landed;
await using broker = await startBroker({ dataDir: inState('broker') });
process.env.KAFKA_BROKERS = broker.address;
await ensureTopic(topic);
await using producer = await openProducer();

const day = [...tape({ from: new Date(firstStart.getTime() - 86_400_000), to: firstStart, intervalMs: 30_000 })];
for (let at = 0; at < day.length; at += 100) await publish(producer, day.slice(at, at + 100));
const to = new Date(firstStart.getTime() + (warmUp + seconds) * marketStepMs);
const polls = [...tape({ from: firstStart, to, intervalMs: marketStepMs, coins: makeCoins().map(({ id }) => id) })];

await using pipeline = spawnLeashed(process.execPath, [inRoot('src', 'cli', 'pipeline.ts')], {
  cwd: inRoot(),
  log: inState('logs', 'pipeline.log'),
});
await until(() => {
  if (!pipeline.running()) throw new Error(`The pipeline ended early. See ${inState('logs', 'pipeline.log')}.`);
  const status = readStatus();
  const last = status?.recent_batches.at(-1)?.landing_id;
  const models = Object.values(status?.models ?? {});
  return status?.messages === day.length && models.length > 0 && models.every(model => model.landing_id === last);
});

const dashboard = fork(join(import.meta.dirname, 'parts', 'dashboard.ts'), { execArgv: [], env: process.env });
const sent: number[] = []; // when Kafka had each poll, epoch milliseconds
const started = performance.now();
for (const [n, poll] of polls.entries()) {
  await sleep(Math.max(0, started + n * 1000 - performance.now()));
  await publish(producer, [poll]);
  sent.push(performance.timeOrigin + performance.now());
}
await until(() => readStatus()!.messages === day.length + polls.length);
await sleep(1000);
const looks = await new Promise<Look[]>((resolve, reject) => {
  dashboard.once('message', found => resolve(found as Look[]));
  dashboard.once('exit', code => reject(new Error(`The dashboard ended with code ${code}.`)));
  dashboard.send('end');
});

const freshness = (await countTicks()).map((ticks, n) => {
  const seen = looks.find(look => look.ticks >= ticks);
  if (!seen) throw new Error(`Poll ${n} was never seen.`);
  return Math.max(0, seen.at - sent[n]!);
});
const counted = freshness.slice(warmUp);
const rows: Record<string, object> = { [`append to visible, ${seconds} s`]: figures(counted) };
if (counted.length > aMinute)
  for (let from = 0; from < counted.length; from += aMinute)
    rows[`  minute ${from / aMinute + 1}`] = figures(counted.slice(from, from + aMinute));
rows['dashboard query'] = figures(looks.map(({ tookMs }) => tookMs));
rows.landing = figures(readStatus()!.recent_batches.map(batch => batch.duration_ms));
console.log('milliseconds');
console.table(rows);
const { p50, p99 } = figures(counted);
console.log(
  `freshness p50 ${p50} ms (wanted: under 250), p99 ${p99} ms (wanted: under 1000); load ${loadavg()[0]!.toFixed(1)}`,
);
await pipeline.stop();
await producer.close();
await broker.stop();
if (!process.env.TICKLAKE_KEEP) rmSync(state, { recursive: true, force: true });

/** Publish polls as the feed does. */
async function publish(producer: Producer, some: Poll[]): Promise<void> {
  const message = ({ pollTime, body }: Poll) => ({
    key: 'coins/markets',
    value: body,
    timestamp: pollTime,
    headers: { source: 'simulated', address: 'tape', status: '200', poll_time: pollTime.toISOString() },
  });
  await producer.send(topic, some.map(message));
}

/** The sum of tick_count once each of the polls is counted: ticks that a poll repeats belong to the first that had them. */
async function countTicks(): Promise<number[]> {
  await using lake = await openLake({ readOnly: true });
  const rows = await lake.rows<{ ticks: number }>(
    `select sum(count(*)) over (order by kafka_offset)::bigint as ticks
     from silver.crypto_prices group by kafka_offset qualify kafka_offset >= $first order by kafka_offset`,
    { first: day.length },
  );
  if (rows.length !== polls.length) throw new Error(`Found ticks of ${rows.length} polls, wanted ${polls.length}.`);
  return rows.map(({ ticks }) => ticks);
}

async function until(reached: () => boolean): Promise<void> {
  const end = Date.now() + 300_000;
  while (!reached()) {
    if (Date.now() > end) throw new Error('Waited five minutes for the pipeline, which is not that far.');
    await sleep(200);
  }
}

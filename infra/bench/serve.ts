import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { startBroker } from '../../src/kafka/broker.ts';
import { openProducer } from '../../src/kafka/produce.ts';
import { ensureTopic } from '../../src/kafka/topics.ts';
import { firstStart } from '../../src/market/simulation.ts';
import { type Poll, tape } from '../../src/market/tape.ts';
import { readStatus } from '../../src/pipeline/status.ts';
import { spawnLeashed } from '../../src/run/leash.ts';
import { inRoot, inState } from '../../src/run/paths.ts';
import { readProfile } from '../../src/run/profile.ts';

// How soon does the REST server answer while the pipeline writes? A day of the default profile has landed; then a poll of a
// minute of market time comes each second, as in a system at speed 60, while 50 connections ask 200 times a second in all.
// Each waits its turn by the clock, so that an answer which is late counts as late for those behind it too.
// node infra/bench/serve.ts [seconds]

const seconds = Number(process.argv[2] ?? 30);
const wantedMs = 20;
const state = mkdtempSync(join(tmpdir(), 'ticklake-serve-'));
process.env.TICKLAKE_STATE = state;
const { name: topic } = readProfile().landed;
await using broker = await startBroker({ dataDir: inState('broker') });
process.env.KAFKA_BROKERS = broker.address;
await ensureTopic(topic);
await using producer = await openProducer();

const day = [...tape({ from: new Date(firstStart.getTime() - 86_400_000), to: firstStart, intervalMs: 30_000 })];
for (let at = 0; at < day.length; at += 100) await publish(day.slice(at, at + 100));
await using pipeline = own('pipeline');
await until(() => {
  if (!pipeline.running()) throw new Error(`The pipeline ended early. See ${inState('logs', 'pipeline.log')}.`);
  const status = readStatus();
  const last = status?.recent_batches.at(-1)?.landing_id;
  const models = Object.values(status?.models ?? {});
  return status?.messages === day.length && models.length > 0 && models.every(model => model.landing_id === last);
});
await using server = own('serve');
const address = await server.ready;
const paths = ['prices/latest', 'movers', 'ohlc?coin=bitcoin', 'features?coin=tron', 'stats?limit=500', 'health'].map(
  path => `/api/v1/${path}`,
);
const ready = async () => (await fetch(`${address}/api/v1/prices/latest`)).ok;
while (!(await ready())) await sleep(100);

const versions = new Set<number>();
let writing = true;
const written = (async () => {
  const to = new Date(firstStart.getTime() + 600 * 60_000);
  for (const poll of tape({ from: firstStart, to, intervalMs: 60_000 })) {
    if (!writing) return;
    await publish([poll]);
    versions.add(((await (await fetch(`${address}/api/v1/movers`)).json()) as { version: number }).version);
    await sleep(1000);
  }
})();
const result = await autocannon({
  url: address,
  connections: 50,
  overallRate: 200,
  duration: seconds,
  workers: 1, // in a thread of its own: making polls would hold up the clock
  requests: paths.map(path => ({ method: 'GET' as const, path })),
});
writing = false;
await written;
const { latency, requests, non2xx, errors } = result;
console.log('milliseconds');
console.table({
  [`REST, ${seconds} s`]: {
    n: requests.total,
    p50: latency.p50,
    p99: latency.p99,
    max: latency.max,
    failed: non2xx + errors,
  },
});
console.log(
  `REST p99 ${latency.p99} ms (wanted: under ${wantedMs}) over ${versions.size} versions; load ${loadavg()[0]!.toFixed(1)}`,
);
await server.stop();
await pipeline.stop();
await producer.close();
await broker.stop();
rmSync(state, { recursive: true, force: true });

function own(name: string) {
  const options = { cwd: inRoot(), log: inState('logs', `${name}.log`) };
  return spawnLeashed(process.execPath, ['--max-semi-space-size=16', inRoot('src', 'cli', `${name}.ts`)], options);
}

/** Publish polls as the feed does. */
async function publish(some: Poll[]): Promise<void> {
  const message = ({ pollTime, body }: Poll) => ({
    key: 'coins/markets',
    value: body,
    timestamp: pollTime,
    headers: { source: 'simulated', address: 'tape', status: '200', poll_time: pollTime.toISOString() },
  });
  await producer.send(topic, some.map(message));
}

async function until(reached: () => boolean): Promise<void> {
  const end = Date.now() + 300_000;
  while (!reached()) {
    if (Date.now() > end) throw new Error('Waited five minutes for the pipeline, which is not that far.');
    await sleep(200);
  }
}

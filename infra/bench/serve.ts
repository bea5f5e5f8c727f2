import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBroker } from '../../src/kafka/broker.ts';
import { openProducer } from '../../src/kafka/produce.ts';
import { ensureTopic } from '../../src/kafka/topics.ts';
import { firstStart } from '../../src/market/simulation.ts';
import { type Poll, tape } from '../../src/market/tape.ts';
import { readStatus } from '../../src/pipeline/status.ts';
import { spawnLeashed } from '../../src/run/leash.ts';
import { inRoot, inState } from '../../src/run/paths.ts';
import { readProfile } from '../../src/run/profile.ts';
import { ask } from './parts/askers.ts';
import { figures } from './parts/figures.ts';

// How soon does the REST server answer while the pipeline writes? A day of the default profile has landed; then a poll of a
// minute of market time comes each second, as in a system at speed 60, while 50 connections ask 200 times a second in all.
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

// Made beforehand: making them would hold up the clock of those who ask.
const next = [
  ...tape({ from: firstStart, to: new Date(firstStart.getTime() + 3 * seconds * 60_000), intervalMs: 60_000 }),
];
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
  for (const poll of next) {
    if (!writing) return;
    await publish([poll]);
    versions.add(((await (await fetch(`${address}/api/v1/movers`)).json()) as { version: number }).version);
    await sleep(1000);
  }
})();
const { ms, failed } = await ask({ address, paths, connections: 50, rate: 200, seconds });
writing = false;
await written;
const rest = figures(ms);
console.log('milliseconds');
console.table({ [`REST, ${seconds} s`]: { ...rest, failed } });
console.log(
  `REST p99 ${rest.p99} ms (wanted: under ${wantedMs}) over ${versions.size} versions; load ${loadavg()[0]!.toFixed(1)}`,
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

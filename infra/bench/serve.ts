import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstStart } from '../../src/market/simulation.ts';
import { tape } from '../../src/market/tape.ts';
import { ask } from './parts/askers.ts';
import { numberGiven } from './parts/begin.ts';
import { figures } from './parts/figures.ts';
import { landDay, startService } from './parts/landed-day.ts';

// How soon does the REST server answer while the pipeline writes? A day of the default profile has landed; then a poll of a
// minute of market time comes each second, as in a system at speed 60, while 50 connections ask 200 times a second in all.
// node infra/bench/serve.ts [seconds]

const seconds = numberGiven(0, 30);
const wantedMs = 20;
// Made beforehand: making them would hold up the clock of those who ask.
const next = [
  ...tape({ from: firstStart, to: new Date(firstStart.getTime() + 3 * seconds * 60_000), intervalMs: 60_000 }),
];
const day = await landDay('serve');
await using server = startService('serve');
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
    await day.publish([poll]);
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
await day.end();

import { fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLake } from '../../src/lake/open.ts';
import { makeCoins } from '../../src/market/coins.ts';
import { firstStart } from '../../src/market/simulation.ts';
import { tape } from '../../src/market/tape.ts';
import { readStatus } from '../../src/pipeline/status.ts';
import { numberGiven } from './parts/begin.ts';
import type { Look } from './parts/dashboard.ts';
import { figures } from './parts/figures.ts';
import { landDay, until } from './parts/landed-day.ts';

// How soon is a poll seen in gold? One poll of 250 coins a second goes through a broker and the pipeline of the running
// system, all models of its profile, while a dashboard in another process asks gold.crypto_hourly_stats twenty times a
// second. Measured from Kafka's word that it has the poll to the dashboard's first look that counts its ticks, both by
// this machine's clock, after a day of history has landed.
// node infra/bench/freshness.ts [seconds]

const seconds = numberGiven(0, 90);
const warmUp = 10; // polls that are not counted
const marketStepMs = 60_000; // a second of a system at speed 60
const aMinute = 60;

const to = new Date(firstStart.getTime() + (warmUp + seconds) * marketStepMs);
const polls = [...tape({ from: firstStart, to, intervalMs: marketStepMs, coins: makeCoins().map(({ id }) => id) })];

const day = await landDay('freshness');
const dashboard = fork(join(import.meta.dirname, 'parts', 'dashboard.ts'), { execArgv: [], env: process.env });
const sent: number[] = []; // when Kafka had each poll, epoch milliseconds
const started = performance.now();
for (const [n, poll] of polls.entries()) {
  await sleep(Math.max(0, started + n * 1000 - performance.now()));
  await day.publish([poll]);
  sent.push(performance.timeOrigin + performance.now());
}
await until(() => readStatus()!.messages === day.polls + polls.length);
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
await day.end();

/** The sum of tick_count once each of the polls is counted: ticks that a poll repeats belong to the first that had them. */
async function countTicks(): Promise<number[]> {
  await using lake = await openLake({ readOnly: true });
  const rows = await lake.rows<{ ticks: number }>(
    `select sum(count(*)) over (order by kafka_offset)::bigint as ticks
     from silver.crypto_prices group by kafka_offset qualify kafka_offset >= $first order by kafka_offset`,
    { first: day.polls },
  );
  if (rows.length !== polls.length) throw new Error(`Found ticks of ${rows.length} polls, wanted ${polls.length}.`);
  return rows.map(({ ticks }) => ticks);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { openLake } from '../../../src/lake/open.ts';

/** One look at gold.crypto_hourly_stats: epoch milliseconds when it came back, how long it took, the sum of tick_count. */
export type Look = { at: number; tookMs: number; ticks: number };

/*
 * Reads as a dashboard does, in a process of its own: opens the lake read-only and asks twenty times a second, until its
 * parent says so; then sends what it saw.
 */
const everyMs = 50;
const looks: Look[] = [];
let open = true;
process.once('message', () => {
  open = false;
});
process.once('disconnect', () => process.exit()); // the parent ended before

const lake = await openLake({ readOnly: true, memory: '256MB', threads: 1 });
while (open) {
  const started = performance.now();
  const [row] = await lake.rows<{ ticks: number }>(
    'select sum(tick_count)::bigint as ticks, max(hour) as hour, avg(avg_price_usd) as price from gold.crypto_hourly_stats',
  );
  const tookMs = performance.now() - started;
  looks.push({ at: performance.timeOrigin + started + tookMs, tookMs, ticks: row!.ticks });
  await sleep(Math.max(0, everyMs - tookMs));
}
await lake.close();
process.send!(looks, () => process.exit(0));

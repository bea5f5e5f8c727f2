import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFeed } from '../feed/feed.ts';
import { openMarket } from '../market/client.ts';
import { startMarket } from '../market/server.ts';
import { historyStart } from '../market/simulation.ts';
import { readProfile } from '../run/profile.ts';
import { expectAllLanded, expectTablesRight } from './exact.fixture.ts';
import { type Ground, openGround, published } from './ground.fixture.ts';
import { readTable } from './recompute/compare.ts';
import { recomputeAll } from './recompute/recompute.ts';
import { deliverBadly, pollsFrom } from './tape.fixture.ts';

const hourMs = 3_600_000;
const historyHours = 76; // more than the longest window
const sizes = ['1', '37', 'all'] as const;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
  // History by the hour, then two hours by ten minutes: what a feed sends that was started twice.
  mkdirSync(join(ground.state, 'market'));
  const clock = new Date(historyStart.getTime() + historyHours * hourMs).toISOString();
  writeFileSync(join(ground.state, 'market', 'clock.json'), JSON.stringify({ market_time: clock }));
  await using market = await startMarket({ seed: 7, speed: 3600 });
  await feed(market.address, hourMs, historyHours);
  const last = await feed(market.address, hourMs / 6, 12);
  const hoursFed = Math.ceil((last.getTime() - historyStart.getTime()) / hourMs);
  await ground.open();
  // The same hours again and some more, from elsewhere and badly delivered: twins, late, doubled, broken.
  await ground.publish(deliverBadly(pollsFrom(hoursFed - 30, 40, 60), 1).messages);
});
afterAll(() => ground[Symbol.asyncDispose]());

/** Let the feed publish at least so many polls; gives the time of the last one. */
async function feed(address: string, pollIntervalMs: number, polls: number): Promise<Date> {
  const stop = new AbortController();
  const { last_poll_time: last } = await runFeed({
    profile: { ...readProfile(), pollIntervalMs },
    market: openMarket({ address }),
    brokers: ground.addresses,
    signal: stop.signal,
    log: { info: () => {}, warn: () => {} },
    onProgress: status => status.polls >= polls && stop.abort(),
  });
  return new Date(last!);
}

test.each(sizes)(
  'from the market to the star, every table equals its recompute from bronze; %s at a time',
  async size => {
    await ground.runUntilIdle(size === 'all' ? [] : ['--batch', size], `by-${size}`);
    const lake = await ground.read(`by-${size}`);
    await expectAllLanded(lake, ground.addresses);
    await expectTablesRight(lake);
    const [sizes] = await lake.rows<{ most: number; n: number }>(
      'select max(message_count) as most, count(*) as n from pipeline.landing_ledger',
    );
    const total = await published(ground.addresses);
    if (size === '1') expect(sizes).toEqual({ most: 1, n: total });
    else expect(sizes!.most).toBe(size === '37' ? 37 : total);
  },
);

test('the tables are the same at every size, to the last digit', async () => {
  const lakes = await Promise.all(sizes.map(size => ground.read(`by-${size}`)));
  for (const table of (await recomputeAll(lakes[0]!)).keys()) {
    const [first, ...others] = await Promise.all(
      lakes.map(async lake => (await readTable(lake, table)).map(row => JSON.stringify(row)).sort()),
    );
    expect([table, first!.length > 0]).toEqual([table, true]);
    for (const other of others) expect(other).toEqual(first);
  }
});

test('the tape holds what can go wrong', async () => {
  const lake = await ground.read('by-all');
  const [found] = await lake.rows<Record<string, number>>(`
    select
      (select count(*) from gold.features_hourly where ma_72 is not null) as long_windows,
      (select count(*) from gold.crypto_hourly_stats where price_volatility > 0) as volatile_hours,
      (select count(*) from star.dim_crypto where not is_current) as past_versions,
      (select count(*) from silver.polled where reject_reason is null) - (select count(*) from silver.crypto_prices) as twins,
      (select count(distinct reject_reason) from silver.quarantine) as reasons`);
  for (const [what, amount] of Object.entries(found!)) expect(amount, what).toBeGreaterThan(2);
});

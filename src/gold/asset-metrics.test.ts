import { afterAll, expect, test } from 'vitest';
import type { Lake } from '../lake/open.ts';
import { readModel } from '../models/read.ts';
import { verifyModel } from '../models/verify.ts';
import { latestOf, metricsOf } from '../proof/recompute/assets.ts';
import { compareRows, readTable } from '../proof/recompute/compare.ts';
import { readMessages } from '../proof/recompute/polled.ts';
import { readBronze } from '../proof/recompute/recompute.ts';
import { pricesOf } from '../proof/recompute/silver.ts';
import { dice } from '../proof/tape.fixture.ts';
import { coin, openTestLake } from '../silver/landing.fixture.ts';
import { openLine } from '../silver/line.fixture.ts';

const start = Date.UTC(2026, 2, 2);
const seconds = (n: number) => new Date(start + n * 1000);
const lakes: Lake[] = [];
afterAll(() => Promise.all(lakes.map(lake => lake.close())));

async function open() {
  const lake = await openTestLake();
  lakes.push(lake);
  const line = await openLine(lake, ['gold.asset_metrics']);
  const land = async (pollAt: number, ...coins: object[]) => {
    await line.land([{ value: JSON.stringify(coins), pollTime: seconds(pollAt) }]);
    await line.keeper.catchUp();
  };
  return { lake, line, land };
}

test('windows go by time, hold both of their ends, and know nothing of a tick that is alone', async () => {
  const { lake, line, land } = await open();
  const ticks = [0, 60, 100, 300, 460].map((at, n) => coin('a', seconds(at), [10, 20, 30, 40, 10][n]));
  await land(500, ...ticks, coin('b', seconds(400), 7));
  line.close();
  expect(
    await lake.rows(`
      select rolling_avg_1m_usd as mean, volatility_5m_usd as deviation, change_5m_pct as change, tick_count_1m as n
      from gold.asset_metrics order by coin_id, last_updated`),
  ).toEqual([
    { mean: 10, deviation: null, change: null, n: 1 },
    { mean: 15, deviation: Math.sqrt(50), change: 100, n: 2 },
    { mean: 25, deviation: 10, change: 200, n: 2 },
    { mean: 40, deviation: Math.sqrt(500 / 3), change: 300, n: 1 },
    { mean: 10, deviation: Math.sqrt(450), change: -75, n: 1 },
    { mean: 7, deviation: null, change: null, n: 1 },
  ]);
  expect(await lake.rows('select coin_id, price_usd, tick_count_1m from gold.asset_latest order by all')).toEqual([
    { coin_id: 'a', price_usd: 10, tick_count_1m: 1 },
    { coin_id: 'b', price_usd: 7, tick_count_1m: 1 },
  ]);
});

test('late and early ticks in small batches give what a recompute gives, to the last digit', async () => {
  const { lake, line, land } = await open();
  const roll = dice(3);
  for (let batch = 0; batch < 8; batch++) {
    const ids = Array.from({ length: 60 }, () => ['a', 'b', 'c'][Math.floor(roll() * 3)]!);
    const at = () => batch * 400 + (roll() < 0.2 ? -roll() * 9000 : roll() * 400);
    await land(6000, ...ids.map(id => coin(id, seconds(at()), 100 + roll())));
  }
  line.close();
  const checks = await verifyModel(lake, readModel('gold.asset_metrics'));
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  const metrics = metricsOf(pricesOf(readMessages(await readBronze(lake))));
  expect(metrics).toHaveLength(480);
  expect(compareRows('gold.asset_metrics', await readTable(lake, 'gold.asset_metrics'), metrics)).toEqual([]);
  expect(compareRows('gold.asset_latest', await readTable(lake, 'gold.asset_latest'), latestOf(metrics))).toEqual([]);
});

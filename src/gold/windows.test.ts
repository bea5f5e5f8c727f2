import { afterAll, expect, test } from 'vitest';
import type { Lake } from '../lake/open.ts';
import { verify } from '../pipeline/verify.ts';
import { compareRows, readTable } from '../proof/recompute/compare.ts';
import { readMessages } from '../proof/recompute/polled.ts';
import { readBronze } from '../proof/recompute/recompute.ts';
import { lateOf, readPartitions, windowsOf } from '../proof/recompute/windows.ts';
import { dice } from '../proof/tape.fixture.ts';
import { coin, openTestLake, type TestMessage } from '../silver/landing.fixture.ts';
import { openLine, type Place } from '../silver/line.fixture.ts';

// Clocks in Berlin go from 02:00 to 03:00 on 29 March 2026, at 01:00 UTC. Nothing here may notice.
process.env.TZ = 'Europe/Berlin';
const start = Date.UTC(2026, 2, 29, 0, 55);
const seconds = (n: number) => new Date(start + n * 1000);

const models = ['silver.watermarks', 'silver.tick_arrivals', 'gold.crypto_metrics_1m'];
const tables = [...models, 'gold.late_ticks'];
const lakes: Lake[] = [];
const open = async () => {
  const lake = await openTestLake();
  lakes.push(lake);
  return lake;
};
afterAll(() => Promise.all(lakes.map(lake => lake.close())));

/** Every row of a table as text, in an order of its own. */
const textsOf = async (lake: Lake, table: string) =>
  (await lake.rows(`select * from ${table}`)).map(row => JSON.stringify(row)).toSorted();
const contents = async (lake: Lake) => Promise.all(tables.map(table => textsOf(lake, table)));
let atOnce: string[][] | undefined; // what the polls give when they land all at once

/** Expect that the tables equal both recomputes: by their own SQL to the last digit, and in plain TypeScript. */
async function expectRight(lake: Lake) {
  const checks = await verify(lake, 'all');
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(tables.filter(table => !checks.some(({ name }) => name.startsWith(`${table}:`)))).toEqual([]);
  const { watermarks, arrivals } = readPartitions(readMessages(await readBronze(lake)));
  const wanted = [watermarks, arrivals, windowsOf(arrivals), lateOf(arrivals)];
  for (const [at, table] of tables.entries())
    expect(compareRows(table, await readTable(lake, table), wanted[at]!)).toEqual([]);
}

/** Twelve minutes of polls: coins that stand still, polls that miss, come twice, in another order, and minutes too late. */
const badPolls = deliverBadly(dice(25));
function deliverBadly(roll: () => number): TestMessage[] {
  const last = new Map<string, [at: Date, price: number]>();
  const arrivals: { at: number; message: TestMessage }[] = [];
  for (let second = 0; second < 720; second += 40) {
    const coins = ['bitcoin', 'dogecoin', 'polkadot'].map(id => {
      if (roll() < 0.7 || !last.has(id)) last.set(id, [seconds(second - roll() * 25), 100 + roll()]);
      return coin(id, ...last.get(id)!);
    });
    if (roll() < 0.06) continue;
    const value = roll() < 0.06 ? '<html>502</html>' : JSON.stringify(coins);
    const message = { value, pollTime: seconds(second), source: roll() < 0.9 ? 'simulated' : 'a test' };
    const at = second + (roll() < 0.3 ? 240 + roll() * 300 : roll() < 0.25 ? 45 : 0);
    arrivals.push({ at, message });
    if (roll() < 0.15) arrivals.push({ at: at + roll() * 300, message });
  }
  return arrivals.sort((a, b) => a.at - b.at).map(({ message }) => message);
}

test('however messages are cut, the windows are those of a recompute, over a night without a second hour', async () => {
  expect(new Date(2026, 2, 29, 4).getTimezoneOffset()).toBe(-120);
  const found = [];
  for (const size of [1000, 7, 1]) {
    const lake = await open();
    const line = await openLine(lake, models);
    for (let at = 0; at < badPolls.length; at += size) {
      await line.land(badPolls.slice(at, at + size));
      await line.keeper.catchUp();
    }
    line.close();
    await expectRight(lake);
    found.push(await contents(lake));
  }
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
  atOnce = found[0]!;
  const [, , windows, late] = atOnce;
  expect(late!.length).toBeGreaterThan(3);
  const minutes = new Set(windows!.map(text => (JSON.parse(text) as { window_start: string }).window_start));
  expect([...minutes].filter(at => at < '2026-03-29T01:00' || at >= '2026-03-29T01:05')).not.toEqual([]);
  expect([...minutes].filter(at => at >= '2026-03-29T01:00' && at < '2026-03-29T01:05')).toHaveLength(5);
}, 180_000);

const poll = (at: number, ...coins: object[]): TestMessage => ({ value: JSON.stringify(coins), pollTime: seconds(at) });
const windowAt = async (lake: Lake, at: number) =>
  lake.rows(
    `select coin_id, avg_price_usd as mean, first_price_usd as first, last_price_usd as last, change_pct, volatility, tick_count
     from gold.crypto_metrics_1m where window_start = $at`,
    { at: seconds(at) },
  );

test('a late tick inside the watermark corrects its window; one beyond it is set aside', async () => {
  const lake = await open();
  const line = await openLine(lake, models);
  const land = async (...messages: TestMessage[]) => {
    await line.land(messages);
    await line.keeper.catchUp();
  };
  await land(poll(60, coin('a', seconds(30), 10)), poll(120), poll(175));
  const one = { coin_id: 'a', mean: 10, first: 10, last: 10, change_pct: 0, volatility: null, tick_count: 1 };
  expect(await windowAt(lake, 0)).toEqual([one]);

  await land(poll(40, coin('a', seconds(20), 8)));
  const two = { ...one, mean: 9, first: 8, change_pct: 25, volatility: Math.SQRT2, tick_count: 2 };
  expect(await windowAt(lake, 0)).toEqual([two]);
  expect(await lake.rows('from gold.late_ticks')).toEqual([]);

  // The watermark reaches the window's end by a poll that brings nothing; of this poll itself nothing is late yet.
  await land(poll(180, coin('a', seconds(40), 10)));
  expect(await windowAt(lake, 0)).toMatchObject([{ tick_count: 3 }]);
  await land({ ...poll(9000), source: 'another program' });
  await land(poll(50, coin('a', seconds(50), 99), coin('a', seconds(20), 8), coin('b', seconds(61), 5)));
  expect(await windowAt(lake, 0)).toMatchObject([{ tick_count: 3, last: 10 }]);
  expect(await windowAt(lake, 60)).toMatchObject([{ coin_id: 'b', tick_count: 1 }]);
  expect(
    await lake.rows('select coin_id, window_start, last_updated, price_usd, late_seconds from gold.late_ticks'),
  ).toEqual([{ coin_id: 'a', window_start: seconds(0), last_updated: seconds(50), price_usd: 99, late_seconds: 0 }]);
  line.close();
  await expectRight(lake);
});

test('a kill between landing and refresh, or between two refreshes, leaves nothing out', async () => {
  const lake = await open();
  for (let at = 0, step = 0; at < badPolls.length; at += 5, step++) {
    const line = await openLine(lake, models);
    await line.land(badPolls.slice(at, at + 5));
    const lacks = await line.keeper.lacks();
    await line.keeper.fill(lacks.slice(0, step % 4));
    if (step % 4 > 0) await line.keeper.fill(lacks.slice(0, step % 4)); // another pipeline did the same meanwhile
    line.close();
  }
  const last = await openLine(lake, models);
  await last.keeper.catchUp();
  last.close();
  expect(await contents(lake)).toEqual(atOnce);
});

test('events keyed by coin give the same windows in whatever order their partitions are read', async () => {
  const roll = dice(5);
  const partitions: TestMessage[][] = [[], [], []];
  for (let second = 0; second < 300; second += 20) {
    for (const [at, asset] of ['bitcoin', 'dogecoin', 'polkadot', 'tron'].entries()) {
      const event = { asset, price_usd: 10 + roll(), event_time: seconds(second - roll() * 200).toISOString() };
      partitions[at % 3]!.push({ value: JSON.stringify(event), pollTime: seconds(second) });
    }
  }
  const topic = 'crypto_prices';
  const orders: [Place, number][][] = [
    [0, 1, 2].map(partition => [{ topic, partition }, 1000]),
    [2, 0, 1].map(partition => [{ topic, partition }, 10]),
  ];
  const found = [];
  for (const order of orders) {
    const lake = await open();
    const line = await openLine(lake, models);
    for (let begin = 0; order.some(([{ partition }]) => begin < partitions[partition!]!.length); ) {
      const [, size] = order[0]!;
      for (const [place] of order) await line.land(partitions[place.partition!]!.slice(begin, begin + size), place);
      await line.keeper.catchUp();
      begin += size;
    }
    // A tick that silver has already comes by a lower partition too, with another price: that one counts from now on.
    for (const [price_usd, partition] of [
      [7, 2],
      [8, 0],
    ] as const) {
      const event = { asset: 'x', price_usd, event_time: seconds(290).toISOString() };
      await line.land([{ value: JSON.stringify(event), pollTime: seconds(302 - partition) }], { topic, partition });
      await line.keeper.catchUp();
    }
    // The same ticks again with other prices, by another partition and in a new epoch: the first place counts.
    const again = partitions[0]!.slice(0, 3).map(({ value, pollTime }) => {
      return { value: JSON.stringify({ ...JSON.parse(String(value)), price_usd: 99 }), pollTime };
    });
    await line.land(again, { topic, partition: 1 });
    await line.land(again, { topic, epoch: 2 });
    await line.keeper.catchUp();
    line.close();
    await expectRight(lake);
    found.push(await contents(lake));
  }
  expect(found[1]![2]).toEqual(found[0]![2]);
  expect(found[0]![3]!.length).toBeGreaterThan(0);
});

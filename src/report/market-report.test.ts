import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lake } from '../lake/open.ts';
import { verifyModel } from '../models/verify.ts';
import { modelsUpTo } from '../pipeline/tables.ts';
import { compareRows, readTable } from '../proof/recompute/compare.ts';
import { marketOf } from '../proof/recompute/market.ts';
import { readMessages } from '../proof/recompute/polled.ts';
import { readBronze } from '../proof/recompute/recompute.ts';
import { coin, landBatch, openTestLake, type TestMessage } from '../silver/landing.fixture.ts';
import { quickReport, readReport } from './daily.ts';

const at = (text: string) => new Date(`2026-03-${text}Z`);
const answer = (pollTime: Date, ...coins: object[]): TestMessage => ({ value: JSON.stringify(coins), pollTime });
const withoutTime = (id: string, price: number) => ({ ...coin(id, at('01T00:00'), price), last_updated: undefined });

/** Three days: repeated, late, out of order, without last_updated, wrong, and twins whose first is the one that came last. */
const messages: TestMessage[] = [
  answer(
    at('02T10:00'),
    coin('bitcoin', at('02T09:59'), 100, { total_volume: 5 }),
    coin('ethereum', at('02T09:59'), 10, { total_volume: 7 }),
  ),
  answer(at('02T10:05'), coin('bitcoin', at('02T09:59'), 100, { total_volume: 5 }), withoutTime('solana', 3)),
  answer(at('03T00:01'), coin('bitcoin', at('02T23:59:59'), 120, { total_volume: null }), coin('ethereum', 'never', 9)),
  { value: '<html>', pollTime: at('03T00:02') },
  answer(at('04T08:00'), coin('bitcoin', at('04T08:00'), 130), coin('dogecoin', at('04T08:00'), -1)),
  answer(at('02T09:59:30'), coin('ethereum', at('02T09:59'), 11, { total_volume: 8 })), // late, and first of its twins
  answer(at('03T12:00'), coin('=cmd()', at('03T11:00'), 1, { symbol: '@"x",\n' }), withoutTime('solana', 4)),
  answer(at('02T10:05'), coin('bitcoin', at('02T09:59'), 100, { total_volume: 5 }), withoutTime('solana', 3)),
];
const tables = modelsUpTo('gold').filter(({ name }) => name.includes('.market_'));

const lakes: Lake[] = [];
beforeAll(async () => {
  for (const batchSize of [messages.length, 1, 3]) {
    const lake = await openTestLake();
    lakes.push(lake);
    await landBatch(lake, messages, { batchSize, upTo: 'gold' });
  }
}, 120_000);
afterAll(() => Promise.all(lakes.map(lake => lake.close())));

const rowsOf = (lake: Lake, { name, grain }: (typeof tables)[number]) =>
  lake.rows(`select to_json(t)::varchar as row from ${name} as t order by ${grain.join(', ')}`);

test.each(tables.filter(({ kind }) => kind === 'table').map(model => [model.name, model] as const))(
  '%s is the same at every batch size, and equals its recompute',
  async (_, model) => {
    const [whole, ...parts] = await Promise.all(lakes.map(lake => rowsOf(lake, model)));
    for (const part of parts) expect(part).toEqual(whole);
    for (const lake of lakes) expect((await verifyModel(lake, model)).filter(({ ok }) => !ok)).toEqual([]);
  },
);

test('each table equals its recompute in plain TypeScript', async () => {
  const [lake] = lakes;
  const market = marketOf(readMessages(await readBronze(lake!)));
  expect([...market.keys()]).toEqual(tables.map(({ name }) => name));
  for (const [table, wanted] of market) expect(compareRows(table, await readTable(lake!, table), wanted)).toEqual([]);
});

test('bronze keeps what was received: repetitions, and rows without last_updated on the day they came', async () => {
  const days = await lakes[0]!.rows(
    `select partition_date::varchar as day, count(*) as n, count(last_updated) as dated from bronze.market_rows group by all order by 1`,
  );
  expect(days).toEqual([
    { day: '2026-03-02', n: 8, dated: 6 },
    { day: '2026-03-03', n: 2, dated: 1 },
    { day: '2026-03-04', n: 1, dated: 1 },
  ]);
});

test('of twelve coins the ten with the largest volume are named, the largest first', async () => {
  await using lake = await openTestLake();
  const coins = Array.from({ length: 12 }, (_, n) =>
    coin(`coin-${n}`, at('02T10:00'), 1, { total_volume: 1 + ((n * 5) % 12) }),
  );
  await landBatch(lake, [answer(at('02T10:00'), ...coins)], { upTo: 'gold' });
  const [day] = await readReport(lake);
  const named = JSON.parse(day!.top_10_by_volume) as { rank: number; volume_usd: number }[];
  expect(named.map(({ rank, volume_usd }) => [rank, volume_usd])).toEqual(
    Array.from({ length: 10 }, (_, n) => [n + 1, 12 - n]),
  );
});

test('the report counts each coin once a day at its last value, and ranks by volume', async () => {
  const report = (await readReport(lakes[0]!)).map(({ top_10_by_volume, ...row }) => ({
    ...row,
    top: (JSON.parse(top_10_by_volume) as { id: string; volume_usd: number | null }[]).map(({ id, volume_usd }) => [
      id,
      volume_usd,
    ]),
  }));
  expect(report).toEqual([
    {
      partition_date: '2026-03-02',
      coin_count: 3,
      total_market_cap_usd: 3e9,
      average_price_usd: (120 + 11 + 3) / 3,
      top: [
        ['solana', 1e6],
        ['ethereum', 8],
        ['bitcoin', null],
      ],
    },
    {
      partition_date: '2026-03-03',
      coin_count: 2,
      total_market_cap_usd: 2e9,
      average_price_usd: 2.5,
      top: [
        ['=cmd()', 1e6],
        ['solana', 1e6],
      ],
    },
    {
      partition_date: '2026-03-04',
      coin_count: 1,
      total_market_cap_usd: 1e9,
      average_price_usd: 130,
      top: [['bitcoin', 1e6]],
    },
  ]);
});

test('a quick look needs neither gold nor silver, or only the prices that every profile keeps', async () => {
  const lake = lakes[1]!;
  const report = await readReport(lake);
  await lake.write('lose', tx => tx.run('drop table gold.market_daily_report; drop table silver.market_prices'));
  await expect(readReport(lake)).rejects.toThrow(/no gold\.market_daily_report.*--fast/);
  expect(await quickReport(lake)).toEqual(report);
  await lake.write('lose', tx => tx.run('drop table bronze.market_rows'));
  const [first] = await quickReport(lake);
  expect(first).toMatchObject({ partition_date: '2026-03-02', coin_count: 2, average_price_usd: (120 + 11) / 2 });
});

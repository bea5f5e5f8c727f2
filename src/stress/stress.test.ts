import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { readModel } from '../models/read.ts';
import { verifyModel } from '../models/verify.ts';
import { landBatch, openTestLake } from '../silver/landing.fixture.ts';
import { bar, showRate } from './bar.ts';
import { cutDays } from './spans.ts';
import { stoppable } from './stoppable.ts';
import { type StressOptions, stressStages } from './stress.ts';
import { checkDisk, explainTrouble } from './trouble.ts';

vi.setConfig({ testTimeout: 180_000 }); // a run writes a file a day and table

const folder = mkdtempSync(join(tmpdir(), 'stress-'));
let lake: Lake;
beforeAll(async () => {
  lake = await openLake({ path: join(folder, 'catalog.sqlite') });
});
afterAll(() => lake.close());

const options: StressOptions = {
  coins: 3,
  days: 102, // two slices
  seed: 7,
  report: join(folder, 'Final_Report.csv'),
  memory: 2 ** 30,
  signal: new AbortController().signal,
};

/** Run every stage, or those before one; returns the bytes of the report. */
async function run(into: Lake, changed: Partial<StressOptions> = {}, before?: string): Promise<string> {
  const given = { ...options, ...changed };
  for (const stage of stressStages(into, given).stages) {
    if (stage.name === before) break;
    await stage.run(() => {});
  }
  return existsSync(given.report) ? readFileSync(given.report, 'utf8') : '';
}

const daysOf = async (table: string) =>
  (
    await lake.rows<{ coins: number; days: number }>(
      `select coins, count(*) as days from (select partition_date, count(distinct id) as coins from ${table} group by all) group by all order by 1`,
    )
  ).map(({ coins, days }) => `${days} days of ${coins}`);

test('the same seed gives the same report, to the byte; another seed another one', async () => {
  const first = await run(lake);
  expect(first.split('\r\n')).toHaveLength(104); // head, days, the end of the last line
  expect(await run(lake)).toBe(first);
  expect(await run(lake, { seed: 8 })).not.toBe(first);
  await run(lake);
});

test('silver and gold are what their selects say, and bronze has the columns of the running system', async () => {
  for (const name of ['silver.market_prices', 'gold.market_daily_report'])
    expect((await verifyModel(lake, readModel(name))).filter(({ ok }) => !ok)).toEqual([]);
  const columns = (at: Lake) => at.rows('select column_name, column_type from (describe bronze.market_rows)');
  const running = await openTestLake();
  await landBatch(running, [{ value: '[]' }], { upTo: 'silver' });
  expect(await columns(lake)).toEqual(await columns(running));
  await running.close();
});

test('prices move from hour to hour, by little and never to nothing', async () => {
  const [moves] = await lake.rows<{ least: number; most: number; still: number }>(`
    select min(current_price) as least, max(abs(move)) as most, count(*) filter (where move = 0) as still
    from (
      select current_price, ln(current_price / lag(current_price) over (partition by id order by last_updated)) as move
      from silver.market_prices)`);
  expect(moves!.least).toBeGreaterThan(0);
  expect(moves!.most).toBeGreaterThan(0.004);
  expect(moves!.most).toBeLessThan(0.1);
  expect(moves!.still).toBeLessThan(10);
});

test('a run replaces its own days and leaves the others', async () => {
  await run(lake, { coins: 2, days: 1 });
  for (const table of ['bronze.market_rows', 'silver.market_prices'])
    expect(await daysOf(table)).toEqual(['1 days of 2', '101 days of 3']);
  expect(
    await lake.rows('select coin_count, count(*) as n from gold.market_daily_report group by all order by 1'),
  ).toEqual([
    { coin_count: 2, n: 1 },
    { coin_count: 3, n: 101 },
  ]);
});

test('a run that is stopped leaves the lake as the stage before left it, and the next run finishes', async () => {
  const whole = await run(lake);
  const before = await lake.rows('from silver.market_prices order by all limit 50');
  const stop = new AbortController();
  const { stages } = stressStages(lake, { ...options, seed: 9, signal: stop.signal });
  const ended = (async () => {
    for (const stage of stages) await stage.run(() => stage.name === 'silver.market_prices' && stop.abort());
  })();
  await expect(ended).rejects.toThrow(/abort|interrupt/i);
  expect(await lake.rows('from silver.market_prices order by all limit 50')).toEqual(before);
  expect(await run(lake)).toBe(whole);
});

test('a statement under way is interrupted', async () => {
  const stop = new AbortController();
  const endless = stoppable(lake, stop.signal).write('count', tx => {
    const counted = tx.run('select sum(a.range * b.range) from range(10000000) as a, range(10000000) as b');
    stop.abort(); // before it has begun, as far as DuckDB knows
    return counted;
  });
  await expect(endless).rejects.toThrow(/interrupt/i);
  expect(await lake.rows('select 1 as one')).toEqual([{ one: 1 }]);
});

test('too little memory is said, with what to do, and spoils nothing', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'stress-')), 'catalog.sqlite');
  const small = await openLake({ path, memory: '24MB', threads: 1 });
  const error = await run(small, { coins: 20_000, days: 1 }).catch(error => error);
  expect(explainTrouble(error, 'bronze.market_rows', '512MB', folder).message).toMatch(
    /^Cannot finish bronze\.market_rows: 512MB of memory are not enough\. Give more \(--memory/,
  );
  await small.close();
  const enough = await openLake({ path, memory: '500MB' });
  const lines = await run(enough, { coins: 5, days: 2 });
  expect(lines.split('\r\n')).toHaveLength(4);
  await enough.close();
});

test('a disk that cannot hold the rows is refused before anything is written', () => {
  expect(() => checkDisk(join(folder, 'not', 'there'), 1)).not.toThrow();
  expect(() => checkDisk(folder, 1e15)).toThrow(/rows take about .* GB, and .* has .* free/);
});

test('days are cut so that memory bears a slice, and none is lost', () => {
  const lengths = (...of: Parameters<typeof cutDays>) =>
    cutDays(...of).map(({ from, to }) => (to.getTime() - from.getTime()) / 86_400_000);
  expect(lengths(200, 30, 1e9)).toEqual([30]);
  expect(lengths(200, 250, 1e9)).toEqual([100, 100, 50]);
  expect(lengths(5000, 40, 1e9)).toEqual([13, 13, 13, 1]);
  expect(lengths(5000, 40, 2e9)).toEqual([27, 13]);
  expect(lengths(100_000, 2, 1e9)).toEqual([1, 1]);
});

test('a bar shows share, rate and the time that is left', () => {
  expect(bar(0, 100, 0)).toBe('························ 0 %');
  expect(bar(50, 100, 1000)).toBe('████████████············ 50 %  50 rows/s  1 s left');
  expect([showRate(30, 1000), showRate(340_000, 1000), showRate(2_400_000, 2000)]).toEqual([
    '30 rows/s',
    '340 k rows/s',
    '1.2 M rows/s',
  ]);
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Lake } from '../lake/open.ts';
import { verifyModel } from '../models/verify.ts';
import { modelsUpTo } from '../pipeline/tables.ts';
import { coin, landBatch, openTestLake } from '../silver/landing.fixture.ts';

const star = modelsUpTo('star').filter(({ name, kind }) => name.startsWith('star.') && kind === 'table');
const at = (time: string) => new Date(`2026-03-${time}:00Z`);

let lake: Lake;
beforeAll(async () => {
  lake = await openTestLake();
}, 60_000);
afterAll(() => lake.close());

// Each test has a coin of its own.
let id = '';
let nth = 0;
beforeEach(() => {
  id = `coin-${nth++}`;
});

type Tick = [time: string, rank: number | null, more?: object];
/** Land ticks together. */
const land = (...ticks: Tick[]) =>
  landBatch(
    lake,
    ticks.map(([time, rank, more]) => ({
      value: JSON.stringify([coin(id, at(time), 10, { market_cap_rank: rank, ...more })]),
      pollTime: at('09T00:00'),
    })),
  );
const history = async () =>
  (
    await lake.rows<{ rank: number; from: string; to: string | null; is_current: boolean }>(
      `select market_cap_rank as rank, strftime(valid_from, '%dT%H:%M') as "from", strftime(valid_to, '%dT%H:%M') as "to", is_current
       from star.dim_crypto where coin_id = $id order by valid_from`,
      { id },
    )
  ).map(row => `${row.rank} ${row.from} ${row.to ?? 'now'}`);
/** The rank that each tick's fact points to. */
const facts = async () =>
  (
    await lake.rows<{ rank: number }>(
      `select market_cap_rank as rank from star.fact_crypto_ticks join star.dim_crypto using (crypto_key, coin_id)
       where coin_id = $id order by last_updated`,
      { id },
    )
  ).map(row => row.rank);
const broken = async () =>
  (await Promise.all(star.map(model => verifyModel(lake, model)))).flat().filter(({ ok }) => !ok);

test('a version lasts until an attribute changes, and null is a value', async () => {
  await land(['02T00:00', 1], ['02T00:10', 1], ['02T01:00', 2], ['02T02:00', null], ['02T03:00', 2]);
  expect(await history()).toEqual([
    '1 02T00:00 02T01:00',
    '2 02T01:00 02T02:00',
    'null 02T02:00 02T03:00',
    '2 02T03:00 now',
  ]);
  expect(await facts()).toEqual([1, 1, 2, null, 2]);
});

test('name, symbol and category make versions too', async () => {
  id = 'dogecoin';
  await land(
    ['05T11:00', 8],
    ['05T12:00', 8],
    ['05T13:00', 8, { name: 'Doge' }],
    ['05T14:00', 8, { name: 'Doge', symbol: 'dog' }],
  );
  const rows = await lake.rows(
    `select name, symbol, category from star.dim_crypto where coin_id = 'dogecoin' order by valid_from`,
  );
  expect(rows).toEqual([
    { name: 'dogecoin', symbol: 'dog'.slice(0, 3), category: 'meme-token' },
    { name: 'dogecoin', symbol: 'dog', category: 'payments' },
    { name: 'Doge', symbol: 'dog', category: 'payments' },
  ]);
});

test('a late tick splits a version and moves the facts after it, over days', async () => {
  await land(['02T00:00', 1], ['03T00:00', 1], ['04T00:00', 1], ['05T00:00', 1], ['06T00:00', 3]);
  expect(await history()).toEqual(['1 02T00:00 06T00:00', '3 06T00:00 now']);
  await land(['03T12:00', 2]);
  expect(await history()).toEqual([
    '1 02T00:00 03T12:00',
    '2 03T12:00 04T00:00',
    '1 04T00:00 06T00:00',
    '3 06T00:00 now',
  ]);
  expect(await facts()).toEqual([1, 1, 2, 1, 1, 3]);
  expect(await broken()).toEqual([]);
});

test('a late tick that agrees changes no version', async () => {
  await land(['02T00:00', 1], ['04T00:00', 1]);
  await land(['03T00:00', 1]);
  expect(await history()).toEqual(['1 02T00:00 now']);
});

test('a late tick before the first makes the first version begin earlier', async () => {
  await land(['04T00:00', 1], ['05T00:00', 2]);
  await land(['03T00:00', 1]);
  expect(await history()).toEqual(['1 03T00:00 05T00:00', '2 05T00:00 now']);
  expect(await facts()).toEqual([1, 1, 2]);
  expect(await broken()).toEqual([]);
});

test('a late tick just before a change moves the boundary', async () => {
  await land(['02T00:00', 1], ['04T00:00', 2], ['05T00:00', 2]);
  await land(['03T00:00', 2]);
  expect(await history()).toEqual(['1 02T00:00 03T00:00', '2 03T00:00 now']);
  expect(await facts()).toEqual([1, 2, 2, 2]);
  expect(await broken()).toEqual([]);
});

test('a tick that takes a twin’s place can join two versions', async () => {
  await land(['02T00:00', 1], ['03T00:00', 2], ['04T00:00', 1]);
  const value = JSON.stringify([coin(id, at('03T00:00'), 10, { market_cap_rank: 1 })]);
  await landBatch(lake, [{ value, pollTime: at('08T00:00') }]);
  expect(await history()).toEqual(['1 02T00:00 now']);
  expect(await facts()).toEqual([1, 1, 1]);
  expect(await broken()).toEqual([]);
});

test('a tick that changes nothing writes no dimension', async () => {
  await land(['02T00:00', 1]);
  const versions = async () =>
    lake.rows(
      `select file_count, file_size_bytes from ducklake_table_info('lake') where table_name in ('dim_crypto', 'dim_time') order by all`,
    );
  const before = await versions();
  await land(['02T00:30', 1]);
  expect(await versions()).toEqual(before);
});

test("an earlier poll that takes the place of a version's first tick moves the facts of later hours", async () => {
  await land(['02T10:00', 1], ['02T11:20', 1]);
  const value = JSON.stringify([coin(id, at('02T10:00'), 10, { market_cap_rank: 5 })]);
  await landBatch(lake, [{ value, pollTime: at('08T00:00') }]);
  expect(await history()).toEqual(['5 02T10:00 02T11:20', '1 02T11:20 now']);
  expect(await facts()).toEqual([5, 1]);
  const hours = await lake.rows<{ rank: number }>(
    `select market_cap_rank as rank from star.fact_crypto_hourly join star.dim_crypto using (crypto_key, coin_id)
     where coin_id = $id order by hour`,
    { id },
  );
  expect(hours.map(({ rank }) => rank)).toEqual([5, 1]);
  expect(await broken()).toEqual([]);
});

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';
import { readModel } from '../models/read.ts';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`
    set TimeZone = 'UTC';
    create schema silver; create schema gold;
    create table silver.crypto_prices as
    select coin_id, symbol, last_updated::timestamptz as last_updated, price_usd::double as price_usd,
      market_cap_usd::double as market_cap_usd, total_volume_usd::double as total_volume_usd
    from (values
      ('bitcoin', 'btc', '2026-03-02T00:00:00Z', 10, 100, 7),
      ('bitcoin', null, '2026-03-02T00:59:59.999999Z', 14, null, 8),
      ('bitcoin', 'btc', '2026-03-02T00:30:00Z', 18, 300, null),
      ('bitcoin', 'xbt', '2026-03-02T01:00:00Z', 20, 400, 9),
      ('ethereum', 'eth', '2026-03-02T23:59:59Z', 3, 30, 1),
      ('ethereum', 'eth', '2026-03-03T00:00:00Z', 4, 40, 2)
    ) as t (coin_id, symbol, last_updated, price_usd, market_cap_usd, total_volume_usd)`);
});

const rows = async (name: string) =>
  (await connection.runAndReadAll(`select * from (${readModel(name).sql}) order by coin_id, 1, 2`)).getRowsJson();

test('hourly statistics: an hour holds its first instant and not the next', async () => {
  expect(await rows('gold.crypto_hourly_stats')).toEqual([
    ['2026-03-02 00:00:00+00', 'bitcoin', 'btc', 14, 10, 18, 4, '3'],
    ['2026-03-02 01:00:00+00', 'bitcoin', 'xbt', 20, 20, 20, null, '1'],
    ['2026-03-02 23:00:00+00', 'ethereum', 'eth', 3, 3, 3, null, '1'],
    ['2026-03-03 00:00:00+00', 'ethereum', 'eth', 4, 4, 4, null, '1'],
  ]);
});

test('candles: open and close go by time, not by the order of rows', async () => {
  expect(await rows('gold.crypto_hourly_ohlc')).toEqual([
    ['2026-03-02 00:00:00+00', 'bitcoin', 'btc', 10, 18, 10, 14, '3'],
    ['2026-03-02 01:00:00+00', 'bitcoin', 'xbt', 20, 20, 20, 20, '1'],
    ['2026-03-02 23:00:00+00', 'ethereum', 'eth', 3, 3, 3, 3, '1'],
    ['2026-03-03 00:00:00+00', 'ethereum', 'eth', 4, 4, 4, 4, '1'],
  ]);
});

test('days: cap and volume are the last that are known', async () => {
  expect(await rows('gold.crypto_daily_summary')).toEqual([
    ['2026-03-02', 'bitcoin', 'xbt', 10, 20, 10, 20, 15.5, Math.sqrt(59 / 3), 400, 9, '4'],
    ['2026-03-02', 'ethereum', 'eth', 3, 3, 3, 3, 3, null, 30, 1, '1'],
    ['2026-03-03', 'ethereum', 'eth', 4, 4, 4, 4, 4, null, 40, 2, '1'],
  ]);
});

test('hourly prices are the last of the hour, with their own cap and volume', async () => {
  expect(await rows('silver.prices_hourly')).toEqual([
    ['bitcoin', '2026-03-02 00:00:00+00', 14, null, 8],
    ['bitcoin', '2026-03-02 01:00:00+00', 20, 400, 9],
    ['ethereum', '2026-03-02 23:00:00+00', 3, 30, 1],
    ['ethereum', '2026-03-03 00:00:00+00', 4, 40, 2],
  ]);
});

test('minutes keep their latest row', async () => {
  await connection.run(`create or replace table silver.kept as from silver.crypto_prices;
    insert into silver.crypto_prices values ('bitcoin', 'btc', '2026-03-02T00:00:30Z', 11, 1, 1)`);
  const [first] = await rows('silver.crypto_prices_clean');
  expect(first).toEqual(['2026-03-02 00:00:00+00', 'bitcoin', 'btc', '2026-03-02 00:00:30+00', 11, 1, 1]);
  await connection.run('create or replace table silver.crypto_prices as from silver.kept');
});

test('movers: up or down counts alike, as of the latest hour, and only who was there a day before', async () => {
  await connection.run(`
    create table gold.features_hourly as
    select coin_id, ts::timestamptz as ts, price::double as price, 0.1::double as vol_24h
    from (values
      ('up', '2026-03-02T00:00:00Z', 100), ('up', '2026-03-03T00:00:00Z', 110),
      ('down', '2026-03-02T00:00:00Z', 100), ('down', '2026-03-03T00:00:00Z', 80),
      ('as-much', '2026-03-02T00:00:00Z', 10), ('as-much', '2026-03-03T00:00:00Z', 8),
      ('new', '2026-03-03T00:00:00Z', 5),
      ('gone', '2026-03-02T00:00:00Z', 5), ('gone', '2026-03-02T23:00:00Z', 50)
    ) as t (coin_id, ts, price)`);
  const movers = (
    await connection.runAndReadAll(
      `select mover_rank, coin_id, round(return_24h, 9) as r from (${readModel('gold.top_movers_24h').sql}) order by 1`,
    )
  ).getRowsJson();
  expect(movers).toEqual([
    ['1', 'as-much', -0.2],
    ['2', 'down', -0.2],
    ['3', 'up', 0.1],
  ]);
});

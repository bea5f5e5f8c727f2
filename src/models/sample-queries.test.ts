import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { historyStart } from '../market/simulation.ts';
import { tape } from '../market/tape.ts';
import { landTape, pollMessages } from '../pipeline/land-tape.ts';

/*
 * What people ask first who come from tutorials of this kind: the same questions on the same table names. Where those say
 * symbol = 'bitcoin' the filter is on coin_id: the symbol of bitcoin is btc.
 */

let lake: Lake;
beforeAll(async () => {
  lake = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });
  const to = new Date(historyStart.getTime() + 6 * 3_600_000);
  await landTape(lake, pollMessages(tape({ from: historyStart, to, intervalMs: 300_000 })));
}, 60_000);
afterAll(() => lake.close());

test('how many messages are in bronze, and in each partition', async () => {
  expect(await lake.rows('select count(*) as row_count from bronze.crypto_ticks_raw')).toEqual([{ row_count: 72 }]);
  expect(
    await lake.rows('select kafka_partition, count(*) as n from bronze.crypto_prices_raw group by kafka_partition'),
  ).toEqual([{ kafka_partition: 0, n: 72 }]);
});

test('the latest messages as they came', async () => {
  const rows = await lake.rows<{ kafka_offset: number }>(`
    select raw_payload, ingestion_timestamp, kafka_offset from bronze.crypto_raw order by ingestion_timestamp desc limit 5`);
  expect(rows.map(row => row.kafka_offset)).toEqual([71, 70, 69, 68, 67]);
});

test('messages of a span of time', async () => {
  expect(
    await lake.rows(`
      select count(*) as n from bronze.crypto_ticks_raw
      where ingestion_timestamp >= timestamptz '2026-03-02 01:00:00+00' and ingestion_timestamp < timestamptz '2026-03-02 02:00:00+00'`),
  ).toEqual([{ n: 12 }]);
});

test('one coin out of the raw JSON', async () => {
  const raw = await lake.rows<{ price: number }>(`
    select cast(json_extract(coin, '$.current_price') as double) as price
    from (select unnest(from_json(raw_payload, '["JSON"]')) as coin from bronze.crypto_ticks_raw)
    where json_extract_string(coin, '$.id') = 'bitcoin'`);
  expect(raw).toHaveLength(72);
});

test('the latest prices', async () => {
  const rows = await lake.rows(`
    select symbol, price_usd, last_updated from silver.crypto_prices order by last_updated desc limit 10`);
  expect(rows).toHaveLength(10);
  expect(await lake.rows('select count(*) as n from silver.markets_snapshot')).toEqual([{ n: 10 }]);
});

test('hourly statistics of bitcoin', async () => {
  const rows = await lake.rows<Record<string, number>>(`
    select hour, symbol, avg_price_usd, max_price_usd, min_price_usd, price_volatility
    from gold.crypto_hourly_stats
    where coin_id = 'bitcoin'
    order by hour desc
    limit 24`);
  expect(rows.length).toBeGreaterThanOrEqual(6);
  expect(rows[0]).toMatchObject({ symbol: 'btc' });
  for (const row of rows) {
    expect(row.min_price_usd!).toBeLessThanOrEqual(row.avg_price_usd!);
    expect(row.avg_price_usd!).toBeLessThanOrEqual(row.max_price_usd!);
  }
  expect(await lake.rows(`from gold.crypto_hourly_stats where symbol = 'bitcoin'`)).toEqual([]);
});

test('one-minute windows of bitcoin, and what came too late for them', async () => {
  const rows = await lake.rows<Record<string, number>>(`
    select window_start, window_end, first_price_usd, last_price_usd, change_pct, volatility, tick_count
    from gold.crypto_metrics_1m
    where coin_id = 'bitcoin'
    order by window_start desc
    limit 10`);
  expect(rows).toHaveLength(10);
  for (const row of rows)
    expect(row.change_pct!).toBeCloseTo((row.last_price_usd! / row.first_price_usd! - 1) * 100, 10);
  expect(await lake.rows('select count(*) as n from gold.late_ticks')).toEqual([{ n: 0 }]);
});

test('each asset as it stands, with its rolling mean', async () => {
  const rows = await lake.rows<{ coin_id: string; price_usd: number }>(`
    select coin_id, price_usd, rolling_avg_1m_usd, volatility_5m_usd, change_5m_pct from gold.asset_latest order by coin_id`);
  expect(rows).toHaveLength(10);
  const now = await lake.rows('select coin_id, price_usd from silver.markets_snapshot order by coin_id');
  expect(rows.map(({ coin_id, price_usd }) => ({ coin_id, price_usd }))).toEqual(now);
});

test('current price by the star', async () => {
  const rows = await lake.rows(`
    select coin.name, fact.price_usd, fact.last_updated
    from star.fact_crypto_ticks as fact
    join star.dim_crypto as coin using (crypto_key)
    where coin.is_current
      and fact.last_updated = (select max(last_updated) from star.fact_crypto_ticks where coin_id = fact.coin_id)`);
  expect(rows).toHaveLength(10);
});

test('an hourly chart by the star', async () => {
  const rows = await lake.rows(`
    select coin.name, fact.hour, fact.open_price_usd, fact.high_price_usd, fact.low_price_usd, fact.close_price_usd
    from star.fact_crypto_hourly as fact
    join star.dim_crypto as coin using (crypto_key)
    where coin.coin_id = 'bitcoin'
      and fact.hour > (select max(hour) from star.fact_crypto_hourly) - interval 24 hours
    order by fact.hour`);
  expect(rows.length).toBeGreaterThanOrEqual(6);
});

test('a price as it was two hours before the latest', async () => {
  const rows = await lake.rows<{ price_usd: number }>(`
    select price_usd, last_updated
    from silver.crypto_transformed
    where coin_id = 'ethereum' and last_updated <= (select max(last_updated) from silver.crypto_prices) - interval 2 hours
    order by last_updated desc
    limit 1`);
  expect(rows[0]!.price_usd).toBeGreaterThan(0);
});

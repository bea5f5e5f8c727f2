import type { Lake } from '../../lake/open.ts';
import { latestOf, metricsOf } from './assets.ts';
import { calendarOf } from './calendar.ts';
import { daysOf, featuresOf, moversOf, ohlcOf, statsOf } from './gold.ts';
import { type BronzeRow, type Row, readMessages } from './polled.ts';
import { cleanOf, hourlyPricesOf, pricesOf, quarantineOf, snapshotOf } from './silver.ts';
import { type Category, hourFactsOf, tickFactsOf, versionsOf } from './star.ts';
import { lateOf, readPartitions, windowsOf } from './windows.ts';

/** Read the messages of bronze; times in microseconds. */
export const readBronze = (lake: Lake): Promise<BronzeRow[]> =>
  lake.rows<BronzeRow>(`
    select * replace (
      epoch_us(ingestion_timestamp)::double as ingestion_timestamp, epoch_us(kafka_timestamp)::double as kafka_timestamp
    ) from bronze.crypto_ticks_raw`);

/**
 * Compute every table of silver, gold and star anew from bronze, in plain TypeScript, from what data-modeling/ says and
 * nothing else; but for those of the daily report, which the default profile does not keep (market.ts). Only the mapping of categories is taken from the lake: it is given, not computed.
 *
 * @returns rows by the name of their table, in no particular order; times in microseconds
 */
export async function recomputeAll(lake: Lake): Promise<Map<string, Row[]>> {
  const categories = await lake.rows<Category>(
    `select coin_id, category, epoch_us(since)::double as since, epoch_us(until)::double as until from star.crypto_categories`,
  );
  const polled = readMessages(await readBronze(lake));
  const { watermarks, arrivals } = readPartitions(polled);
  const prices = pricesOf(polled);
  const metrics = metricsOf(prices);
  const hourly = hourlyPricesOf(prices);
  const features = featuresOf(hourly);
  const versions = versionsOf(prices, categories);
  return new Map<string, Row[]>([
    ['silver.polled', polled],
    ['silver.crypto_prices', prices],
    ['silver.crypto_transformed', prices],
    ['silver.quarantine', quarantineOf(polled)],
    ['silver.crypto_prices_clean', cleanOf(prices)],
    ['silver.markets_snapshot', snapshotOf(prices)],
    ['silver.prices_hourly', hourly],
    ['silver.watermarks', watermarks],
    ['silver.tick_arrivals', arrivals],
    ['gold.crypto_hourly_stats', statsOf(prices)],
    ['gold.crypto_hourly_ohlc', ohlcOf(prices)],
    ['gold.crypto_daily_summary', daysOf(prices)],
    ['gold.features_hourly', features],
    ['gold.top_movers_24h', moversOf(features)],
    ['gold.crypto_metrics_1m', windowsOf(arrivals)],
    ['gold.late_ticks', lateOf(arrivals)],
    ['gold.asset_metrics', metrics],
    ['gold.asset_latest', latestOf(metrics)],
    ['star.dim_crypto', versions],
    ['star.dim_time', calendarOf(prices.map(row => row.last_updated))],
    ['star.fact_crypto_ticks', tickFactsOf(prices, versions)],
    ['star.fact_crypto_hourly', hourFactsOf(prices, versions)],
  ]);
}

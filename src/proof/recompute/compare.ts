import { isDeepStrictEqual } from 'node:util';
import type { Lake } from '../../lake/open.ts';
import type { Row } from './polled.ts';
import { recomputeAll } from './recompute.ts';

/** The key of each table; every other column is compared. */
const keys: Record<string, string[]> = {
  'silver.polled': ['kafka_topic', 'kafka_epoch', 'kafka_partition', 'kafka_offset', 'array_index'],
  'silver.crypto_prices': ['coin_id', 'last_updated'],
  'silver.crypto_transformed': ['coin_id', 'last_updated'],
  'silver.quarantine': ['kafka_topic', 'kafka_epoch', 'kafka_partition', 'kafka_offset', 'array_index'],
  'silver.crypto_prices_clean': ['coin_id', 'minute'],
  'silver.markets_snapshot': ['coin_id'],
  'silver.prices_hourly': ['coin_id', 'ts'],
  'silver.watermarks': ['kafka_topic', 'kafka_epoch', 'kafka_partition', 'kafka_offset'],
  'silver.tick_arrivals': ['kafka_topic', 'kafka_epoch', 'kafka_partition', 'coin_id', 'last_updated'],
  'gold.crypto_hourly_stats': ['coin_id', 'hour'],
  'gold.crypto_hourly_ohlc': ['coin_id', 'hour'],
  'gold.crypto_daily_summary': ['coin_id', 'date'],
  'gold.features_hourly': ['coin_id', 'ts'],
  'gold.top_movers_24h': ['coin_id'],
  'gold.crypto_metrics_1m': ['coin_id', 'window_start'],
  'gold.asset_metrics': ['coin_id', 'last_updated'],
  'gold.asset_latest': ['coin_id'],
  'gold.late_ticks': ['kafka_topic', 'kafka_epoch', 'kafka_partition', 'coin_id', 'last_updated'],
  'bronze.market_rows': ['kafka_topic', 'kafka_epoch', 'kafka_partition', 'kafka_offset', 'array_index'],
  'silver.market_prices': ['id', 'last_updated'],
  'gold.market_daily_report': ['partition_date'],
  'star.dim_crypto': ['coin_id', 'valid_from'],
  'star.dim_time': ['time_key'],
  'star.fact_crypto_ticks': ['coin_id', 'last_updated'],
  'star.fact_crypto_hourly': ['coin_id', 'hour'],
};

/** Relative; sums in another order differ in the last digits, deviations of nearly equal prices in some more. */
const tolerance = 1e-9;

/** Read a table as the recompute writes it: times in microseconds, dates as text. */
export async function readTable(lake: Lake, table: string): Promise<Row[]> {
  const columns = await lake.rows<{ name: string; type: string }>(
    `select column_name as name, column_type as type from (describe ${table})`,
  );
  const read = columns
    .filter(({ name }) => name !== 'element_snippet') // how a rejected element is shown is not for programs
    .map(({ name, type }) => {
      if (type.startsWith('TIMESTAMP')) return `epoch_us("${name}")::double as "${name}"`;
      return type === 'DATE' ? `"${name}"::varchar as "${name}"` : `"${name}"`;
    });
  return await lake.rows<Row>(`select ${read.join(', ')} from ${table}`);
}

/**
 * Hold every table of silver, gold and star against the recompute from bronze, row by row.
 *
 * @returns what differs, empty when nothing does
 */
export async function differences(lake: Lake): Promise<string[]> {
  const found: string[] = [];
  for (const [table, wanted] of await recomputeAll(lake))
    found.push(...compareRows(table, await readTable(lake, table), wanted));
  return found;
}

/** Compare the rows of a table; the first few differences are enough. */
export function compareRows(table: string, lake: Row[], wanted: Row[]): string[] {
  const keyOf = (row: Row) => keys[table]!.map(name => row[name]).join(' ');
  const there = new Map(lake.map(row => [keyOf(row), row]));
  const found: string[] = [];
  if (lake.length !== wanted.length) found.push(`${table}: ${lake.length} rows, wanted ${wanted.length}`);
  if (there.size !== lake.length) found.push(`${table}: ${lake.length - there.size} rows repeat a key`);
  for (const row of wanted) {
    const key = keyOf(row);
    const other = there.get(key);
    if (!other) found.push(`${table} [${key}]: missing`);
    else
      for (const name of new Set([...Object.keys(row), ...Object.keys(other)]))
        if (!same(other[name], row[name])) found.push(`${table} [${key}] ${name}: ${other[name]}, wanted ${row[name]}`);
    if (found.length > 5) break;
  }
  return found;
}

function same(a: Row[string] | undefined, b: Row[string] | undefined): boolean {
  if (typeof a === 'string' && typeof b === 'string' && a.startsWith('[{'))
    return isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
  if (typeof a !== 'number' || typeof b !== 'number' || (Number.isInteger(a) && Number.isInteger(b))) return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), 1e-3);
}

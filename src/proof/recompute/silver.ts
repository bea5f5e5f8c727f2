import type { Polled, Row } from './polled.ts';

const hourUs = 3_600_000_000;
const minuteUs = 60_000_000;
export const hourOf = (at: number): number => at - (at % hourUs);
export const minuteOf = (at: number): number => at - (at % minuteUs);

/** Group rows by a key that a function gives, in the order of their coming. */
export function groupBy<T>(rows: Iterable<T>, keyOf: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return [...groups.values()];
}

const order = ['poll_time', 'kafka_topic', 'kafka_epoch', 'kafka_partition', 'kafka_offset', 'array_index'] as const;
function inOrder(a: Row, b: Row): number {
  for (const name of order) if (a[name] !== b[name]) return a[name]! < b[name]! ? -1 : 1;
  return 0;
}

/** Of the rows that share a key the first by when they were polled, then by where they lie. */
export const firstOfTwins = <T extends Row>(rows: T[], keyOf: (row: T) => string): T[] =>
  groupBy(rows, keyOf).map(twins => twins.sort(inOrder)[0]!);

/** The good rows, of twins the first; in the order of `last_updated`. */
export function pricesOf(polled: Polled[]): Polled[] {
  const good = polled.filter(row => row.reject_reason === null);
  return firstOfTwins(good, row => `${row.coin_id} ${row.last_updated}`)
    .map(({ reject_reason: _, is_poll: __, ...row }) => row as Polled)
    .sort((a, b) => a.last_updated - b.last_updated || (a.coin_id < b.coin_id ? -1 : 1));
}

/** What was set aside. */
export const quarantineOf = (polled: Polled[]): Row[] =>
  polled
    .filter(row => row.reject_reason !== null)
    .map(row => ({
      reject_reason: row.reject_reason!,
      coin_id: /^(price|last_updated)_/.test(String(row.reject_reason)) ? row.coin_id : null,
      poll_time: row.poll_time,
      ingestion_timestamp: row.ingestion_timestamp!,
      kafka_topic: row.kafka_topic!,
      kafka_epoch: row.kafka_epoch!,
      kafka_partition: row.kafka_partition!,
      kafka_offset: row.kafka_offset!,
      array_index: row.array_index!,
    }));

/** The latest row of each coin and minute. */
export const cleanOf = (prices: Polled[]): Row[] =>
  groupBy(prices, row => `${row.coin_id} ${minuteOf(row.last_updated)}`)
    .map(rows => rows.at(-1)!)
    .map(row => ({ minute: minuteOf(row.last_updated), ...row }));

/** The latest row of each coin. */
export const snapshotOf = (prices: Polled[]): Row[] => groupBy(prices, row => row.coin_id).map(rows => rows.at(-1)!);

export type HourlyPrice = { coin_id: string; ts: number; price: number; market_cap: number; volume: number };

/** The last price of each coin and hour. */
export const hourlyPricesOf = (prices: Polled[]): HourlyPrice[] =>
  groupBy(prices, row => `${row.coin_id} ${hourOf(row.last_updated)}`)
    .map(rows => rows.at(-1)!)
    .map(row => ({
      coin_id: row.coin_id,
      ts: hourOf(row.last_updated),
      price: row.price_usd,
      market_cap: row.market_cap_usd as number,
      volume: row.total_volume_usd as number,
    }));

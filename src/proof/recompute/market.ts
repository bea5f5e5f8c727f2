import { dateOf, mean } from './gold.ts';
import type { Polled, Row } from './polled.ts';
import { firstOfTwins, groupBy } from './silver.ts';

type MarketRow = Row & { id: string; observed_at: number; partition_date: string; current_price: number };

/** Names of the API for those of silver. */
const names = {
  id: 'coin_id',
  symbol: 'symbol',
  name: 'name',
  current_price: 'price_usd',
  market_cap: 'market_cap_usd',
  market_cap_rank: 'market_cap_rank',
  total_volume: 'total_volume_usd',
  high_24h: 'high_24h_usd',
  low_24h: 'low_24h_usd',
  circulating_supply: 'circulating_supply_coins',
};
const places = ['kafka_topic', 'kafka_epoch', 'kafka_partition', 'kafka_offset', 'array_index'];

/** The tables of the daily report, by name, as data-modeling/schema-design.md says. */
export function marketOf(polled: Polled[]): Map<string, Row[]> {
  const rows = marketRowsOf(polled);
  const prices = pricesOf(rows);
  return new Map<string, Row[]>([
    ['bronze.market_rows', rows],
    ['silver.market_prices', prices],
    ['gold.market_daily_report', reportOf(prices)],
  ]);
}

/** Usable rows, repetitions too; one without `last_updated` is of the time at which bronze recorded it. */
const marketRowsOf = (polled: Polled[]): MarketRow[] =>
  polled
    .filter(({ reject_reason }) => reject_reason === null || reject_reason === 'last_updated_missing')
    .map((from: Row) => {
      const observed_at = (from.last_updated ?? from.ingestion_timestamp) as number;
      const row: Row = { partition_date: dateOf(observed_at), observed_at };
      for (const [name, column] of Object.entries(names)) row[name] = from[column]!;
      for (const name of ['last_updated', 'poll_time', ...places]) row[name] = from[name]!;
      return row as MarketRow;
    });

/** Each coin and time once, of twins the first. */
const pricesOf = (rows: MarketRow[]): MarketRow[] =>
  firstOfTwins(rows, row => `${row.id} ${row.observed_at}`)
    .sort((a, b) => a.observed_at - b.observed_at)
    .map(twin => {
      const row: Row = { partition_date: twin.partition_date, last_updated: twin.observed_at };
      for (const name of Object.keys(names)) row[name] = twin[name]!;
      return row as MarketRow;
    });

/** A row a day: each coin at its last value, sums in the order of ids. */
const reportOf = (prices: MarketRow[]): Row[] =>
  groupBy(prices, row => row.partition_date).map(day => {
    const coins = groupBy(day, row => row.id)
      .map(rows => rows.at(-1)!)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const caps = coins.map(row => row.market_cap as number | null).filter(cap => cap !== null);
    const volume = (row: MarketRow) => (row.total_volume as number | null) ?? Number.NEGATIVE_INFINITY;
    const top = coins.toSorted((a, b) => volume(b) - volume(a) || 0).slice(0, 10);
    return {
      partition_date: day[0]!.partition_date,
      coin_count: coins.length,
      total_market_cap_usd: caps.length > 0 ? caps.reduce((sum, cap) => sum + cap, 0) : null,
      average_price_usd: mean(coins.map(row => row.current_price)),
      top_10_by_volume: JSON.stringify(
        top.map(({ id, symbol, total_volume }, at) => ({ rank: at + 1, id, symbol, volume_usd: total_volume })),
      ),
    };
  });

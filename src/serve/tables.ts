import { z } from 'zod';

/** An instant as the API writes it: ISO 8601, UTC, to the millisecond or the second. */
const instant = z.string().describe('ISO 8601, UTC');
const usd = z.number();
const maybe = z.number().nullable();

/** One of the tables that are served: where its rows come from, what they look like, and how far back they are held in memory. */
export type ServedTable = {
  /** Table or view of the lake. */
  table: string;
  /** Tables with which its rows change, where that is not the table itself alone. */
  changesWith?: readonly string[];
  row: z.ZodObject;
  /** Column that orders the rows and that `from` and `to` go by; instants as text, so that text order is time order. */
  time?: string;
  /** Whether rows belong to a coin each (column `coin_id`). */
  byCoin: boolean;
  /** How far back from the newest price rows are held; older ones are read from the lake when somebody asks. */
  heldHours?: number;
  /** Most rows that a coin has in an hour. */
  rowsAnHour?: number;
  /** The select, with `{table}` for the table; rows are bounded by `$from` (inclusive), where `heldHours` says how far back. */
  select: string;
};

const iso = (column: string) => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ') as ${column}`;
const day = (column: string) => `strftime(${column}, '%Y-%m-%d') as ${column}`;
const since = (column: string) => `where ${column} >= $from`;

/** Rows of a coin and an hour, with further columns. */
function hourly(table: string, time: string, more: z.ZodRawShape): ServedTable {
  const row = z.object({ [time]: instant, coin_id: z.string(), ...more });
  const columns = Object.keys(more).join(', ');
  const select = `select ${iso(time)}, coin_id, ${columns} from {table} ${since(time)}`;
  return { table, row, time, byCoin: true, heldHours: 7 * 24, rowsAnHour: 1, select };
}

const latestColumns = `coin_id, symbol, name, price_usd, market_cap_usd, market_cap_rank, total_volume_usd, price_change_24h_pct`;

/** What is served, by the name of its endpoint. */
export const served = {
  latest: {
    table: 'silver.crypto_prices',
    row: z.object({
      coin_id: z.string(),
      symbol: z.string().nullable(),
      name: z.string().nullable(),
      price_usd: usd,
      market_cap_usd: maybe,
      market_cap_rank: z.int().nullable(),
      total_volume_usd: maybe,
      price_change_24h_pct: maybe,
      last_updated: instant,
    }),
    byCoin: true,
    heldHours: 24,
    select: `select ${latestColumns}, ${iso('last_updated')} from (
      select * from {table} ${since('last_updated')} qualify row_number() over (partition by coin_id order by last_updated desc) = 1
    ) order by market_cap_rank nulls last, coin_id`,
  },
  prices: {
    table: 'silver.crypto_prices_clean',
    row: z.object({ minute: instant, coin_id: z.string(), price_usd: usd }),
    time: 'minute',
    byCoin: true,
    heldHours: 24,
    rowsAnHour: 60,
    select: `select ${iso('minute')}, coin_id, price_usd from {table} ${since('minute')}`,
  },
  ohlc: hourly('gold.crypto_hourly_ohlc', 'hour', {
    symbol: z.string().nullable(),
    open_price_usd: usd,
    high_price_usd: usd,
    low_price_usd: usd,
    close_price_usd: usd,
    tick_count: z.int(),
  }),
  stats: hourly('gold.crypto_hourly_stats', 'hour', {
    symbol: z.string().nullable(),
    avg_price_usd: usd,
    min_price_usd: usd,
    max_price_usd: usd,
    price_volatility: maybe,
    tick_count: z.int(),
  }),
  features: hourly('gold.features_hourly', 'ts', {
    price: usd,
    ret_1h: maybe,
    ma_24: maybe,
    ma_72: maybe,
    vol_24h: maybe,
    zscore_1h: maybe,
  }),
  movers: {
    table: 'gold.top_movers_24h',
    row: z.object({
      as_of: instant,
      mover_rank: z.int(),
      coin_id: z.string(),
      price_usd: usd,
      price_24h_before_usd: usd,
      return_24h: z.number(),
      vol_24h: maybe,
    }),
    byCoin: true,
    select: `select * replace (strftime(as_of, '%Y-%m-%dT%H:%M:%S.%gZ') as as_of) from {table} order by mover_rank`,
  },
  windows: {
    ...hourly('gold.crypto_metrics_1m', 'window_start', {
      window_end: instant,
      symbol: z.string().nullable(),
      avg_price_usd: usd,
      min_price_usd: usd,
      max_price_usd: usd,
      first_price_usd: usd,
      last_price_usd: usd,
      change_pct: z.number(),
      volatility: maybe,
      tick_count: z.int(),
      closed: z.boolean().describe('No tick may change it any more: its end is not after the watermark'),
    }),
    changesWith: ['gold.crypto_metrics_1m', 'silver.watermarks'],
    heldHours: 6,
    rowsAnHour: 60,
    // The watermark of the polls that the windows have taken in: that of silver may be further. A partition that was silent for an
    // hour when another was not holds no window open.
    select: `with taken_in as (
        select topic, epoch, "partition", max(last_offset) as last_offset from pipeline.landing_ledger
        where landing_id <= (select max(landing_id) from pipeline.refresh_ledger where model = 'gold.crypto_metrics_1m')
        group by topic, epoch, "partition"
      ), partitions as (
        select max(poll_time) as polled from silver.watermarks join taken_in
          on topic = kafka_topic and epoch = kafka_epoch and "partition" = kafka_partition and kafka_offset <= last_offset
        group by kafka_topic, kafka_epoch, kafka_partition
      )
      select ${iso('window_start')}, ${iso('window_end')}, * exclude (window_start, window_end),
        coalesce(window_end <= (
          select min(polled) - interval 2 minutes from partitions
          where polled > (select max(polled) from partitions) - interval 1 hour
        ), false) as closed
      from {table} ${since('window_start')}`,
  },
  late: {
    table: 'gold.late_ticks',
    changesWith: ['silver.tick_arrivals'],
    row: z.object({
      window_start: instant,
      coin_id: z.string(),
      symbol: z.string().nullable(),
      last_updated: instant,
      price_usd: usd,
      watermark: instant,
      late_seconds: z.number(),
      poll_time: instant,
    }),
    time: 'window_start',
    byCoin: true,
    heldHours: 24,
    rowsAnHour: 60,
    select: `select ${['window_start', 'last_updated', 'watermark', 'poll_time'].map(iso).join(', ')},
      coin_id, symbol, price_usd, late_seconds from {table} ${since('window_start')}`,
  },
  assets: {
    table: 'gold.asset_metrics',
    row: z.object({
      coin_id: z.string(),
      price_usd: usd,
      rolling_avg_1m_usd: usd,
      volatility_5m_usd: maybe,
      change_5m_pct: maybe,
      tick_count_1m: z.int(),
      last_updated: instant,
    }),
    byCoin: true,
    heldHours: 24,
    // As gold.asset_latest, which reads all days.
    select: `select * replace (${iso('last_updated').replace(' as last_updated', '')} as last_updated) from {table} ${since('last_updated')}
      qualify row_number() over (partition by coin_id order by last_updated desc) = 1 order by coin_id`,
  },
  daily: {
    table: 'gold.crypto_daily_summary',
    row: z.object({
      date: z.string().describe('Day in UTC, as 2026-03-09'),
      coin_id: z.string(),
      symbol: z.string().nullable(),
      open_price_usd: usd,
      high_price_usd: usd,
      low_price_usd: usd,
      close_price_usd: usd,
      avg_price_usd: usd,
      price_volatility: maybe,
      market_cap_usd: maybe,
      total_volume_usd: maybe,
      tick_count: z.int(),
    }),
    time: 'date',
    byCoin: true,
    heldHours: 31 * 24,
    select: `select ${day('date')}, * exclude (date) from {table} ${since('date')}`,
  },
  report: {
    table: 'gold.market_daily_report',
    row: z.looseObject({
      partition_date: z.string().describe('Day in UTC, as 2026-03-09'),
      coin_count: z.int(),
      total_market_cap_usd: maybe,
      average_price_usd: maybe,
    }),
    time: 'partition_date',
    byCoin: false,
    heldHours: 31 * 24,
    select: `select ${day('partition_date')}, * exclude (partition_date) from {table} ${since('partition_date')}`,
  },
  quarantine: {
    table: 'silver.quarantine',
    row: z.object({ reject_reason: z.string(), count: z.int(), last_poll_time: instant.nullable() }),
    byCoin: false,
    select: `select reject_reason, count(*) as count, strftime(max(poll_time), '%Y-%m-%dT%H:%M:%S.%gZ') as last_poll_time
      from {table} group by reject_reason order by count desc, reject_reason`,
  },
} satisfies Record<string, ServedTable>;

export type ServedName = keyof typeof served;
export const servedNames = Object.keys(served) as ServedName[];
export const servedTable = (name: ServedName): ServedTable => served[name];

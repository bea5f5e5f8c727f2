import type { Layer } from '../pipeline/tables.ts';

/** How far the data has come when a station begins: what its learner may already stand on. */
export type Ground = 'nothing' | Layer;

/** The tables and views that the stations up to the star are about; they are in the ground of each. */
export const groundModels: readonly string[] = [
  'silver.polled',
  'silver.crypto_prices',
  'silver.quarantine',
  'silver.crypto_transformed',
  'silver.markets_snapshot',
  'silver.crypto_prices_clean',
  'silver.prices_hourly',
  'gold.crypto_hourly_stats',
  'gold.crypto_daily_summary',
  'gold.crypto_hourly_ohlc',
  'gold.features_hourly',
  'gold.top_movers_24h',
  'star.dim_crypto',
  'star.dim_time',
  'star.fact_crypto_ticks',
  'star.fact_crypto_hourly',
];

/** What a later station is about beside them. */
const furtherModels: Readonly<Record<string, readonly string[]>> = {
  '07-serve': [
    'silver.watermarks',
    'silver.tick_arrivals',
    'bronze.market_rows',
    'silver.market_prices',
    'gold.crypto_metrics_1m',
    'gold.asset_metrics',
    'gold.asset_latest',
    'gold.market_daily_report',
  ],
  '08-windows': [
    'silver.watermarks',
    'silver.tick_arrivals',
    'gold.crypto_metrics_1m',
    'gold.late_ticks',
    'gold.asset_metrics',
  ],
};

/** One station of the course. */
export type StationPlan = {
  /** Its number and name, the same in notebooks/, src/ and sql/. */
  readonly name: string;
  readonly title: string;
  readonly ground: Ground;
  /** The tables and views of its ground, as far as that goes, beside bronze. */
  readonly models: readonly string[];
  /** Does its topic hold the tape? Stations that work in the lake alone need no broker. */
  readonly kafka: boolean;
};

const onKafka = ['00-welcome', '02-kafka', '03-bronze', '08-windows', '09-contracts', '10-alerts', '14-spark'];

const plan = (name: string, title: string, ground: Ground): StationPlan => ({
  name,
  title,
  ground,
  models: [...groundModels, ...(furtherModels[name] ?? [])],
  kafka: onKafka.includes(name),
});

/** The stations in the order a learner walks them. */
export const stations: readonly StationPlan[] = [
  plan('00-welcome', 'Welcome', 'star'),
  plan('01-market', 'The market', 'nothing'),
  plan('02-kafka', 'Kafka', 'nothing'),
  plan('03-bronze', 'Bronze', 'nothing'),
  plan('04-silver', 'Silver', 'bronze'),
  plan('05-gold', 'Gold', 'silver'),
  plan('06-star', 'Star', 'gold'),
  plan('07-serve', 'Serve', 'star'),
  plan('08-windows', 'Windows', 'star'),
  plan('09-contracts', 'Contracts', 'star'),
  plan('10-alerts', 'Alerts', 'star'),
  plan('11-time-travel', 'Time travel', 'star'),
  plan('12-layout', 'Layout', 'star'),
  plan('13-stress', 'Stress', 'star'),
  plan('14-spark', 'Spark', 'star'),
  plan('15-skew', 'Skew', 'star'),
  plan('16-orchestrate', 'Orchestrate', 'star'),
  plan('17-capstone', 'Capstone', 'nothing'),
];

/**
 * The plan of a station by its name.
 *
 * @throws when no station has that name; the message lists the names
 */
export function stationPlan(name: string): StationPlan {
  const found = stations.find(station => station.name === name);
  if (found) return found;
  throw new Error(
    `Cannot open station "${name}": there is none of that name. Use one of ${stations.map(station => station.name).join(', ')}.`,
  );
}

/** The last layer that is filled where messages land for a station: bronze at least. */
export const lastLayer = ({ ground }: StationPlan): Layer => (ground === 'nothing' ? 'bronze' : ground);

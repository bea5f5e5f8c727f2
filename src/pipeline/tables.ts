import type { Model, ModelCode } from '../models/model.ts';
import { readModel } from '../models/read.ts';
import { appendArrivals, appendWatermarks } from '../silver/arrivals.ts';
import { appendMarketRows } from '../silver/market-rows.ts';
import { refreshDimCrypto } from '../star/dim-crypto.ts';
import { refreshDimTime } from '../star/dim-time.ts';
import { refreshFacts } from '../star/facts.ts';

/** The layers, in the order in which rows pass them. */
export const layers = ['bronze', 'silver', 'gold', 'star'] as const;
export type Layer = (typeof layers)[number];

/**
 * Every table and view of the lake that a model makes, by the layer it is filled with, each after those it reads. Named in full is
 * what belongs to another layer.
 */
const names: Record<Layer, string[]> = {
  bronze: ['crypto_prices_raw', 'crypto_raw'],
  silver: [
    'polled',
    'bronze.market_rows', // the typed rows of silver.polled, as they came
    'crypto_prices',
    'quarantine',
    'crypto_transformed',
    'markets_snapshot',
    'crypto_prices_clean',
    'prices_hourly',
    'watermarks',
    'tick_arrivals',
    'market_prices',
  ],
  gold: [
    'crypto_hourly_stats',
    'crypto_daily_summary',
    'crypto_hourly_ohlc',
    'features_hourly',
    'top_movers_24h',
    'crypto_metrics_1m',
    'late_ticks',
    'asset_metrics',
    'asset_latest',
    'market_daily_report',
  ],
  star: ['crypto_categories', 'dim_crypto', 'dim_time', 'fact_crypto_ticks', 'fact_crypto_hourly'],
};

/** What SQL cannot say. Polars is heavy, so that it is loaded when it is needed. */
const code: Record<string, ModelCode> = {
  'bronze.market_rows': { append: appendMarketRows },
  'silver.watermarks': { append: appendWatermarks },
  'silver.tick_arrivals': { append: appendArrivals },
  'gold.features_hourly': {
    transform: async input => (await import('../gold/features.ts')).computeFeatures(input),
  },
  'star.dim_crypto': { refresh: refreshDimCrypto },
  'star.dim_time': { refresh: refreshDimTime },
  'star.fact_crypto_ticks': { refresh: refreshFacts },
  'star.fact_crypto_hourly': { refresh: refreshFacts },
};

/** Kept by the landing itself (src/silver/refine.ts), batch by batch. */
export const landed: readonly string[] = ['silver.crypto_prices', 'silver.quarantine'];

/** Refreshed in the very transaction that lands, so that they are never behind. */
export const hot: readonly string[] = ['gold.crypto_hourly_stats'];

/** The full names of what is filled with the layers up to one, in order. */
const namesUpTo = (layer: Layer): string[] =>
  layers
    .slice(0, layers.indexOf(layer) + 1)
    .flatMap(one => names[one].map(name => (name.includes('.') ? name : `${one}.${name}`)));

/** The models of all layers up to and including one, in order. */
export const modelsUpTo = (layer: Layer): Model[] => namesUpTo(layer).map(name => readModel(name, code[name]));

/** The models of a layer, in order. */
export const modelsOf = (layer: Layer): Model[] =>
  namesUpTo('star')
    .filter(name => name.startsWith(`${layer}.`))
    .map(name => readModel(name, code[name]));

import type { MarketCoin } from '../market/schema.ts';

/** One event of the topic of assets. */
export type AssetEvent = {
  asset: string; // coin id
  price_usd: number;
  event_time: string; // ISO 8601, UTC: when the price was made, not when it was polled
};

/**
 * Turn the rows of one poll into one event per asset, in their order; coins without a price have none. Rows in another currency
 * than USD do not belong here.
 *
 * @example toAssetEvents(coins) // [{ asset: 'bitcoin', price_usd: 71069.76, event_time: '2026-03-08T23:58:02.540Z' }, …]
 */
export function toAssetEvents(coins: MarketCoin[]): AssetEvent[] {
  return coins.flatMap(({ id, current_price, last_updated }) =>
    current_price === null ? [] : [{ asset: id, price_usd: current_price, event_time: last_updated }],
  );
}

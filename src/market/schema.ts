import { z } from 'zod';

/**
 * CoinGecko's answers, written from its published OpenAPI document. Fields we do not know pass; a field we know has the type it
 * should have, and is null only where the contract says so.
 */

const number = z.number().nullable();
const time = z.iso.datetime({ offset: true });

/** The spans that `price_change_percentage` may ask for. */
export const changeSpans = ['1h', '24h', '7d', '14d', '30d', '200d', '1y'] as const;
export type ChangeSpan = (typeof changeSpans)[number];

/** One coin in the answer of `GET /coins/markets`. Money in the asked-for currency, times ISO 8601 in UTC. */
export const marketCoin = z.looseObject({
  id: z.string(),
  symbol: z.string(),
  name: z.string(),
  image: z.string(),
  current_price: number,
  market_cap: number,
  market_cap_rank: z.int().nullable(),
  fully_diluted_valuation: number,
  total_volume: number, // last 24 hours
  high_24h: number,
  low_24h: number,
  price_change_24h: number,
  price_change_percentage_24h: number,
  market_cap_change_24h: number,
  market_cap_change_percentage_24h: number,
  circulating_supply: number, // coins
  total_supply: number,
  max_supply: number,
  ath: number,
  ath_change_percentage: number,
  ath_date: time.nullable(),
  atl: number,
  atl_change_percentage: number,
  atl_date: time.nullable(),
  roi: z.looseObject({ times: z.number(), currency: z.string(), percentage: z.number() }).nullable(),
  last_updated: time,
  sparkline_in_7d: z.looseObject({ price: z.array(z.number()) }).nullish(),
  price_change_percentage_1h_in_currency: number.optional(),
  price_change_percentage_24h_in_currency: number.optional(),
  price_change_percentage_7d_in_currency: number.optional(),
  price_change_percentage_14d_in_currency: number.optional(),
  price_change_percentage_30d_in_currency: number.optional(),
  price_change_percentage_200d_in_currency: number.optional(),
  price_change_percentage_1y_in_currency: number.optional(),
});
export type MarketCoin = z.infer<typeof marketCoin>;

/** The answer of `GET /coins/markets`. */
export const marketsAnswer = z.array(marketCoin);

/** The answer of `GET /simple/price`: by coin id, then `usd`, `usd_market_cap`, … and `last_updated_at` in epoch seconds. */
export const simplePriceAnswer = z.record(z.string(), z.record(z.string(), number));
export type SimplePrice = z.infer<typeof simplePriceAnswer>;

const points = z.array(z.tuple([z.int(), number])); // [epoch milliseconds, value]

/** The answer of `GET /coins/{id}/market_chart`. */
export const marketChartAnswer = z.looseObject({ prices: points, market_caps: points, total_volumes: points });
export type MarketChart = z.infer<typeof marketChartAnswer>;

const status = z.looseObject({ error_code: z.int(), error_message: z.string() });

/** The bodies that come with a status of 400 and above. */
export const errorAnswer = z.union([
  z.looseObject({ status }),
  z.looseObject({ error: z.looseObject({ status }) }),
  z.looseObject({ error: z.string() }),
]);
export type ErrorAnswer = z.infer<typeof errorAnswer>;

/** What an error body says, on one line, or undefined when it is not one. */
export function errorMessage(body: unknown): string | undefined {
  const parsed = errorAnswer.safeParse(body);
  if (!parsed.success) return undefined;
  const { error, status: told } = parsed.data as { error?: unknown; status?: z.infer<typeof status> };
  if (typeof error === 'string') return error;
  return (told ?? (error as { status: z.infer<typeof status> }).status).error_message;
}

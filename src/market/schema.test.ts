import { expect, test } from 'vitest';
import { errorMessage, marketChartAnswer, marketCoin, marketsAnswer, simplePriceAnswer } from './schema.ts';

// Written by hand from the fields of CoinGecko's published contract; the numbers are invented.
const full = {
  id: 'bitcoin',
  symbol: 'btc',
  name: 'Bitcoin',
  image: 'https://images.market.example/bitcoin.png',
  current_price: 64000.5,
  market_cap: 1270000000000,
  market_cap_rank: 1,
  fully_diluted_valuation: 1340000000000,
  total_volume: 31000000000,
  high_24h: 65000,
  low_24h: 63000,
  price_change_24h: -120.25,
  price_change_percentage_24h: -0.18754,
  market_cap_change_24h: -2400000000,
  market_cap_change_percentage_24h: -0.18861,
  circulating_supply: 19850000,
  total_supply: 21000000,
  max_supply: 21000000,
  ath: 109000,
  ath_change_percentage: -41.28395,
  ath_date: '2025-01-20T09:11:54.494Z',
  atl: 67.81,
  atl_change_percentage: 94282.12948,
  atl_date: '2013-07-06T00:00:00.000Z',
  roi: null,
  last_updated: '2026-03-02T00:00:12.345Z',
};
const neverNull = ['id', 'symbol', 'name', 'image', 'last_updated'];
const nullable = Object.keys(full).filter(field => !neverNull.includes(field));

test('a complete row fits, with and without the parts one must ask for', () => {
  const asked = { ...full, sparkline_in_7d: { price: [1, 2.5] }, price_change_percentage_7d_in_currency: null };
  expect(marketsAnswer.parse([full, asked])).toEqual([full, asked]);
});

test.each(nullable)('%s may be null', field => {
  expect(marketCoin.safeParse({ ...full, [field]: null }).success).toBe(true);
});

test.each(neverNull)('%s may not be null', field => {
  expect(marketCoin.safeParse({ ...full, [field]: null }).success).toBe(false);
});

test.each(Object.keys(full))('%s may not be missing', field => {
  const { [field as 'id']: _, ...rest } = full;
  expect(marketCoin.safeParse(rest).success).toBe(false);
});

test('an unknown field passes through', () => {
  expect(marketCoin.parse({ ...full, market_cap_rank_with_rehypothecated: 1 })).toHaveProperty(
    'market_cap_rank_with_rehypothecated',
  );
});

test.each([
  ['a price as text', { current_price: '64000.5' }],
  ['a rank that is not whole', { market_cap_rank: 1.5 }],
  ['a change as text, as older answers had it', { price_change_24h: '-120.25' }],
  ['roi as 0, as older answers had it', { roi: 0 }],
  ['a time that is none', { last_updated: 'yesterday' }],
])('%s does not fit', (_, change) => {
  expect(marketCoin.safeParse({ ...full, ...change }).success).toBe(false);
});

test('roi, simple prices and charts fit', () => {
  const roi = { times: 40.2, currency: 'btc', percentage: 4020.7 };
  expect(marketCoin.parse({ ...full, roi }).roi).toEqual(roi);
  simplePriceAnswer.parse({ bitcoin: { usd: 64000.5, usd_market_cap: null, last_updated_at: 1772409612 } });
  marketChartAnswer.parse({
    prices: [[1772409600000, 64000.5]],
    market_caps: [[1772409600000, null]],
    total_volumes: [],
  });
});

test('all three shapes of an error body say what is wrong', () => {
  const status = { error_code: 429, error_message: 'too many' };
  expect(errorMessage({ status })).toBe('too many');
  expect(errorMessage({ error: { status } })).toBe('too many');
  expect(errorMessage({ error: 'coin not found' })).toBe('coin not found');
  expect(errorMessage('<html>')).toBeUndefined();
});

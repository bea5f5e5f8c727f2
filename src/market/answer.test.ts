import { expect, test } from 'vitest';
import { openAnswers } from './answer.ts';
import { tenCoins } from './coins.ts';
import type { Refusal } from './query.ts';
import {
  errorAnswer,
  type MarketChart,
  type MarketCoin,
  marketChartAnswer,
  marketsAnswer,
  simplePriceAnswer,
} from './schema.ts';

const at = Date.UTC(2026, 2, 5, 13, 7, 42, 123);
const answers = openAnswers(7);
const markets = (parameters: Record<string, string> = {}): MarketCoin[] =>
  JSON.parse(answers.markets({ vs_currency: 'usd', ...parameters }, at));
const all = [...markets({ per_page: '250' }), ...markets({ per_page: '250', page: '2' })];
const ids = (coins: MarketCoin[]): string[] => coins.map(coin => coin.id);

function refusal(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('nothing was refused');
}

test('every coin fits the schema, ids are unique, the ten coins are there', () => {
  marketsAnswer.parse(all);
  expect(all.length).toBeGreaterThanOrEqual(250);
  expect(new Set(ids(all)).size).toBe(all.length);
  for (const id of tenCoins) expect(ids(all)).toContain(id);
});

test('every nullable field is null for some coin and set for another', () => {
  const never = ['id', 'symbol', 'name', 'image', 'last_updated'];
  for (const field of Object.keys(all[0]!)) {
    const nulls = all.filter(coin => coin[field] === null).length;
    if (never.includes(field)) expect([field, nulls]).toEqual([field, 0]);
    else {
      expect([field, nulls > 0]).toEqual([field, true]);
      expect([field, nulls < all.length]).toEqual([field, true]);
    }
  }
});

test('the numbers of a row agree with each other', () => {
  for (const coin of all.filter(one => one.current_price !== null)) {
    expect(coin.high_24h!).toBeGreaterThanOrEqual(coin.current_price!);
    expect(coin.low_24h!).toBeLessThanOrEqual(coin.current_price!);
    expect(coin.ath!).toBeGreaterThanOrEqual(coin.high_24h!);
    expect(coin.atl!).toBeLessThanOrEqual(coin.low_24h!);
    expect(Date.parse(coin.last_updated)).toBeLessThanOrEqual(at);
    const before = coin.current_price! - coin.price_change_24h!;
    expect((coin.current_price! / before - 1) * 100).toBeCloseTo(coin.price_change_percentage_24h!, 2);
    if (coin.market_cap === null) continue;
    expect(coin.market_cap / (coin.current_price! * coin.circulating_supply!)).toBeCloseTo(1, 6);
    if (coin.total_supply !== null) expect(coin.total_supply).toBeGreaterThanOrEqual(coin.circulating_supply!);
    if (coin.max_supply !== null) expect(coin.max_supply).toBeGreaterThanOrEqual(coin.total_supply!);
  }
});

test('coins come by market capitalisation, a hundred a page, unless told otherwise', () => {
  expect(markets()).toHaveLength(100);
  const caps = all.map(coin => coin.market_cap ?? Number.NEGATIVE_INFINITY);
  expect(caps).toEqual(caps.toSorted((a, b) => b - a));
  expect(ids(markets())).toEqual(ids(all.slice(0, 100)));
});

test.each([
  ['market_cap_asc', (a: MarketCoin, b: MarketCoin) => a.market_cap! - b.market_cap!],
  ['volume_desc', (a: MarketCoin, b: MarketCoin) => b.total_volume! - a.total_volume!],
  ['volume_asc', (a: MarketCoin, b: MarketCoin) => a.total_volume! - b.total_volume!],
  ['id_asc', (a: MarketCoin, b: MarketCoin) => (a.id < b.id ? -1 : 1)],
  ['id_desc', (a: MarketCoin, b: MarketCoin) => (a.id < b.id ? 1 : -1)],
])('order %s', (order, compare) => {
  const coins = markets({ order, per_page: '50' });
  expect(coins).toEqual(coins.toSorted(compare));
});

test('pages join without a gap, and a page beyond the end is empty', () => {
  const pages = [1, 2, 3].flatMap(page => markets({ per_page: '7', page: String(page) }));
  expect(ids(pages)).toEqual(ids(all.slice(0, 21)));
  expect(markets({ page: '99' })).toEqual([]);
});

test('ids, names, symbols and category choose coins; what is unknown is left out', () => {
  expect(ids(markets({ ids: 'solana,bitcoin,nothing' }))).toEqual(['bitcoin', 'solana']);
  expect(ids(markets({ names: 'XRP,Polkadot' }))).toEqual(['ripple', 'polkadot']);
  expect(ids(markets({ symbols: 'btc' }))).toEqual(['bitcoin']);
  expect(markets({ category: 'stablecoins' })).toHaveLength(3);
});

test('of coins that share a symbol the best ranked answers, unless all are wanted', () => {
  const shared = all.map(coin => coin.symbol).find((symbol, n, list) => list.indexOf(symbol) < n)!;
  const every = markets({ symbols: shared, include_tokens: 'all' });
  expect(every.length).toBeGreaterThan(1);
  expect(ids(markets({ symbols: shared }))).toEqual([every[0]!.id]);
});

test('a row says the same as long as its time stays the same', () => {
  const later: MarketCoin[] = JSON.parse(answers.markets({ vs_currency: 'usd', per_page: '250' }, at + 20_000));
  const same = later.filter(coin => all.find(one => one.id === coin.id)!.last_updated === coin.last_updated);
  expect(same.length).toBeGreaterThan(150);
  for (const coin of same) expect(all.find(one => one.id === coin.id)).toEqual(coin);
});

test('sparkline and changes come when asked for', () => {
  const [coin] = markets({ ids: 'bitcoin', sparkline: 'true', price_change_percentage: '1h,7d,1y' });
  expect(coin!.sparkline_in_7d!.price).toHaveLength(168);
  expect(coin!.price_change_percentage_1h_in_currency).toBeTypeOf('number');
  expect(coin).not.toHaveProperty('price_change_percentage_24h_in_currency');
  expect(all[0]).not.toHaveProperty('sparkline_in_7d');
});

test('another currency and precision change money and nothing else', () => {
  const [usd] = markets({ ids: 'bitcoin' });
  const [eur] = markets({ ids: 'bitcoin', vs_currency: 'EUR' });
  expect(eur!.current_price! / usd!.current_price!).toBeCloseTo(0.92, 6);
  expect(eur!.circulating_supply).toBe(usd!.circulating_supply);
  expect(markets({ ids: 'bitcoin', precision: '0' })[0]!.current_price).toBe(Math.round(usd!.current_price!));
  expect(markets({ ids: 'bitcoin', precision: 'full' })).toEqual([usd]);
});

test.each([
  [{ vs_currency: '' }, 422],
  [{ vs_currency: 'xyz' }, 400],
  [{ per_page: '251' }, 422],
  [{ per_page: '0' }, 422],
  [{ page: '-1' }, 422],
  [{ order: 'best' }, 422],
  [{ precision: '19' }, 422],
  [{ price_change_percentage: '2h' }, 422],
])("%j is refused with %i, in CoinGecko's form", (parameters, status) => {
  const { status: found, body } = refusal(() => markets(parameters as Record<string, string>));
  expect(found).toBe(status);
  errorAnswer.parse(body);
});

test('simple prices agree with the markets and count time in seconds', () => {
  const flags = {
    include_market_cap: 'true',
    include_24hr_vol: 'true',
    include_24hr_change: 'true',
    include_last_updated_at: 'true',
  };
  const text = answers.simplePrice({ ids: 'bitcoin,nothing', vs_currencies: 'usd,eur', ...flags }, at);
  const prices = simplePriceAnswer.parse(JSON.parse(text));
  const bitcoin = all.find(coin => coin.id === 'bitcoin')!;
  expect(Object.keys(prices)).toEqual(['bitcoin']);
  expect(prices.bitcoin).toMatchObject({
    usd: bitcoin.current_price,
    usd_market_cap: bitcoin.market_cap,
    usd_24h_vol: bitcoin.total_volume,
    usd_24h_change: bitcoin.price_change_percentage_24h,
    last_updated_at: Math.floor(Date.parse(bitcoin.last_updated) / 1000),
  });
  expect(answers.simplePrice({ ids: 'bitcoin', vs_currencies: 'usd' }, at)).toBe(
    `{"bitcoin":{"usd":${bitcoin.current_price}}}`,
  );
});

test.each([
  ['1', 300_000, 289],
  ['2', 3_600_000, 49],
  ['90', 3_600_000, 2161],
  ['91', 86_400_000, 92],
  ['max', 86_400_000, 366],
])('a chart of %s days steps by %i ms', (days, step, count) => {
  const chart: MarketChart = marketChartAnswer.parse(
    JSON.parse(answers.marketChart('bitcoin', { vs_currency: 'usd', days }, at)),
  );
  const times = chart.prices.map(([time]) => time);
  expect(times).toHaveLength(count);
  expect(times.at(-1)).toBe(at);
  expect(times[0]! % step).toBe(0);
  expect(times[1]! - times[0]!).toBe(step);
  expect(chart.prices.at(-1)![1]).toBe(all.find(coin => coin.id === 'bitcoin')!.current_price);
  expect(chart.market_caps).toHaveLength(count);
});

test('what is asked for many times is answered once, as quickly', () => {
  const many = (one: string) => Array(3000).fill(one).join();
  const asked = (ids: string, vs_currencies: string) => answers.simplePrice({ ids, vs_currencies }, at);
  expect(asked(many('bitcoin'), many('usd,USD'))).toBe(asked('bitcoin', 'usd'));
});

test('a chart of an unknown coin, of no days, or beyond the plan is refused', () => {
  expect(refusal(() => answers.marketChart('nothing', { vs_currency: 'usd', days: '1' }, at))).toMatchObject({
    status: 404,
  });
  expect(refusal(() => answers.marketChart('bitcoin', { vs_currency: 'usd' }, at))).toMatchObject({ status: 422 });
  expect(refusal(() => answers.marketChart('bitcoin', { vs_currency: 'usd', days: '366' }, at))).toMatchObject({
    status: 401,
  });
});

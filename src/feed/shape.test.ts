import { expect, test } from 'vitest';
import { readCoins } from '../market/client.ts';
import { tape } from '../market/tape.ts';
import { toAssetEvents } from './shape.ts';

const from = new Date('2026-03-02T00:00:00Z');
const [poll] = tape({ from, to: new Date(from.getTime() + 1), intervalMs: 1, coins: ['bitcoin', 'solana'] });
const { coins } = readCoins(poll!.body);

test('a poll becomes one event per asset, timed by its price', () => {
  expect(toAssetEvents(coins)).toEqual(
    coins.map(coin => ({ asset: coin.id, price_usd: coin.current_price, event_time: coin.last_updated })),
  );
});

test('a coin without a price has no event', () => {
  expect(toAssetEvents([{ ...coins[0]!, current_price: null }, coins[1]!]).map(event => event.asset)).toEqual([
    'solana',
  ]);
  expect(toAssetEvents([])).toEqual([]);
});

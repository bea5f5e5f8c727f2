import { expect, test } from 'vitest';
import type { DailyReport } from '../../../src/report/daily.ts';
import { compareReports } from './compare-reports.ts';

const day: DailyReport = {
  partition_date: '2026-03-02',
  coin_count: 2,
  total_market_cap_usd: 3e9,
  average_price_usd: 0.1 + 0.2,
  top_10_by_volume:
    '[{"rank":1,"id":"bitcoin","symbol":"btc","volume_usd":2e9},{"rank":2,"id":"x","symbol":null,"volume_usd":null}]',
};

test('sums in another order and nulls that are left out are the same report', () => {
  const top_10_by_volume = '[{"rank":1,"id":"bitcoin","symbol":"btc","volume_usd":2.0E9},{"rank":2,"id":"x"}]';
  expect(compareReports([{ ...day, average_price_usd: 0.3, top_10_by_volume }], [day])).toEqual([]);
});

test.each([
  ['a coin more', { coin_count: 3 }],
  ['another mean', { average_price_usd: 0.3001 }],
  [
    'another order',
    { top_10_by_volume: '[{"rank":1,"id":"x"},{"rank":2,"id":"bitcoin","symbol":"btc","volume_usd":2e9}]' },
  ],
  ['another symbol', { top_10_by_volume: day.top_10_by_volume.replace('btc', 'xbt') }],
  ['another volume', { top_10_by_volume: day.top_10_by_volume.replace('2e9', '2.1e9') }],
  ['another day', { partition_date: '2026-03-03' }],
])('%s is found', (_, change) => {
  expect(compareReports([{ ...day, ...change }], [day])).toHaveLength(1);
  expect(compareReports([], [day])).not.toEqual([]);
});

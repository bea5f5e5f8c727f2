import type { Exercise } from '../../src/course/exercise.ts';

export const exercises: readonly Exercise[] = [
  {
    id: '0.1',
    title: 'The calmest hour of bitcoin',
    level: 'beginner',
    form: 'query',
    answer: 'calmest',
    compare: { ordered: true },
    hints: [
      'The measure of restlessness is the column `price_volatility` of `gold.crypto_hourly_stats`.',
      "Keep bitcoin with `where coin_id = 'bitcoin'`, sort by the measure, and take one row with `limit 1`.",
    ],
    solution: {
      cell: `
const calmest = \`
  select hour, price_volatility from gold.crypto_hourly_stats
  where coin_id = 'bitcoin' and price_volatility is not null
  order by price_volatility limit 1\``,
      why: 'An hour with one tick has no volatility: the value is null. DuckDB sorts nulls last, and saying that you do not want them says it to the reader too.',
    },
    wrong: [
      {
        cell: `
const calmest = \`
  select hour, price_volatility from gold.crypto_hourly_stats
  where coin_id = 'bitcoin' order by price_volatility desc nulls last limit 1\``,
        says: 'That is the most restless hour; the calmest was asked. Which way does `order by` sort?',
      },
      {
        cell: `
const calmest = \`
  select hour, price_volatility from gold.crypto_hourly_stats
  where price_volatility is not null order by price_volatility limit 1\``,
        says: 'That is the calmest hour of all coins. Keep bitcoin alone.',
      },
    ],
    right: 'You filtered, sorted and took the first row. Try the same for another coin: is its calmest hour on the same day?',
  },
];

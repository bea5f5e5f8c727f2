import type { Exercise, Ground } from '../../src/course/exercise.ts';

type Hour = { hour: Date; avg_price_usd: number };

/** Hours of three coins, as the notebook reads them; and none. */
async function hoursOf({ lake }: Ground): Promise<Hour[][]> {
  const all = ['bitcoin', 'dogecoin', 'tron'].map(coin =>
    lake.rows<Hour>(
      'select hour, avg_price_usd from gold.crypto_hourly_stats where coin_id = $coin order by hour limit 30',
      { coin },
    ),
  );
  return [...(await Promise.all(all)), []];
}

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
    right:
      'You filtered, sorted and took the first row. Try the same for another coin: is its calmest hour on the same day?',
  },
  {
    id: '0.2',
    title: 'How far did dogecoin swing?',
    level: 'beginner',
    form: 'value',
    answer: 'swing',
    hints: [
      'Ask for two numbers in one row: `min(avg_price_usd)` and `max(avg_price_usd)`, of dogecoin alone.',
      'Take the row apart: `const [row] = await lake.rows<{ low: number; high: number }>(…)`. Then compute with `row.low` and `row.high`.',
    ],
    solution: {
      cell: `
const [row] = await lake.rows<{ low: number; high: number }>(\`
  select min(avg_price_usd) as low, max(avg_price_usd) as high
  from gold.crypto_hourly_stats where coin_id = 'dogecoin'\`)
const swing = 100 * (row.high - row.low) / row.low`,
      why: 'The lake finds the two numbers among all hours, and you compute with two, not with a table. A percentage needs a base: here the lowest price.',
    },
    wrong: [
      {
        cell: `
const [row] = await lake.rows<{ low: number; high: number }>(\`
  select min(avg_price_usd) as low, max(avg_price_usd) as high
  from gold.crypto_hourly_stats where coin_id = 'dogecoin'\`)
const swing = row.high - row.low`,
        says: 'That is the difference in USD. Percent of the lowest price was asked.',
      },
      {
        cell: `
const [row] = await lake.rows<{ low: number; high: number }>(\`
  select min(avg_price_usd) as low, max(avg_price_usd) as high
  from gold.crypto_hourly_stats where coin_id = 'dogecoin'\`)
const swing = 100 * (row.high - row.low) / row.high`,
        says: 'That is percent of the highest price. The base was to be the lowest.',
      },
      {
        cell: `
const [row] = await lake.rows<{ low: number; high: number }>(\`
  select min(avg_price_usd) as low, max(avg_price_usd) as high
  from gold.crypto_hourly_stats where coin_id = 'dogecoin'\`)
const swing = (row.high - row.low) / row.low`,
        says: 'That is a fraction: one means a hundred percent. Percent was asked.',
      },
    ],
    right:
      'One row from the lake, one number from your code. Compare it with bitcoin: which of the two would have cost you more sleep?',
  },
  {
    id: '0.3',
    title: 'An index that begins at 100',
    level: 'intermediate',
    form: 'function',
    answer: 'toIndex',
    outcome: async (toIndex: (hours: Hour[]) => number[], ground) =>
      Promise.all((await hoursOf(ground)).map(async hours => toIndex(structuredClone(hours)))),
    hints: [
      'Every price is divided by the first one of the list, and multiplied by 100.',
      '`hours.map(({ avg_price_usd }) => …)` gives one number for each hour; the first price is `hours[0].avg_price_usd`. An empty list needs no care: `map` of nothing is nothing, as long as you look at `hours[0]` inside of it.',
    ],
    solution: {
      cell: `
const toIndex = (hours: { avg_price_usd: number }[]): number[] =>
  hours.map(({ avg_price_usd }) => 100 * avg_price_usd / hours[0].avg_price_usd)`,
      why: 'The first number is 100 whatever the coin costs, so that coins of any price can share one chart. The division stands inside of `map`, where the list is known to hold something.',
    },
    wrong: [
      {
        cell: `
const toIndex = (hours: { avg_price_usd: number }[]): number[] =>
  hours.map(({ avg_price_usd }) => avg_price_usd / hours[0].avg_price_usd)`,
        says: 'Your index begins at 1; it should begin at 100.',
      },
      {
        cell: `
const toIndex = (hours: { avg_price_usd: number }[]): number[] => {
  const highest = Math.max(...hours.map(hour => hour.avg_price_usd))
  return hours.map(({ avg_price_usd }) => 100 * avg_price_usd / highest)
}`,
        says: 'You divide by the highest price. The base is the first price of the list.',
      },
      {
        cell: `
const toIndex = (hours: { avg_price_usd: number }[]): number[] =>
  hours.map(({ avg_price_usd }) => 100 * (avg_price_usd / hours[0].avg_price_usd - 1))`,
        says: 'That is the change in percent, which begins at 0. An index that begins at 100 was asked.',
      },
      {
        cell: `
const toIndex = (hours: { avg_price_usd: number }[]): number[] =>
  hours.map(({ avg_price_usd }, at) => (at === 0 ? 100 : 100 * avg_price_usd / hours[at - 1].avg_price_usd))`,
        says: 'You divide each price by the one before it. The base is the first price of the list, for all of them.',
      },
    ],
    right:
      'It was tried with three coins, with an empty list, and in another market. Draw `toIndex(bitcoin)` with `lines`: where does it cross 100 again?',
  },
  {
    id: '0.4',
    title: 'Who fell on Friday?',
    level: 'beginner',
    form: 'query',
    answer: 'fridayChange',
    compare: { ordered: true },
    hints: [
      'Friday is 6 March 2026. `gold.crypto_daily_summary` has one row a coin and day, with the first and the last price of it; `from gold.crypto_daily_summary limit 1` shows its columns.',
      'The change in percent is `100 * (close_price_usd / open_price_usd - 1)`. Give it the name that is asked for, and sort by it.',
    ],
    solution: {
      cell: `
const fridayChange = \`
  select coin_id, 100 * (close_price_usd / open_price_usd - 1) as change_pct
  from gold.crypto_daily_summary where date = '2026-03-06' order by change_pct\``,
      why: 'The table already has one row a coin and day, so that nothing is grouped. The name that you give to a column can be used to sort.',
    },
    wrong: [
      {
        cell: `
const fridayChange = \`
  select coin_id, 100 * (close_price_usd / open_price_usd - 1) as change_pct
  from gold.crypto_daily_summary where date = '2026-03-06' order by change_pct desc\``,
        says: 'The coin that rose most stands first. The one that fell most was asked to be first.',
      },
      {
        cell: `
const fridayChange = \`
  select coin_id, 100 * (open_price_usd / close_price_usd - 1) as change_pct
  from gold.crypto_daily_summary where date = '2026-03-06' order by change_pct\``,
        says: 'Divide the end by the beginning, not the beginning by the end: a coin that fell should be negative.',
      },
      {
        cell: `
const fridayChange = \`
  select coin_id, 100 * (close_price_usd / open_price_usd - 1) as change_pct
  from gold.crypto_daily_summary where date = '2026-03-05' order by change_pct\``,
        says: 'That is another day. Friday of this week is the sixth of March.',
      },
      {
        cell: `
const fridayChange = \`
  select coin_id, close_price_usd / open_price_usd - 1 as change_pct
  from gold.crypto_daily_summary where date = '2026-03-06' order by change_pct\``,
        says: 'That is a fraction: one means a hundred percent. Percent was asked.',
      },
    ],
    right:
      'One row a coin, the worst first. Ask the same for each day: was Friday the worst of the week for all of them?',
  },
];

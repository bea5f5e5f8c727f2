import { keeps } from '../lake/keeps.ts';
import type { Lake } from '../lake/open.ts';
import { readModel } from '../models/read.ts';

/** One day of the market, as gold.market_daily_report has it and data-modeling/schema-design.md describes it. */
export type DailyReport = {
  /** "2026-03-02", UTC */
  partition_date: string;
  coin_count: number;
  total_market_cap_usd: number | null;
  average_price_usd: number;
  /** JSON: a list of {rank, id, symbol, volume_usd}, the largest first */
  top_10_by_volume: string;
};

const name = 'gold.market_daily_report';

const inOrder = (from: string) => `select * replace (cast(partition_date as varchar) as partition_date)
  from ${from} order by partition_date`;

/**
 * Read the daily report, a row a day, by day.
 *
 * @throws when the lake does not keep the table
 */
export async function readReport(lake: Lake): Promise<DailyReport[]> {
  if (!(await keeps(lake, name)))
    throw new Error(
      `Cannot report: the lake has no ${name}. Start a profile that keeps it ("npm start -- --profile high-volume"), take the one of "npm run stress" (--stress), or have a quick look (--fast).`,
    );
  return lake.rows<DailyReport>(inOrder(name));
}

/** What a quick look takes for silver.market_prices, the first whose source is there. */
const quick: [source: string, rows: string][] = [
  ['bronze.market_rows', readModel('silver.market_prices').sql],
  [
    'silver.crypto_prices',
    `select
       cast(last_updated at time zone 'UTC' as date) as partition_date, coin_id as id, symbol, price_usd as current_price,
       market_cap_usd as market_cap, total_volume_usd as total_volume, last_updated
     from silver.crypto_prices`,
  ],
];

/**
 * Compute the report from what is there now; no table is refreshed or needed. It reads bronze.market_rows; where that is not kept,
 * silver.crypto_prices, which lacks rows without `last_updated`.
 *
 * @throws when the lake has neither
 */
export async function quickReport(lake: Lake): Promise<DailyReport[]> {
  let found: (typeof quick)[number] | undefined;
  for (const way of quick) if (!found && (await keeps(lake, way[0]))) found = way;
  if (!found) throw new Error('Cannot report: the lake holds no prices. Start the pipeline ("npm start") first.');
  const [source, rows] = found;
  return lake.snapshot(async look => {
    await look.run(`
      attach if not exists ':memory:' as quick;
      create schema if not exists quick.bronze;
      create schema if not exists quick.silver;
      create or replace view quick.${source} as select * from lake.${source};
      use quick;
      create or replace view quick.silver.market_prices as ${rows}`);
    return look.rows<DailyReport>(inOrder(`(${readModel(name).sql})`)).finally(() => look.run('use lake'));
  });
}

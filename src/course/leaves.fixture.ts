import { firstDifference } from './compare.ts';
import { openStation } from './station.ts';

/** What a learner's own tables at the end of a station must hold: the tables that the station after begins with. */
const leaves: Record<string, { next: string; tables: Record<string, string>; where?: string }> = {
  '03-bronze': { next: '04-silver', tables: { 'my.bronze': 'bronze.crypto_ticks_raw' } },
  '04-silver': {
    next: '05-gold',
    tables: { 'my.crypto_prices': 'silver.crypto_prices', 'my.crypto_prices_clean': 'silver.crypto_prices_clean' },
    where: 'kafka_offset <= 3167', // the messages after it are the learner's own poison
  },
  '05-gold': {
    next: '06-star',
    tables: {
      'my.crypto_hourly_stats': 'gold.crypto_hourly_stats',
      'my.crypto_hourly_ohlc': 'gold.crypto_hourly_ohlc',
      'my.crypto_daily_summary': 'gold.crypto_daily_summary',
      'my.features_hourly': 'gold.features_hourly',
      'my.top_movers_24h': 'gold.top_movers_24h',
    },
  },
  '06-star': {
    next: '00-welcome',
    tables: {
      'my.dim_crypto': 'star.dim_crypto',
      'my.fact_crypto_ticks': 'star.fact_crypto_ticks',
      'my.fact_crypto_hourly': 'star.fact_crypto_hourly',
    },
  },
};

export const stationsThatLeave = Object.keys(leaves);

/** Compare the learner's tables of a station with the ground of the next, row for row, in the columns that both have. */
export async function whatDiffers(name: string): Promise<string[]> {
  const { next, tables, where = 'true' } = leaves[name]!;
  const mine = await openStation(name);
  const theirs = await openStation(next);
  const found: string[] = [];
  for (const [own, wanted] of Object.entries(tables)) {
    const [ownColumns, wantedColumns] = [await columnsOf(mine, own), await columnsOf(theirs, wanted)];
    // Each station's topic has its own name.
    const both = ownColumns.filter(column => column !== 'kafka_topic' && wantedColumns.includes(column));
    const rowsOf = ({ lake }: typeof mine, table: string) =>
      lake.rows(`select ${both.join(', ')} from ${table} where ${where} order by all`);
    const [have, want] = [await rowsOf(mine, own), await rowsOf(theirs, wanted)];
    if (both.length < 2 || want.length === 0)
      found.push(`${own}: only ${both.length} columns, ${want.length} rows to compare`);
    const difference = firstDifference(have, want);
    if (difference) found.push(`${own}: ${difference.off}`);
  }
  return found;
}

async function columnsOf({ lake }: Awaited<ReturnType<typeof openStation>>, table: string): Promise<string[]> {
  const rows = await lake.rows<{ column_name: string }>(
    `select column_name from duckdb_columns()
     where database_name = 'lake' and schema_name || '.' || table_name = $table order by column_index`,
    { table },
  );
  return rows.map(({ column_name }) => column_name);
}

import type { DailyReport } from '../../../src/report/daily.ts';

const tolerance = 1e-9; // relative; Spark adds in another order

/**
 * Hold two reports against each other, row for row.
 *
 * @returns what differs, empty when nothing does
 */
export function compareReports(found: readonly DailyReport[], wanted: readonly DailyReport[]): string[] {
  const differences: string[] = [];
  if (found.length !== wanted.length) differences.push(`${found.length} days, wanted ${wanted.length}`);
  for (const [at, row] of wanted.entries()) {
    const other = found[at];
    if (other?.partition_date !== row.partition_date) differences.push(`no ${row.partition_date}`);
    else if (!same(flat(other), flat(row)))
      differences.push(`${row.partition_date}: ${JSON.stringify(other)}, wanted ${JSON.stringify(row)}`);
  }
  return differences;
}

/** The values of a day in one list. */
function flat({ top_10_by_volume, ...row }: DailyReport): (string | number | null)[] {
  const top = JSON.parse(top_10_by_volume) as {
    rank: number;
    id: string;
    symbol: string | null;
    volume_usd?: number | null;
  }[];
  return [
    row.coin_count,
    row.total_market_cap_usd,
    row.average_price_usd,
    // Spark leaves out of its JSON what is null
    ...top.flatMap(({ rank, id, symbol, volume_usd }) => [rank, id, symbol ?? null, volume_usd ?? null]),
  ];
}

function same(a: (string | number | null)[], b: (string | number | null)[]): boolean {
  return (
    a.length === b.length &&
    a.every((value, at) => {
      const other = b[at];
      if (typeof value !== 'number' || typeof other !== 'number') return value === other;
      return Math.abs(value - other) <= tolerance * Math.max(Math.abs(value), Math.abs(other));
    })
  );
}

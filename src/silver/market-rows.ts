import type { Tx } from '../lake/session.ts';
import { insertByDays } from '../models/insert-days.ts';
import { inPartition } from './stretch.ts';

/** Append to `bronze.market_rows` those rows of a stretch that lie beyond all that the partition had before. */
export async function appendMarketRows(tx: Tx, rows: string): Promise<number> {
  await tx.run(`
    delete from ${rows}
    where kafka_offset <= (select max(kafka_offset) from lake.bronze.market_rows where ${inPartition})`);
  return insertByDays(tx, 'lake.bronze.market_rows', 'partition_date', `select * from ${rows}`);
}

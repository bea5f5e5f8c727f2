import type { Tx } from '../lake/session.ts';
import { insertByDays } from '../models/insert-days.ts';
import { inPartition } from './stretch.ts';

/** Append to `silver.watermarks` those rows of a stretch that lie beyond all that the partition had before. */
export const appendWatermarks = (tx: Tx, rows: string): Promise<number> =>
  tx.run(`
    insert into lake.silver.watermarks by name
    select * from ${rows}
    where poll_time > coalesce(
      (select max(poll_time) from lake.silver.watermarks where ${inPartition}),
      timestamptz '-infinity')`);

/** Append to `silver.tick_arrivals` those ticks of a stretch that had not arrived in their partition before. */
export async function appendArrivals(tx: Tx, rows: string): Promise<number> {
  // Bounds as variables: DuckLake leaves out the files that lie beyond them.
  await tx.run(`set variable arrived_from = (select min(last_updated) from ${rows})`);
  await tx.run(`set variable arrived_to = (select max(last_updated) from ${rows})`);
  await tx.run(`
    delete from ${rows} where (coin_id, last_updated) in (
      select (coin_id, last_updated) from lake.silver.tick_arrivals
      where ${inPartition} and last_updated between getvariable('arrived_from') and getvariable('arrived_to'))`);
  return insertByDays(tx, 'lake.silver.tick_arrivals', 'last_updated', `select * from ${rows}`);
}

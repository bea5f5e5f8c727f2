import type { Lake } from '../lake/open.ts';
import type { Session, Tx } from '../lake/session.ts';
import { useCatalog } from '../models/bind.ts';
import type { Model } from '../models/model.ts';
import { readModel } from '../models/read.ts';

/** Messages of one partition that follow each other; offsets both inclusive. */
export type Stretch = {
  topic: string;
  epoch: number;
  partition: number;
  first: bigint | number;
  last: bigint | number;
};

const parsedAtOnce = 8 * 1024 * 1024; // bytes of JSON; parsing takes some ten times as much memory

/*
 * A third binding of a select (see src/models/bind.ts), for tables that are only appended to: `silver.polled` shows what a
 * stretch of bronze holds, any other source its rows of that partition. The bounds are variables, so that files outside are
 * pruned.
 */

/** Make the catalog `stretch` with the sources of the models that are appended to. Outside a transaction, as `openScope`. */
export async function openStretches(lake: Lake, models: readonly Model[]): Promise<void> {
  const appended = models.filter(({ append }) => append);
  if (appended.length === 0) return;
  const session = await lake.session();
  await session.run(`
    attach if not exists ':memory:' as stretch;
    create schema if not exists stretch.bronze;
    create schema if not exists stretch.silver;
    use stretch;
    create or replace view bronze.crypto_ticks_raw as
      select * from lake.bronze.crypto_ticks_raw
      where ${inPartition} and kafka_offset between getvariable('stretch_first') and getvariable('stretch_last');
    create or replace view silver.polled as ${readModel('silver.polled').sql}`);
  const others = new Set(appended.flatMap(({ sources }) => sources).filter(source => source !== 'silver.polled'));
  for (const source of others)
    await session.run(`create or replace view ${source} as select * from lake.${source} where ${inPartition}`);
  session.connection.closeSync();
}

/** Rows of the partition that the stretch is of. */
export const inPartition = `kafka_topic = getvariable('stretch_topic') and kafka_epoch = getvariable('stretch_epoch')
  and kafka_partition = getvariable('stretch_partition')`;

/**
 * Append to a table what its select makes of a stretch, in parts that memory bears.
 *
 * The table must hold what the messages before the stretch gave. Doing it again adds nothing, since `model.append` drops
 * what is there.
 *
 * @returns how many rows were added
 */
export async function appendStretch(tx: Tx, model: Model, stretch: Stretch): Promise<number> {
  const { topic, epoch, partition, first, last } = stretch;
  const names = { topic, epoch, partition, first, last };
  for (const [name, value] of Object.entries(names)) await tx.run(`set variable stretch_${name} = $value`, { value });
  let added = 0;
  for (const end of first === last ? [last] : await endsOfParts(tx)) {
    await tx.run('set variable stretch_last = $end', { end });
    await useCatalog(tx, 'stretch', () => tx.run(`create or replace temp table appending as ${model.sql}`));
    added += await model.append!(tx, 'temp.appending');
    await tx.run('set variable stretch_first = $next', { next: BigInt(end) + 1n });
  }
  await tx.run('drop table if exists temp.appending');
  return added;
}

/** The last offset of each part of the stretch. */
async function endsOfParts(session: Session): Promise<(number | bigint)[]> {
  const rows = await session.rows<{ end: number | bigint }>(
    `select max(kafka_offset) as "end" from (
       select kafka_offset, sum(coalesce(strlen(raw_payload), 0)) over (order by kafka_offset) // $parsedAtOnce as part
       from lake.bronze.crypto_ticks_raw
       where ${inPartition} and kafka_offset between getvariable('stretch_first') and getvariable('stretch_last'))
     group by part order by 1`,
    { parsedAtOnce },
  );
  return rows.map(({ end }) => end);
}

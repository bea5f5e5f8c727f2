import type { Session, Tx } from '../lake/session.ts';
import { useCatalog } from '../models/bind.ts';
import { insertByDays, mostDays } from '../models/insert-days.ts';
import { readModel } from '../models/read.ts';
import { coverSpans } from '../models/spans.ts';

const polled = readModel('silver.polled').sql;
const prices = readModel('silver.crypto_prices').sql;
const rejected = readModel('silver.quarantine').sql;

/** The order in which twins are ranked: the first in it stays. */
const order = ['poll_time', 'kafka_topic', 'kafka_epoch', 'kafka_partition', 'kafka_offset', 'array_index'];

/**
 * Type and judge the batch once: `silver.polled` over the messages in `scope.bronze.crypto_ticks_raw` becomes the table
 * `scope.silver.polled`, and of rows with the same coin and `last_updated` the first in `order` goes into
 * `scope.silver.candidates`. Before BEGIN: a transaction writes to one database only. The session is left in `scope`.
 */
export async function bindPolled(session: Session): Promise<void> {
  await session.run(`attach if not exists ':memory:' as scope; create schema if not exists scope.silver; use scope`);
  const bind = () => session.run(`create or replace table scope.silver.polled as ${polled}`);
  // A view of that name stands in its place where the scope was opened for silver's own models.
  await bind().catch(async error => {
    await session.run('drop view if exists scope.silver.polled').catch(() => {
      throw error; // no view stands there
    });
    await bind();
  });
  await session.run(`create or replace table scope.silver.candidates as ${prices}`);
}

/**
 * Bring the batch that `bindPolled` has bound to `silver.crypto_prices` and `silver.quarantine`.
 *
 * Of rows with the same coin and `last_updated` the one that comes first in `order` stays. Most repeat what is there and
 * are dropped; a row that precedes the one that is there (its message came late) takes its place; all others are appended.
 * Only the days of `last_updated` that the batch holds are looked at; of very many, all between the first and the last.
 *
 * @returns the minutes of `last_updated` in which rows were added
 */
export async function refine(tx: Tx): Promise<Date[]> {
  await findIncumbents(tx);
  if (await holds(tx, 'temp.incumbents where gives_way')) await removeReplaced(tx);
  const added = await tx.rows<{ minute: Date }>(
    `${fresh} select distinct date_trunc('minute', last_updated) as minute from fresh`,
  );
  const touched = added.map(({ minute }) => minute);
  const days = new Set(touched.map(minute => minute.toISOString().slice(0, 10))).size;
  if (days > mostDays)
    await insertByDays(tx, 'lake.silver.crypto_prices', 'last_updated', `${fresh} select * from fresh`);
  else if (days > 0) await tx.run(`insert into lake.silver.crypto_prices by name ${fresh} select * from fresh`);
  if (await holds(tx, 'scope.silver.polled where reject_reason is not null'))
    await useCatalog(tx, 'scope', () => tx.run(`insert into lake.silver.quarantine by name ${rejected}`));
  await tx.run('drop table temp.incumbents');
  return touched;
}

/** Candidates that nothing stands against, or that precede what does. */
const fresh = `
  with fresh as (
    select candidates.* from scope.silver.candidates as candidates
    left join temp.incumbents as incumbents using (coin_id, last_updated)
    where incumbents.gives_way is null or incumbents.gives_way
  )`;

/** Note in `temp.incumbents` which candidates are there already, and which of those give way. */
async function findIncumbents(tx: Tx): Promise<void> {
  await tx.run(
    'create or replace temp table incumbents (coin_id varchar, last_updated timestamptz, gives_way boolean)',
  );
  const days = await tx.rows<{ from: string; to: string }>(`
    select
      cast(epoch_us(min(last_updated)) as varchar) as "from",
      cast(epoch_us(max(last_updated)) as varchar) as "to"
    from scope.silver.candidates group by date_trunc('day', last_updated) order by 1`);
  const row = (side: string) => `(${order.map(column => `${side}.${column}`).join(', ')})`;
  for (const { from, to } of coverSpans(days)) {
    // Bounds as constants: DuckLake leaves out the files that lie beyond them.
    await tx.run(`set variable refine_from = make_timestamptz($from::bigint)`, { from });
    await tx.run(`set variable refine_to = make_timestamptz($to::bigint)`, { to });
    await tx.run(`
      insert into temp.incumbents
      select there.coin_id, there.last_updated, ${row('candidates')} < ${row('there')}
      from lake.silver.crypto_prices as there
      inner join scope.silver.candidates as candidates using (coin_id, last_updated)
      where there.last_updated between getvariable('refine_from') and getvariable('refine_to')`);
  }
}

async function removeReplaced(tx: Tx): Promise<void> {
  await tx.run('set variable refine_from = (select min(last_updated) from temp.incumbents where gives_way)');
  await tx.run('set variable refine_to = (select max(last_updated) from temp.incumbents where gives_way)');
  await tx.run(`
    delete from lake.silver.crypto_prices
    where last_updated between getvariable('refine_from') and getvariable('refine_to')
      and (coin_id, last_updated) in (select (coin_id, last_updated) from temp.incumbents where gives_way)`);
}

const holds = async (tx: Tx, rows: string): Promise<boolean> =>
  (await tx.rows(`select 1 from ${rows} limit 1`)).length > 0;

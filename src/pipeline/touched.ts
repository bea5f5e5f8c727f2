import type { Session, Tx } from '../lake/session.ts';
import type { Model } from '../models/model.ts';
import type { Stretch } from '../silver/stretch.ts';

/** Marks how far each model is: appended to by the transaction that refreshes it. */
export async function createMarks(tx: Tx): Promise<void> {
  await tx.run(`
    create schema if not exists pipeline;
    create table if not exists pipeline.refresh_ledger (model varchar, landing_id bigint)`);
}

/** How far each model is: the last landing it holds; models that were never refreshed are missing. */
export async function readMarks(session: Session): Promise<Map<string, number>> {
  const rows = await session.rows<{ model: string; landing_id: number }>(
    'select model, max(landing_id) as landing_id from pipeline.refresh_ledger group by model',
  );
  return new Map(rows.map(row => [row.model, row.landing_id]));
}

/** Note how far these models are now. */
export async function mark(tx: Tx, models: readonly { model: string; landingId: number }[]): Promise<void> {
  if (models.length === 0) return;
  await tx.run(
    `insert into pipeline.refresh_ledger values ${models.map(() => '(?, ?)').join(', ')}`,
    models.flatMap(({ model, landingId }) => [model, landingId]),
  );
}

/** Landings that did not bring these models along, although every landing should. */
export const missedLandings = (
  session: Session,
  models: readonly string[],
): Promise<{ model: string; landingId: number }[]> =>
  session.rows(
    `select model, landing_id as "landingId"
     from (select unnest($models::varchar[]) as model) cross join (select distinct landing_id from pipeline.landing_ledger)
     anti join pipeline.refresh_ledger using (model, landing_id)`,
    { models },
  );

/** The last landing, 0 when there is none. */
export async function lastLanding(session: Session): Promise<number> {
  const [row] = await session.rows<{ id: number | null }>('select max(landing_id) as id from pipeline.landing_ledger');
  return row?.id ?? 0;
}

/** What the landings after one, up to another, brought of each partition. */
export async function stretchesBetween(session: Session, after: number, upTo: number): Promise<Stretch[]> {
  await setVariables(session, { after, up_to: upTo });
  return session.rows<Stretch>(
    `select topic, epoch, "partition", min(first_offset) as first, max(last_offset) as last
     from pipeline.landing_ledger where landing_id > getvariable('after') and landing_id <= getvariable('up_to')
     group by topic, epoch, "partition" order by topic, epoch, "partition"`,
  );
}

/** Tables that say where in Kafka each row lies, and their column of event time. */
const ticksTables = {
  'silver.crypto_prices': 'last_updated',
  'silver.tick_arrivals': 'last_updated',
  'bronze.market_rows': 'observed_at',
};
export type Ticks = keyof typeof ticksTables;

/** The table of ticks that a model is made of, by way of whatever others; `models` are those that may stand between. */
export function ticksOf({ sources }: Model, models: readonly Model[]): Ticks {
  for (const source of sources) {
    if (source in ticksTables) return source as Ticks;
    const between = models.find(({ name }) => name === source);
    if (between) return ticksOf(between, models);
  }
  return 'silver.crypto_prices';
}

/**
 * The instants (event time, by minute) of the rows of `ticks` that came with the landings after one, up to another. Asked
 * of the lake alone, so that it holds after any kill.
 */
export async function touchedBetween(session: Session, after: number, upTo: number, ticks: Ticks): Promise<Date[]> {
  const touched = new Map<number, Date>();
  for (const { topic, epoch, partition, first, last } of await stretchesBetween(session, after, upTo)) {
    await setVariables(session, { first, last });
    const rows = await session.rows<{ minute: Date }>(
      `select distinct date_trunc('minute', ${ticksTables[ticks]}) as minute from ${ticks}
       where kafka_topic = $topic and kafka_epoch = $epoch and kafka_partition = $partition
         and kafka_offset between getvariable('first') and getvariable('last')`,
      { topic, epoch, partition },
    );
    for (const { minute } of rows) touched.set(minute.getTime(), minute);
  }
  return [...touched.values()];
}

/** Bounds as variables, whose values are known while files are chosen; those of parameters are not. */
async function setVariables(session: Session, values: Record<string, number | bigint>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await session.run(`set variable ${name} = $value`, { value });
}

import type { Session, Tx } from '../lake/session.ts';
import type { Model, Span } from '../models/model.ts';
import { replace } from '../models/refresh.ts';
import { coverSpans, joinSpans } from '../models/spans.ts';

/**
 * Bring a fact table up to date after ticks changed in these spans (whole hours, in order): replace those hours, and later ones whose
 * facts point to a version of their coin that no longer holds. `star.dim_crypto` must be up to date with the same ticks.
 *
 * A changed tick can end a version or begin one, and so move the facts that follow it. In steady operation none follow.
 */
export async function refreshFacts(tx: Tx, model: Model, spans: Span[]): Promise<void> {
  const [first] = spans;
  if (!first) return;
  const moved = await movedAfter(tx, model, first.to);
  for (const span of coverSpans(joinSpans([...spans, ...moved]))) await replace(tx, model, span);
}

/** Hours from an instant on whose facts point to a version that does not hold at their time. */
async function movedAfter(session: Session, model: Model, from: Date): Promise<Span[]> {
  const at = model.slice.unit === 'all' ? '' : model.slice.target;
  // Bounds as variables: their values are known when DuckLake chooses the files to read, a parameter's is not.
  await session.run('set variable moved_from = $from', { from });
  const hours = await session.rows<{ hour: Date }>(`
    select distinct date_trunc('hour', fact.${at}) as hour
    from lake.${model.name} as fact
    left join lake.star.dim_crypto as dim using (crypto_key)
    where fact.${at} >= getvariable('moved_from') and (dim.crypto_key is null or ${stale(at)})`);
  return hours.map(({ hour }) => ({ from: hour, to: new Date(hour.getTime() + 3_600_000) }));
}

/** An hour's version is that of its last tick, so that its key may be of a version that began inside the hour. */
const stale = (at: string) =>
  at === 'hour' ? `dim.valid_to < fact.hour + interval 1 hour` : `dim.valid_to <= fact.${at}`;

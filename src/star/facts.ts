import type { Session, Tx } from '../lake/session.ts';
import { inScope } from '../models/bind.ts';
import type { Model, Span } from '../models/model.ts';
import { readModel } from '../models/read.ts';
import { joinSpans } from '../models/spans.ts';

/**
 * Bring a fact table up to date after ticks changed in these spans (whole hours): replace those hours, and further ones whose
 * facts point to a version of their coin that no longer holds. `star.dim_crypto` must be up to date with the same ticks.
 *
 * A changed tick can end a version or begin one, and so move the facts that follow it, up to the end of the version after.
 * Only these are looked at; in steady operation nothing follows the touched hour and nothing is looked at.
 */
export async function refreshFacts(tx: Tx, name: 'star.fact_crypto_ticks' | 'star.fact_crypto_hourly', spans: Span[]) {
  const model = readModel(name);
  const moved: Span[] = [];
  for (const span of spans) moved.push(...(await movedAfter(tx, model, span)));
  for (const span of joinSpans([...spans, ...moved])) await replace(tx, model, span);
}

/** Hours after the span whose facts point to a version that does not hold at their time. */
async function movedAfter(session: Session, model: Model, span: Span): Promise<Span[]> {
  const [reach] = await session.rows<{ until: Date | null }>(
    `
    with touched as (
      select coin_id, max(valid_from) as valid_from from lake.star.dim_crypto where valid_from < $to group by coin_id
    ),
    following as (
      select dim.coin_id, dim.valid_to from lake.star.dim_crypto as dim inner join touched using (coin_id, valid_from)
      union all
      select dim.coin_id, next.valid_to from lake.star.dim_crypto as dim inner join touched using (coin_id, valid_from)
      inner join lake.star.dim_crypto as next on next.coin_id = dim.coin_id and next.valid_from = dim.valid_to
    )
    select max(coalesce(valid_to, '2200-01-01')) as until from following`,
    { to: span.to },
  );
  if (!reach?.until || reach.until <= span.to) return [];
  const at = model.slice.unit === 'all' ? '' : model.slice.target;
  // Bounds as variables: their values are known when DuckLake chooses the files to read, a parameter's is not.
  await session.run('set variable moved_from = $from', { from: span.to });
  await session.run('set variable moved_to = $to', { to: reach.until });
  const hours = await session.rows<{ hour: Date }>(`
    select distinct date_trunc('hour', fact.${at}) as hour
    from lake.${model.name} as fact
    left join lake.star.dim_crypto as dim using (crypto_key)
    where fact.${at} >= getvariable('moved_from') and fact.${at} < getvariable('moved_to')
      and (dim.crypto_key is null or ${stale(at)})`);
  return hours.map(({ hour }) => ({ from: hour, to: new Date(hour.getTime() + 3_600_000) }));
}

/** An hour's version is that of its last tick, so that its key may be of a version that began inside the hour. */
const stale = (at: string) =>
  at === 'hour' ? `dim.valid_to < fact.hour + interval 1 hour` : `dim.valid_to <= fact.${at}`;

async function replace(tx: Tx, model: Model, span: Span): Promise<void> {
  if (model.slice.unit === 'all') return;
  const { target } = model.slice;
  await inScope(tx, span, async () => {
    await tx.run(`
      delete from lake.${model.name} where ${target} >= getvariable('slice_from') and ${target} < getvariable('slice_to')`);
    await tx.run(`insert into lake.${model.name} by name ${model.sql}`);
  });
}

import type { Tx } from '../lake/session.ts';
import { always, inScope } from '../models/bind.ts';
import type { Model, Span } from '../models/model.ts';

/**
 * Bring `star.dim_crypto` up to date after ticks changed in these spans, and touch only versions that really differ.
 *
 * Versions that began before the first span stay; the last of them of each coin is the one that the first tick inside is
 * compared with. From there on the coins' history is computed anew by the model's own select, over those ticks alone. In
 * steady operation that is the current hour; a late tick makes it reach back to that tick.
 */
export async function refreshDimCrypto(tx: Tx, model: Model, spans: readonly Span[]): Promise<void> {
  const from = spans.map(span => span.from).sort((a, b) => a.getTime() - b.getTime())[0];
  if (!from) return;
  await inScope(tx, { from, to: always.to }, () => tx.run(`create or replace temp table computed as ${model.sql}`));
  await tx.run(`create or replace temp table rebuilt as ${rebuilt}`, { from });
  const [different] = await tx.rows<{ gone: number; added: number }>(`
    select
      (select count(*) from (select * from (${existing}) except select * from temp.rebuilt)) as gone,
      (select count(*) from (select * from temp.rebuilt except select * from (${existing}))) as added`);
  if (different!.gone > 0)
    await tx.run(`
      delete from lake.star.dim_crypto where crypto_key in (
        select crypto_key from (select * from (${existing}) except select * from temp.rebuilt))`);
  // What is still there after the delete is what did not change.
  if (different!.added > 0)
    await tx.run(`insert into lake.star.dim_crypto by name
      select * from temp.rebuilt where crypto_key not in (select crypto_key from lake.star.dim_crypto)`);
  await tx.run('drop table temp.computed; drop table temp.rebuilt');
}

/** The versions that were computed, joined to the one before them, which goes on when nothing changed. */
const rebuilt = `
  with kept as (
    select * from lake.star.dim_crypto
    where valid_from < $from and coin_id in (select coin_id from temp.computed)
    qualify row_number() over (partition by coin_id order by valid_from desc) = 1
  ),
  first as (
    select coin_id, min(valid_from) as valid_from from temp.computed group by coin_id
  ),
  beginnings as (
    select * from kept
    union all
    select computed.* from temp.computed as computed
    left join first using (coin_id, valid_from)
    left join kept on kept.coin_id = first.coin_id
    where kept.coin_id is null
      or kept.symbol is distinct from computed.symbol
      or kept.name is distinct from computed.name
      or kept.category is distinct from computed.category
      or kept.market_cap_rank is distinct from computed.market_cap_rank
  ),
  linked as (
    select
      * replace (lead(valid_from) over (partition by coin_id order by valid_from) as valid_to)
    from beginnings
  )
  select * replace (valid_to is null as is_current) from linked`;

/** The rows that the rebuilt ones stand against. */
const existing = `
  select dim.* from lake.star.dim_crypto as dim
  inner join (select coin_id, min(valid_from) as valid_from from temp.rebuilt group by coin_id) as begin
    on begin.coin_id = dim.coin_id and dim.valid_from >= begin.valid_from`;

import type { Tx } from '../lake/session.ts';
import { inScope } from './bind.ts';
import { insertByDays, isLong } from './insert-days.ts';
import type { Model, Span } from './model.ts';
import { coverSpans, joinSpans, spansOf, widen } from './spans.ts';

/**
 * Bring a table up to date with its changed inputs: delete the touched slices, insert them anew from their inputs.
 *
 * @param touched - instants (source column) at which inputs changed; none means nothing to do
 * @returns the spans of the table that were replaced
 */
export async function refresh(tx: Tx, model: Model, touched: readonly Date[]): Promise<Span[]> {
  if (model.kind === 'view' || touched.length === 0) return [];
  const changed = spansOf(
    model,
    touched.map(at => ({ from: at, to: at })),
  ).map(span => widen(span, 0, model.lookback ?? 0));
  const spans = coverSpans(joinSpans(changed));
  if (model.refresh) await model.refresh(tx, model, spans);
  else if (model.slice.unit === 'all') await recompute(tx, model);
  else for (const span of spans) await replace(tx, model, span);
  return spans;
}

/** Compute the whole table anew from its inputs. */
export async function recompute(tx: Tx, model: Model): Promise<void> {
  if (model.kind === 'view') return;
  await tx.run('use lake');
  await tx.run(`delete from lake.${model.name}`);
  await insertMany(tx, model);
}

/** Delete the rows of a span and insert them anew from their inputs. */
export async function replace(tx: Tx, model: Model, span: Span): Promise<void> {
  if (model.slice.unit === 'all') return;
  const { target } = model.slice;
  const inside = `${target} >= getvariable('target_from') and ${target} < getvariable('target_to')`;
  await tx.run('set variable target_from = $from', { from: span.from });
  await tx.run('set variable target_to = $to', { to: span.to });
  await inScope(tx, widen(span, model.lookback ?? 0, 0), async () => {
    await tx.run(`delete from lake.${model.name} where ${inside}`);
    // Without a lookback, the inputs of a span give no rows of another: to ask each would take longer.
    const where = model.lookback ? `where ${inside}` : '';
    if (isLong(span)) await insertMany(tx, model, where);
    else await insert(tx, model, `lake.${model.name}`, where);
  });
}

/** Insert the model's rows of any number of days into its table. */
async function insertMany(tx: Tx, model: Model, where = ''): Promise<void> {
  const day = dayOf(model);
  if (!day || model.transform) return insert(tx, model, `lake.${model.name}`, where);
  await insertByDays(tx, `lake.${model.name}`, day, `select * from (${model.sql}) ${where}`);
}

/** The column by whose day a table is partitioned: an instant, or the day itself. */
const dayOf = ({ partition }: Model): string | undefined =>
  partition.map(part => /^(?:day\((\w+)\)|(\w+_date))$/.exec(part)).flatMap(found => found?.[1] ?? found?.[2] ?? [])[0];

/** Insert the model's rows, as its inputs are bound now, into a table of its shape. */
export async function insert(tx: Tx, model: Model, into: string, where = ''): Promise<void> {
  if (!model.transform) {
    await tx.run(`insert into ${into} by name select * from (${model.sql}) ${where}`);
    return;
  }
  const made = await model.transform(await tx.frame(model.sql));
  await tx.insertFrame(into, made, where);
}

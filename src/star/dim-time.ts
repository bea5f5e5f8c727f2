import type { Tx } from '../lake/session.ts';
import { inScope } from '../models/bind.ts';
import type { Model, Span } from '../models/model.ts';

/** Add the minutes of days that have their first price in these spans; a day that is there never changes. */
export async function refreshDimTime(tx: Tx, model: Model, spans: readonly Span[]): Promise<void> {
  for (const span of spans) {
    await inScope(tx, span, async () => {
      const [there] = await tx.rows<{ days: number }>(`
        select count(distinct date) as days from lake.star.dim_time
        where minute_start >= getvariable('slice_from') and minute_start < getvariable('slice_to')`);
      if (there!.days === (span.to.getTime() - span.from.getTime()) / 86_400_000) return;
      await tx.run(`
        insert into lake.star.dim_time by name
        select * from (${model.sql}) where date not in (select date from lake.star.dim_time)`);
    });
  }
}

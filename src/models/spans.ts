import type { Model, Span } from './model.ts';

type Unit = 'minute' | 'hour' | 'day' | 'month';

const hourMs = 3_600_000;

/** Widen spans (or single instants) to whole slices of the model, and join them; a model without slices gets hours. */
export function spansOf(model: Model, touched: readonly Span[]): Span[] {
  const unit = model.slice.unit === 'all' ? 'hour' : model.slice.unit;
  return joinSpans(touched.map(({ from, to }) => ({ from: startOf(unit, from), to: endOf(unit, from, to) })));
}

/** Put spans in order and join those that overlap or lie less than an hour apart. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = joined.at(-1);
    if (last && span.from.getTime() - last.to.getTime() < hourMs) {
      if (span.to > last.to) last.to = span.to;
    } else joined.push({ ...span });
  }
  return joined;
}

const mostSpans = 32;

/**
 * The spans to refresh one by one, joined before; instead of very many, the one that covers them all. Each costs some tenths of a second
 * however little it holds, so that a single message with ticks of 500 days would take minutes.
 */
export function coverSpans<Instant>(spans: { from: Instant; to: Instant }[]): { from: Instant; to: Instant }[] {
  return spans.length <= mostSpans ? spans : [{ from: spans[0]!.from, to: spans.at(-1)!.to }];
}

/** The span with further hours before and after it. */
export const widen = (span: Span, hoursBefore: number, hoursAfter: number): Span => ({
  from: new Date(span.from.getTime() - hoursBefore * hourMs),
  to: new Date(span.to.getTime() + hoursAfter * hourMs),
});

/** The first start of a unit at or after `to`, and after `from`. */
function endOf(unit: Unit, from: Date, to: Date): Date {
  const last = new Date(Math.max(from.getTime(), to.getTime() - 1));
  return startOf(unit, last, 1);
}

/** Where the unit that holds `at` begins (UTC), or a later one. */
function startOf(unit: Unit, at: Date, later = 0): Date {
  if (unit === 'month') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later));
  const size = { minute: 60_000, hour: hourMs, day: 24 * hourMs }[unit];
  return new Date((Math.floor(at.getTime() / size) + later) * size);
}

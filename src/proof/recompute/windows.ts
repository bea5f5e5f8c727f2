import { mean, sampleDeviation } from './gold.ts';
import type { Polled, Row } from './polled.ts';
import { groupBy, minuteOf } from './silver.ts';

const minuteUs = 60_000_000;

/** A tick as it first arrived in a partition. */
export type Arrival = Row & { coin_id: string; price_usd: number; last_updated: number; is_late: boolean };

type Read = { watermarks: Row[]; arrivals: Arrival[] };

/** Read each partition message by message: where its polls move on, and which ticks are new to it. */
export function readPartitions(polled: Polled[]): Read {
  const read: Read = { watermarks: [], arrivals: [] };
  for (const rows of groupBy(polled, row => `${row.kafka_topic} ${row.kafka_epoch} ${row.kafka_partition}`))
    readPartition(rows, read);
  return read;
}

function readPartition(rows: Polled[], { watermarks, arrivals }: Read): void {
  let greatest: number | null = null;
  const seen = new Set<string>();
  const messages = groupBy(rows, row => String(row.kafka_offset)).sort(
    ([a], [b]) => Number(a!.kafka_offset) - Number(b!.kafka_offset),
  );
  for (const elements of messages) {
    const { poll_time, is_poll, ...rest } = elements[0]!;
    const watermark = greatest === null ? null : greatest - 2 * minuteUs;
    for (const row of elements.toSorted((a, b) => Number(a.array_index) - Number(b.array_index))) {
      const tick = `${row.coin_id} ${row.last_updated}`;
      if (row.reject_reason !== null || seen.has(tick)) continue;
      seen.add(tick);
      const { coin_id, symbol, last_updated, price_usd } = row;
      const is_late = watermark !== null && minuteOf(last_updated) + minuteUs <= watermark;
      const words = { coin_id, symbol: symbol!, last_updated, price_usd, poll_time };
      arrivals.push({ ...words, ...placeOf(row), array_index: row.array_index!, watermark, is_late });
    }
    if (!is_poll || (greatest !== null && poll_time <= greatest)) continue;
    greatest = poll_time;
    watermarks.push({ ...placeOf(rest), poll_time });
  }
}

const placeOf = (row: Row): Row => ({
  kafka_topic: row.kafka_topic!,
  kafka_epoch: row.kafka_epoch!,
  kafka_partition: row.kafka_partition!,
  kafka_offset: row.kafka_offset!,
});

const places = ['kafka_topic', 'kafka_epoch', 'kafka_partition', 'kafka_offset', 'array_index'] as const;
function byPlace(a: Row, b: Row): number {
  for (const name of places) if (a[name] !== b[name]) return a[name]! < b[name]! ? -1 : 1;
  return 0;
}

/** Each coin's minutes, from the ticks that were not late, each once. */
export const windowsOf = (arrivals: Arrival[]): Row[] => {
  const onTime = arrivals.filter(({ is_late }) => !is_late).sort(byPlace);
  const once = groupBy(onTime, row => `${row.coin_id} ${row.last_updated}`).map(same => same[0]!);
  const ticks = once.sort((a, b) => a.last_updated - b.last_updated);
  return groupBy(ticks, row => `${row.coin_id} ${minuteOf(row.last_updated)}`).map(rows => {
    const prices = rows.map(({ price_usd }) => price_usd);
    const window_start = minuteOf(rows[0]!.last_updated);
    return {
      window_start,
      window_end: window_start + minuteUs,
      coin_id: rows[0]!.coin_id,
      symbol: rows.findLast(({ symbol }) => symbol !== null)?.symbol ?? null,
      avg_price_usd: mean(prices),
      min_price_usd: Math.min(...prices),
      max_price_usd: Math.max(...prices),
      first_price_usd: prices[0]!,
      last_price_usd: prices.at(-1)!,
      change_pct: (prices.at(-1)! / prices[0]! - 1) * 100,
      volatility: sampleDeviation(prices),
      tick_count: prices.length,
    };
  });
};

/** What came after its window was closed. */
export const lateOf = (arrivals: Arrival[]): Row[] =>
  arrivals
    .filter(({ is_late }) => is_late)
    .map(({ is_late: _, ...row }) => {
      const window_start = minuteOf(row.last_updated);
      return { ...row, window_start, late_seconds: (Number(row.watermark) - window_start - minuteUs) / 1e6 };
    });

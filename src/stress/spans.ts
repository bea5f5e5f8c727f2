import type { Span } from '../models/model.ts';
import { firstDay } from './generate.ts';

const dayMs = 86_400_000;
const bytesARow = 600; // of memory, at most: those of a row that is sorted and waits for its file
const daysAtOnce = 100; // each open file takes some

/** No partition date lies beyond the year 2099. */
export const mostDays = 27_000;

/** How many hourly rows a run has. */
export const rowsOf = (coins: number, days: number): number => coins * days * 24;

/** Cut the days of a run into spans, none larger than DuckDB bears with so many bytes of memory. */
export function cutDays(coins: number, days: number, memory: number): Span[] {
  const step = Math.min(daysAtOnce, Math.max(1, Math.floor(memory / bytesARow / rowsOf(coins, 1))));
  const at = (day: number) => new Date(firstDay.getTime() + Math.min(day, days) * dayMs);
  return Array.from({ length: Math.ceil(days / step) }, (_, n) => ({ from: at(n * step), to: at((n + 1) * step) }));
}

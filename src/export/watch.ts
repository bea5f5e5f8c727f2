import type { DuckDBConnection } from '@duckdb/node-api';
import { interruptible } from '../lake/interrupt.ts';
import { execute, query } from '../lake/rows.ts';

/** A step of the work on one table, and how many rows it has. */
export type Step = { table: string; step: 'reading' | 'sending'; of: number };

/** How far a step is. */
export type Progress = Step & { rows: number; rowsPerSecond: number };

/** Who may end the work, and who wants to hear of it. */
export type Watch = { signal?: AbortSignal; onProgress?: (progress: Progress) => void };

const everyMs = 250;

/**
 * Run one long statement: its progress is told four times a second, and a signal ends it.
 *
 * @returns how many rows it took
 * @throws the reason of the signal, or what DuckDB said
 */
export async function runWatched(
  connection: DuckDBConnection,
  sql: string,
  step: Step,
  { signal, onProgress }: Watch,
): Promise<number> {
  for (const setting of ['enable_progress_bar = true', 'enable_progress_bar_print = false', 'progress_bar_time = 0'])
    await execute(connection, `set ${setting}`);
  signal?.throwIfAborted();
  const begun = performance.now();
  const tell = (rows: number) =>
    onProgress?.({ ...step, rows, rowsPerSecond: Math.round((rows * 1000) / (performance.now() - begun)) });
  const ticking = setInterval(() => {
    const { percentage } = connection.progress;
    if (percentage >= 0) tell(Math.floor((percentage / 100) * step.of));
  }, everyMs);
  try {
    const rows = await interruptible(connection, signal, () => execute(connection, sql));
    tell(step.of);
    return rows;
  } catch (error) {
    signal?.throwIfAborted();
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot export ${step.table}: ${said.trim()}\nThe earlier export is as it was.`, { cause: error });
  } finally {
    clearInterval(ticking);
    await query(connection, 'reset enable_progress_bar').catch(() => {});
  }
}

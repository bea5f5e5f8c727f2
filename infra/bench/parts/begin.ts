import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Make a folder for what a benchmark needs. It goes when this process ends, also by an error or Ctrl-C, but for what others still
 * write then.
 */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `ticklake-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  return folder;
}

/**
 * Read one of the numbers given to a benchmark.
 *
 * @param at - its place, from 0
 * @throws when it is not a whole number above 0
 */
export function numberGiven(at: number, otherwise: number): number {
  const text = process.argv[2 + at];
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`Wanted a whole number, found "${text}".`);
  return Number(text);
}

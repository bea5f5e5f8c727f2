import { relative } from 'node:path';
import { root } from './paths.ts';
import { isMoved } from './ports.ts';
import type { Run } from './run-file.ts';

/** Show what runs, where, where its log is, and how to stop it, as one table of plain text. */
export function showRun(run: Run): string {
  const rows = Object.entries(run.services).map(([name, { address, log, state, pid }]) => [
    name,
    state === 'elsewhere' ? 'not ours' : pid && state === 'ready' ? `runs (pid ${pid})` : state,
    `${address ?? '–'}${isMoved(name, address) && state !== 'elsewhere' ? ' (its usual port is taken)' : ''}`,
    log ? relative(root, log) : '–',
  ]);
  const table = align([['service', 'state', 'address', 'log'], ...rows]);
  const ways = 'Stop everything with Ctrl-C here, or "npm run stop" elsewhere.';
  return `${table}\n\nProfile ${run.profile}, market time runs at ×${run.speed}. ${ways}`;
}

/** Align rows of text as columns. */
export function align(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

import { relative } from 'node:path';
import { root } from '../run/paths.ts';
import { isMoved } from '../run/ports.ts';
import { type Run, serviceNames } from '../run/run-file.ts';

/**
 * Show what runs, where, where its log is, and how to stop it, as one table of plain text, and last the address to open:
 * with its token it is too long for a table.
 */
export function showRun(run: Run): string {
  const rows = serviceNames.flatMap(name => {
    const service = run.services[name];
    if (!service) return [];
    const { address, log, state, pid } = service;
    const moved = isMoved(name, address) && state !== 'elsewhere' ? ' (its usual port is taken)' : '';
    const doing = state === 'elsewhere' ? 'not ours' : pid && state === 'ready' ? `runs (pid ${pid})` : state;
    return [[name, doing, log ? shorten(log) : '–', `${address?.replace(/\/lab\b.*/, '') ?? '–'}${moved}`]];
  });
  const table = align([['service', 'state', 'log', 'address'], ...rows]);
  const ways = 'Stop everything with Ctrl-C here, or "npm run stop" elsewhere.';
  const lab = run.services.jupyter?.state === 'ready' ? run.services.jupyter.address : null;
  const open = lab ? `\n\nOpen ${lab}` : '';
  return `${table}\n\nProfile ${run.profile}, market time runs at ×${run.speed}. ${ways}${open}`;
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

/** A path as one would type it in the project folder. */
const shorten = (path: string): string => (path.startsWith(root) ? relative(root, path) : path);

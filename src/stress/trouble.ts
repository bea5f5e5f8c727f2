import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { showBytes } from '../run/amounts.ts';

const bytesARow = 100; // on disk, bronze and silver together, with room to spare

/**
 * Refuse a run that its disk cannot hold.
 *
 * @throws when less is free than the rows will take
 */
export function checkDisk(folder: string, rows: number): void {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  const [free, wanted] = [bavail * bsize, rows * bytesARow];
  if (free < wanted)
    throw new Error(
      `Cannot begin: ${rows.toLocaleString('en')} rows take about ${showBytes(wanted)}, and ${folder} has ${showBytes(free)} free. Make room there, or take fewer --coins or --days.`,
    );
}

/** Say what ended a run and what to do next; the lake is as the stage before left it. */
export function explainTrouble(error: unknown, stage: string, memory: string, folder: string): Error {
  const found = error instanceof Error ? error.message : String(error);
  const kept = 'The lake is as the stage before left it; the next run begins anew.';
  if (/out of memory|could not allocate|failed to allocate/i.test(found))
    return new Error(
      `Cannot finish ${stage}: ${memory} of memory are not enough. Give more (--memory), or take fewer --coins. ${kept}`,
    );
  if (/ENOSPC|no space left|disk is full|EFBIG|file too large|max_temp_directory_size/i.test(found))
    return new Error(`Cannot finish ${stage}: the disk of ${folder} is full. Make room there. ${kept}`);
  return error instanceof Error ? error : new Error(found);
}

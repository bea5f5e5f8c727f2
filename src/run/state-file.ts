import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Read a small file of state, undefined when there is none. */
export function readState(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Write a small file of state as JSON: readers, and whoever comes after a kill, see the old one or the new, never half of it. */
export function writeState(path: string, state: object, { mode = 0o644 } = {}): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  try {
    writeFileSync(fresh, `${JSON.stringify(state, null, 2)}\n`, { mode });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** Write what is only shown to others: that it cannot be written, as on a full disk, ends no work. Its age tells. */
export function showState(path: string, state: object): void {
  try {
    writeState(path, state);
  } catch {}
}

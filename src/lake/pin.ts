import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { alive } from '../run/process.ts';
import type { Location } from './location.ts';

/** A catalog of one's own, which nobody changes; disposing of it deletes it. */
export type Pinned = { at: Location; [Symbol.dispose](): void };

/**
 * Copy a lake's SQLite catalog as it stands now, some ten milliseconds for three megabytes. It names the same Parquet files,
 * so a read that keeps clean-ups out (read-lock.ts) finds them all.
 */
export function pinCatalog(at: Location): Pinned {
  const folder = join(at.side, 'tmp');
  mkdirSync(folder, { recursive: true });
  removeAbandoned(folder);
  const file = join(folder, `pinned-${process.pid}-${randomUUID()}.sqlite`);
  const catalog = new DatabaseSync(at.catalog.slice('sqlite:'.length), { readOnly: true, timeout: 5000 });
  try {
    catalog.prepare('vacuum into ?').run(file);
  } finally {
    catalog.close();
  }
  const remove = () => {
    for (const part of ['', '-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
  };
  return { at: { ...at, catalog: `sqlite:${file}` }, [Symbol.dispose]: remove };
}

/** Delete the copies of processes that were killed. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^pinned-(\d+)-/.exec(name) ?? [];
    if (pid && !alive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

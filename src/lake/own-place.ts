import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { alive } from '../run/process.ts';

/**
 * Name a file or folder beside the lake for this process alone, to be deleted by it; what killed processes left is deleted here.
 *
 * @param side - the lake's folder of side files
 * @param what - what it is for, a word
 */
export function ownPlace(side: string, what: string): string {
  const folder = join(side, 'tmp');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const [, pid] = /^[a-z]+-(\d+)-[\da-f-]{36}/.exec(name) ?? [];
    if (pid && !alive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
  return join(folder, `${what}-${process.pid}-${randomUUID()}`);
}

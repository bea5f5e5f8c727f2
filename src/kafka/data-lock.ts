import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const file = (dataDir: string) => join(dataDir, 'broker.pid');

/** A start that was cut off between making the file and writing the pid, which takes milliseconds, is over by then. */
const startingMs = 5000;

/**
 * Start a broker in a data folder that no other works in, and write down its pid.
 *
 * Kafka locks its folder too, but only after its controller has begun to write there: a second broker would spoil the
 * first one's log before it is refused.
 *
 * @param limitMs how long to wait for the one before: told to end, or with its parent killed, it still needs seconds
 * @returns the started broker, or the pid of the one that works there (0 when it is only starting)
 */
export async function startAlone<T extends { pid: number }>(
  dataDir: string,
  start: () => T,
  limitMs = 10_000,
): Promise<T | number> {
  const end = performance.now() + limitMs;
  for (;;) {
    const pid = pidIn(dataDir);
    if (pid === undefined) {
      // From here to the written pid nothing is awaited.
      rmSync(file(dataDir), { force: true });
      writeFileSync(file(dataDir), '', { flag: 'wx' });
      const child = start();
      writeFileSync(file(dataDir), `${child.pid}\n`);
      return child;
    }
    if (performance.now() > end) return pid;
    await sleep(100);
  }
}

/** The pid of the broker that works in a folder; 0 when it is only starting, undefined when there is none. */
function pidIn(dataDir: string): number | undefined {
  const made = statSync(file(dataDir), { throwIfNoEntry: false });
  if (!made) return undefined;
  const pid = Number.parseInt(readFileSync(file(dataDir), 'utf8'), 10);
  if (pid > 0) return commandOf(pid).includes(dataDir) ? pid : undefined;
  return Date.now() - made.mtimeMs < startingMs ? 0 : undefined;
}

/** The command line of a process; empty when there is none. */
function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

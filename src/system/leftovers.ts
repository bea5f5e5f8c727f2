import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../run/paths.ts';
import { commandOf } from '../run/process.ts';
import { readLastRun } from '../run/run-file.ts';

/**
 * List the services of the last run that still work although their supervisor is gone: after kill -9 of it they take
 * some seconds to end.
 */
export function leftovers(): { name: string; pid: number }[] {
  return Object.entries(readLastRun()?.services ?? {}).flatMap(([name, { pid }]) =>
    pid && commandOf(pid).includes(root) ? { name, pid } : [],
  );
}

const patienceMs = 15_000;

/**
 * Wait until nothing of the last run works any more.
 *
 * @throws when something is still there after 15 seconds
 */
export async function waitForLeftovers(): Promise<void> {
  const until = Date.now() + patienceMs;
  for (let left = leftovers(); left.length > 0; left = leftovers()) {
    if (Date.now() > until) {
      const named = left.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
      throw new Error(`Cannot go on: ${named} of an earlier run still works. End it with "kill -9 ${left[0]!.pid}".`);
    }
    await sleep(100);
  }
}

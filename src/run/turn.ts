import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** A turn that is held; giving it back lets the next one in. */
export type Turn = { release(): void; [Symbol.dispose](): void };

/** Somebody else has had the turn all the time. */
export class NotMyTurn extends Error {
  constructor(file: string, patienceMs: number) {
    super(
      `Cannot go on: another process has held its turn for ${patienceMs / 1000} s (${file}). Try again, or end that process.`,
    );
    this.name = 'NotMyTurn';
  }
}

const busy = 5; // SQLITE_BUSY
const queues = new Map<string, Promise<unknown>>();

/**
 * Wait for the turn that a file stands for, across all processes of this machine, without blocking the event loop.
 *
 * The turn is an exclusive lock of SQLite on the file, so the kernel frees it when its holder dies, kill -9 too.
 * Within a process turns are given in the order they were asked for.
 *
 * @param signal - ends the waiting
 * @throws when it is not our turn after `patienceMs`; the signal's reason
 */
export async function takeTurn(file: string, patienceMs = 60_000, signal?: AbortSignal): Promise<Turn> {
  const before = queues.get(file) ?? Promise.resolve();
  let leave = () => {};
  const mine = new Promise<void>(resolve => {
    leave = resolve;
  });
  const queue = before.then(() => mine);
  queues.set(file, queue);
  const ended = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    await Promise.race([before, ended]);
    return turnOf(await waitForLock(file, patienceMs, { signal }), leave);
  } catch (error) {
    leave();
    throw error;
  } finally {
    queue.then(() => queues.get(file) === queue && queues.delete(file));
  }
}

/** Take the turn if nobody has it, else answer undefined at once. */
export function tryTurn(file: string): Turn | undefined {
  if (queues.has(file)) return undefined;
  const lock = lockOrBusy(file);
  return lock && turnOf(lock);
}

/**
 * Share what a file stands for: many may hold it at once, and nobody has the turn meanwhile. Waits while somebody has.
 *
 * @throws when somebody has the turn for longer than `patienceMs`
 */
export async function share(file: string, patienceMs = 60_000): Promise<Turn> {
  return turnOf(await waitForLock(file, patienceMs, { how: 'begin; select count(*) from sqlite_schema' }));
}

function turnOf(lock: DatabaseSync, released = () => {}): Turn {
  const release = () => {
    if (!lock.isOpen) return;
    lock.close();
    released();
  };
  return { release, [Symbol.dispose]: release };
}

async function waitForLock(
  file: string,
  patienceMs: number,
  { how, signal }: { how?: string; signal?: AbortSignal },
): Promise<DatabaseSync> {
  const giveUp = performance.now() + patienceMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 1.5, 10)) {
    signal?.throwIfAborted();
    const lock = lockOrBusy(file, how);
    if (lock) return lock;
    if (performance.now() > giveUp) throw new NotMyTurn(file, patienceMs);
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}

function lockOrBusy(file: string, how = 'begin exclusive'): DatabaseSync | undefined {
  mkdirSync(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec(how);
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === busy) return undefined;
    throw error;
  }
}

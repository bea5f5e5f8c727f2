import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf } from '../run/process.ts';
import { readState } from '../run/state-file.ts';
import { tryTurn } from '../run/turn.ts';

const patienceMs = 10_000;
const file = (dataDir: string) => join(dataDir, 'broker.pid');

/**
 * Start a broker in a data folder that no other works in, and write down its pid.
 *
 * Kafka locks its folder too, but only after its controller has begun to write there: a second broker would spoil the
 * first one's log before it is refused. The one before may still be ending, told to or with its parent killed: it is given
 * ten seconds.
 *
 * @returns the started broker, or the pid of the one that works there
 */
export async function startAlone<T extends { pid: number }>(dataDir: string, start: () => T): Promise<T | number> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const tried = tryStart(dataDir, start);
    if (typeof tried !== 'number' || performance.now() > end) return tried;
    await sleep(100);
  }
}

/** Start it unless another works there, or is just being started (its pid is 0 then). */
function tryStart<T extends { pid: number }>(dataDir: string, start: () => T): T | number {
  using turn = tryTurn(join(dataDir, 'start.sqlite'));
  const pid = turn ? pidIn(dataDir) : 0;
  if (pid !== undefined) return pid;
  const child = start();
  writeFileSync(file(dataDir), `${child.pid}\n`);
  return child;
}

/** The pid of the broker that works in a folder, undefined when there is none. */
function pidIn(dataDir: string): number | undefined {
  const pid = Number.parseInt(readState(file(dataDir)) ?? '', 10);
  return pid > 0 && commandOf(pid).includes(dataDir) ? pid : undefined;
}

import '../run/plain-errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { inState } from '../run/paths.ts';
import { alive } from '../run/process.ts';
import { readRun } from '../run/run-file.ts';
import { tryTurn } from '../run/turn.ts';
import { leftovers, waitForLeftovers } from '../system/leftovers.ts';
import { startTurnFile } from '../system/start-turn.ts';

let run = readRun();
for (let tries = 0; !run && isStarting() && tries < 50; tries++) {
  await sleep(100);
  run = readRun();
}
if (run) {
  console.log(`Stopping ticklake (pid ${run.pid}) …`);
  process.kill(run.pid, 'SIGTERM');
  while (alive(run.pid)) await sleep(100);
  console.log('Everything has ended.');
} else if (leftovers().length > 0) {
  await waitForLeftovers();
  console.log('Everything has ended.');
} else console.log('Nothing runs.');

/** A start that has just begun holds its turn before it tells who it is. */
function isStarting(): boolean {
  using turn = tryTurn(inState(startTurnFile));
  return !turn;
}

import '../run/plain-errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive } from '../run/process.ts';
import { readRun } from '../run/run-file.ts';
import { leftovers, waitForLeftovers } from '../system/leftovers.ts';

const run = readRun();
if (run) {
  console.log(`Stopping ticklake (pid ${run.pid}) …`);
  process.kill(run.pid, 'SIGTERM');
  while (alive(run.pid)) await sleep(100);
  console.log('Everything has ended.');
} else if (leftovers().length > 0) {
  await waitForLeftovers();
  console.log('Everything has ended.');
} else console.log('Nothing runs.');

import '../run/plain-errors.ts';
import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { inState } from '../run/paths.ts';
import { readRun } from '../run/run-file.ts';
import { waitForLeftovers } from '../system/leftovers.ts';

const program = new Command('npm run reset --')
  .description(
    "Remove all data of the running system: broker, lake, market clock, stations. The learner's notebooks stay.",
  )
  .option('--yes', 'do not ask')
  .parse();

if (readRun()) throw new Error('Cannot reset while ticklake runs. Stop it with "npm run stop" first.');
await waitForLeftovers();
const state = inState();
if (!existsSync(state)) console.log('There is nothing to remove.');
else if (program.opts().yes || (await agreed())) {
  rmSync(state, { recursive: true, force: true });
  console.log('Removed. "npm start" begins anew; your notebooks in workspace/ are as they were.');
} else {
  console.log('Nothing was removed.');
  process.exitCode = 1;
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('Cannot ask: this is no terminal. Say "npm run reset -- --yes".');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Remove broker data, lake, market clock and stations in ${state}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

import '../run/plain-errors.ts';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { emptyCatalog } from '../lake/empty-catalog.ts';
import { lakeAt, withoutPasswords } from '../lake/location.ts';
import { inState } from '../run/paths.ts';
import { readRun } from '../run/run-file.ts';
import { NotMyTurn } from '../run/turn.ts';
import { waitForLeftovers } from '../system/leftovers.ts';
import { startTurnFile, takeStartTurn } from '../system/start-turn.ts';

const program = new Command('npm run reset --')
  .description(
    "Remove all data of the running system: broker, lake, market clock, stations. The learner's notebooks stay.",
  )
  .option('--yes', 'do not ask')
  .parse();

refuseWhileItRuns();
await waitForLeftovers();
const state = inState();
if (!existsSync(state)) console.log('There is nothing to remove.');
else if (program.opts().yes || (await agreed())) {
  await remove();
  console.log('Removed. "npm start" begins anew; your notebooks in workspace/ are as they were.');
} else {
  console.log('Nothing was removed.');
  process.exitCode = 1;
}

function refuseWhileItRuns(): void {
  if (readRun()) throw new Error('Cannot reset while ticklake runs. Stop it with "npm run stop" first.');
}

/** Remove the state, unless something was started on it while the question stood; nobody starts meanwhile. */
async function remove(): Promise<void> {
  using _alone = await takeStartTurn().catch(error => {
    refuseWhileItRuns();
    if (!(error instanceof NotMyTurn)) return undefined; // a full disk: no turn to take, and room is made here
    throw new Error('Cannot reset: ticklake is just starting or being reset. Wait for it, or end it.');
  });
  refuseWhileItRuns();
  await emptyCatalog(lakeAt());
  for (const entry of readdirSync(state))
    if (!entry.startsWith(startTurnFile)) rmSync(join(state, entry), { recursive: true, force: true });
  rmSync(state, { recursive: true, force: true });
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('Cannot ask: this is no terminal. Say "npm run reset -- --yes".');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const { catalog, kind } = lakeAt();
  const further = kind === 'postgres' ? `, and the lake's catalog in ${withoutPasswords(catalog)}` : '';
  const answer = await terminal.question(
    `Remove broker data, lake, market clock and stations in ${state}${further}? [y/N] `,
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

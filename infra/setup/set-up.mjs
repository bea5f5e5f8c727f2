import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { java } from './java.mjs';
import { kafka } from './kafka.mjs';
import { node } from './node.mjs';
import { packages } from './packages.mjs';
import { environment, findNode, root } from './places.mjs';
import { withProgress } from './progress.mjs';
import { python } from './python.mjs';
import { explain, SetupError } from './setup-error.mjs';
import { takeTurn } from './turn.mjs';

/** All steps, in order; each knows whether it is done and how to do it. */
export const steps = [node, packages, python, kafka, java];
const first = [node, packages];
const neededBytes = 1.5 * 2 ** 30;

/** Whether the first steps are done, so that TypeScript with its packages can run. */
export const isReady = async () => first.every(step => step.done());

/**
 * Bring what is missing.
 *
 * @returns whether anything was missing
 * @throws SetupError with one sentence about what happened and one about the mend
 */
export async function setUp() {
  checkFolder();
  if (steps.every(step => step.done())) return false;
  const endTurn = await takeTurn();
  try {
    checkDisk();
    for (const step of first)
      if (!step.done())
        await withProgress(step.title, say => step.install(say).catch(error => Promise.reject(plain(error))));
    if (!steps.every(step => step.done())) await bringRest();
    return true;
  } finally {
    endTurn();
  }
}

/** The further steps run under Node 24, which has the packages to show them well. */
async function bringRest() {
  const rest = spawn(findNode(), [join(root, 'infra', 'setup', 'rest.mjs')], { env: environment(), stdio: 'inherit' });
  const code = await new Promise(resolve => rest.once('close', resolve));
  if (code !== 0) throw new SetupError(''); // it has said why
}

function checkFolder() {
  try {
    mkdirSync(join(root, '.ticklake'), { recursive: true });
    const probe = join(root, '.ticklake', `probe-${process.pid}`);
    writeFileSync(probe, 'x');
    rmSync(probe);
  } catch (error) {
    throw explain('Writing to the project folder', error.message, root);
  }
}

function checkDisk() {
  const { bavail, bsize } = statfsSync(root);
  if (!packages.done() && bavail * bsize < neededBytes) throw explain('Set-up', 'ENOSPC', root);
}

/** A system error in plain words. */
const plain = error => (error.code ? explain('Set-up', error.message, root) : error);

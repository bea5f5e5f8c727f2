import { existsSync, statfsSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { wrongJars } from './kafka.mjs';
import { findNode, root } from './places.mjs';
import { steps } from './set-up.mjs';

const gigabyte = 2 ** 30;
const show = bytes => `${(bytes / gigabyte).toFixed(1)} GB`;

/** What was checked, whether it is `good`, a `warning` or `wrong`, what was found, and the mend when there is one. */
export const finding = (check, state, found, mend) => ({ check, state, found, ...(mend && { mend }) });

/** Check what set-up brings, and the machine. Needs no package, and neither Node 24 nor the network. */
export function diagnoseSetup() {
  const setup = steps.map(step => {
    const good = step.done();
    return finding(
      step.title,
      good ? 'good' : 'wrong',
      good ? 'as the lock says' : describe(step),
      good ? '' : 'Run "npm run setup".',
    );
  });
  const memory = freemem();
  return [
    ...setup,
    diskOf('disk', root),
    ...(existsSync(process.env.TICKLAKE_STATE ?? '') ? [diskOf('disk of the data', process.env.TICKLAKE_STATE)] : []),
    memory > 2 * gigabyte
      ? finding('memory', 'good', `${show(memory)} of ${show(totalmem())} free`)
      : finding(
          'memory',
          'warning',
          `only ${show(memory)} free`,
          'Close other programs: the whole system takes about 2 GB.',
        ),
  ];
}

function diskOf(check, folder) {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  return free > 2 * gigabyte
    ? finding(check, 'good', `${show(free)} free`)
    : finding(check, 'warning', `only ${show(free)} free`, 'Make room: set-up takes 1.5 GB, the data up to 3 GB.');
}

function describe({ title }) {
  if (title === 'Apache Kafka') return `missing or not as the lock says: ${wrongJars().slice(0, 3).join(', ')}`;
  return title === 'Node 24' && !findNode()
    ? `missing (this is Node ${process.versions.node})`
    : 'missing or not as the lock says';
}

/** Print findings, for people or as JSON; returns the exit code: 1 when anything is wrong. */
export function report(findings, json) {
  const signs = { good: '✓', warning: '!', wrong: '✗' };
  if (json) console.log(JSON.stringify(findings, null, 2));
  else
    for (const { check, state, found, mend } of findings)
      console.log(`${signs[state]} ${check}: ${found}${mend ? `\n    ${mend}` : ''}`);
  return findings.some(({ state }) => state === 'wrong') ? 1 : 0;
}

/** The doctor of a machine where TypeScript cannot run yet. */
export function diagnose(args) {
  return report(diagnoseSetup(), args.includes('--json'));
}

import { readFileSync, rmSync } from 'node:fs';
import { execa } from 'execa';
import { inRoot } from '../../src/run/paths.ts';

export interface Tally {
  passed: number;
  failed: number;
}

/** Check types, lint and format: each counts as one. What is wrong is printed. */
export async function checkCode(signal: AbortSignal): Promise<Tally> {
  const tally = { passed: 0, failed: 0 };
  const checks = {
    types: ['typescript/bin/tsc', '--project', inRoot()],
    'lint and format': ['@biomejs/biome/bin/biome', 'ci', '--colors=off', inRoot()],
  };
  for (const [name, [program, ...args]] of Object.entries(checks)) {
    const command = [inRoot('node_modules', program!), ...args];
    const { exitCode, all } = await execa(process.execPath, command, {
      ...{ cwd: inRoot(), all: true, reject: false, cancelSignal: signal },
    });
    const good = exitCode === 0;
    console.log(`${good ? '✓' : '✗'} ${name}${good ? '' : `\n${all}`}`);
    tally[good ? 'passed' : 'failed']++;
  }
  return tally;
}

/**
 * Run vitest projects, shown as they go. A file that cannot be run counts as one failed test.
 *
 * @param chosen - which of their tests, in vitest's words: parts of files' names, `-t` and a part of a test's
 */
export async function runTests(
  projects: ('unit' | 'real')[],
  signal: AbortSignal,
  env: Record<string, string> = {},
  chosen: string[] = [],
): Promise<Tally> {
  const results = inRoot('.ticklake', 'tests', `${projects.join('-')}.json`);
  rmSync(results, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const named = projects.flatMap(project => ['--project', project]);
  const command = [inRoot('node_modules/vitest/vitest.mjs'), 'run', ...named, ...reporters, ...chosen];
  const { exitCode } = await execa(process.execPath, command, {
    ...{ cwd: inRoot(), env, stdio: 'inherit', reject: false, cancelSignal: signal },
  });
  return tallyOf(readResults(results), exitCode === 0);
}

export interface Results {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/** Count the tests of a run; whatever else made it fail counts as one more, so that the sum never looks better than it is. */
export function tallyOf(results: Results | undefined, good: boolean): Tally {
  if (!results) return { passed: 0, failed: 1 };
  const broken = results.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.length,
  );
  const failed = results.numFailedTests + broken.length;
  return { passed: results.numPassedTests, failed: good ? failed : Math.max(1, failed) };
}

/** Add tallies and say the sum, as the last line of a run; sets the exit code. */
export function conclude(...tallies: Tally[]): void {
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

function readResults(path: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Results;
  } catch {
    return undefined;
  }
}

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { spawnLeashed } from './leash.ts';
import { inRoot } from './paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'ticklake-leash-'));
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const pidsIn = (log: string) => (readFileSync(log, 'utf8').match(/\d+/g) ?? []).map(Number);
const ended = (pids: number[]) => vi.waitFor(() => expect(pids.filter(alive)).toEqual([]), { timeout: 10_000 });

test('a command keeps its own pid, exit code and output', async () => {
  const log = join(folder, 'own.log');
  const child = spawnLeashed('sh', ['-c', 'echo $$; exit 3'], { log });
  expect(await child.exited).toEqual({ code: 3, signal: null });
  expect(pidsIn(log)).toEqual([child.pid]);
});

test('what a command leaves behind ends with it', async () => {
  const log = join(folder, 'behind.log');
  const child = spawnLeashed('sh', ['-c', 'sleep 600 & echo $!'], { log });
  await child.exited;
  await ended(pidsIn(log));
});

test('stopping is polite first and forced afterwards', async () => {
  const log = join(folder, 'stubborn.log');
  const child = spawnLeashed('sh', ['-c', 'trap "" TERM; echo $$; while :; do sleep 0.1; done'], { log });
  await vi.waitFor(() => expect(pidsIn(log)).toHaveLength(1));
  await child.stop(200);
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('kill -9 of the caller ends the command and its children, also stubborn ones', async () => {
  const log = join(folder, 'orphans.log');
  const script = `
    import { spawnLeashed } from ${JSON.stringify(inRoot('src/run/leash.ts'))};
    spawnLeashed('sh', ['-c', 'echo $$; sleep 600 & echo $!; wait'], { log: ${JSON.stringify(log)} });
    spawnLeashed('sh', ['-c', 'trap "" TERM; echo $$; while :; do sleep 0.1; done'], { log: ${JSON.stringify(log)} });
    setInterval(() => {}, 1000);`;
  const caller = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await vi.waitFor(() => expect(pidsIn(log)).toHaveLength(3), { timeout: 10_000 });
  caller.kill('SIGKILL');
  await ended(pidsIn(log));
});

test('a command tells that it is ready, and where', async () => {
  const script = `import { tellReady } from ${JSON.stringify(inRoot('src/run/leash.ts'))}; tellReady('http://x:1');`;
  await using child = spawnLeashed(process.execPath, ['--input-type=module', '-e', script]);
  expect(await child.ready).toBe('http://x:1');
});

import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Run, readLastRun, readRun, removeRun, writeRun } from './run-file.ts';

const run: Run = { pid: process.pid, startedAt: '2026-03-09T00:00:00Z', profile: 'x', speed: 60, services: {} };
let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'ticklake-run-'));
  vi.stubEnv('TICKLAKE_STATE', state);
});
afterEach(() => vi.unstubAllEnvs());

test('what is written is read, by its owner alone', () => {
  writeRun(run);
  expect(readLastRun()).toEqual(run);
  expect(statSync(join(state, 'run.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(state)).toEqual(['run.json']);
});

test('a run whose process is gone, or another program by now, does not count', () => {
  writeRun({ ...run, pid: 2 ** 30 });
  expect(readRun()).toBeUndefined();
  writeRun(run); // alive, but vitest
  expect(readRun()).toBeUndefined();
});

test('half a file is as good as none', () => {
  writeFileSync(join(state, 'run.json'), '{"pid":');
  expect(readLastRun()).toBeUndefined();
});

test('only its own run file is removed', () => {
  writeRun({ ...run, pid: 2 ** 30 });
  removeRun();
  expect(readLastRun()?.pid).toBe(2 ** 30);
  writeRun(run);
  removeRun();
  expect(readLastRun()).toBeUndefined();
});

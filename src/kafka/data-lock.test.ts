import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startAlone } from './data-lock.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'ticklake-lock-'));
const broker = { pid: 4_194_304 };

test('a pid that another program has got since does not hold up a broker', async () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, 'broker.pid'), `${process.pid}\n`);
  expect(await startAlone(dataDir, () => broker)).toBe(broker);
  expect(readFileSync(join(dataDir, 'broker.pid'), 'utf8')).toBe(`${broker.pid}\n`);
});

test('a broker waits for the one before to end', async () => {
  const dataDir = folder();
  const before = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', dataDir]);
  await startAlone(dataDir, () => ({ pid: before.pid! }));
  const started: string[] = [];
  const next = startAlone(dataDir, () => {
    started.push(before.signalCode ?? 'beside it');
    return broker;
  });
  before.kill('SIGKILL');
  expect(await next).toBe(broker);
  expect(started).toEqual(['SIGKILL']);
});

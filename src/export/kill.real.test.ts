import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLake } from '../lake/open.ts';
import { inRoot } from '../run/paths.ts';
import { labelFile } from './label.ts';

const ground = mkdtempSync(join(tmpdir(), 'ticklake-export-'));
const path = join(ground, 'lake', 'catalog.sqlite');
const to = join(ground, 'to');

/** The command, as npm runs it. */
const startExport = (...args: string[]) =>
  spawn(process.execPath, [inRoot('src', 'cli', 'export.ts'), 'gold.many', '--to', to, ...args], {
    env: { ...process.env, TICKLAKE_CATALOG: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

test('an export killed half-way leaves the earlier one, and the next one takes its place and the leavings away', async () => {
  await using lake = await openLake({ path });
  await lake.write('make a table', tx =>
    tx.run(`create schema gold; create table gold.many as select range as n, 'coin' as coin_id from range(3_000_000)`),
  );
  expect(await once(startExport(), 'exit')).toEqual([0, null]);
  const label = () => readFileSync(join(to, 'gold.many', labelFile), 'utf8');
  const before = label();
  const killed = startExport('--format', 'csv');
  await expect.poll(() => globSync('.gold.many.*.part/*.csv', { cwd: to }), { timeout: 30_000 }).toHaveLength(1);
  killed.kill('SIGKILL');
  expect(await once(killed, 'exit')).toEqual([null, 'SIGKILL']);
  expect(label()).toBe(before);
  expect(existsSync(join(to, 'gold.many', 'gold.many.parquet'))).toBe(true);
  expect(readdirSync(to)).toHaveLength(2);

  const last = startExport('--partition-by', 'coin_id');
  const said = (await last.stdout!.toArray()).join('');
  expect(said).toMatch(/^gold\.many: 3,000,000 rows of version 1 in /);
  expect(readdirSync(to)).toEqual(['gold.many']);
  expect(readdirSync(join(to, 'gold.many')).sort()).toEqual([labelFile, 'coin_id=coin'].sort());
});

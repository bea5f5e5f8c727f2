import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { inRoot } from '../run/paths.ts';

vi.setConfig({ testTimeout: 180_000 }); // each command is a process of its own

const script = (name: string) => inRoot('src', 'cli', `${name}.ts`);
const state = mkdtempSync(join(tmpdir(), 'stress-'));
const env = { TICKLAKE_STATE: state };
const command = (name: string, ...args: string[]) =>
  execa(process.execPath, [script(name), ...args], { cwd: inRoot(), env, reject: false });

test('a full disk is said, Ctrl-C ends cleanly, and the next run makes the report', async () => {
  // Files of at most 1.5 MiB stand in for a disk that is full; a day of so many coins takes more.
  const limit = `trap '' XFSZ; ulimit -f 1536; exec "$0" "$@"`;
  const many = ['--coins', '20000', '--days', '1'];
  const full = await execa('bash', ['-c', limit, process.execPath, script('stress'), ...many], {
    cwd: inRoot(),
    env,
    reject: false,
  });
  expect(full.stderr).toMatch(/Cannot finish bronze\.market_rows: the disk of .* is full\. Make room there\./);
  expect(full.exitCode).toBe(1);

  const stopped = command('stress', '--coins', '20000', '--days', '30');
  stopped.stdout.on('data', text => String(text).includes('bronze.market_rows') && stopped.kill('SIGINT'));
  expect(await stopped).toMatchObject({ exitCode: 130, stderr: expect.stringMatching(/Stopped\. The lake is as/) });

  const done = await command('stress', '--coins', '4', '--days', '3', '--json');
  const summary = JSON.parse(done.stdout);
  expect(summary.rows).toBe(288);
  expect(summary.stages.map(({ name }: { name: string }) => name)).toContain('gold.market_daily_report');
  const written = readFileSync(join(state, 'stress', 'Final_Report.csv'), 'utf8');
  const file = join(state, 'again.csv');
  const report = await command('report', '--stress', '--to', file);
  expect(report.stdout).toBe(`Wrote 3 days to ${file}.`);
  expect(readFileSync(file, 'utf8')).toBe(written);
  expect(written.split('\r\n')).toHaveLength(5);
});

test('the lake can be looked after, and a value out of range is refused', async () => {
  await command('stress', '--coins', '4', '--days', '3', '--json');
  const files = JSON.parse((await command('lake', 'files', '--stress', '--json')).stdout) as { table: string }[];
  expect(files.map(({ table }) => table)).toContain('silver.market_prices');
  const one = await command('lake', 'files', 'gold.market_daily_report', '--stress');
  expect(one.stdout).toMatch(/\d K?B {2}.*gold\/market_daily_report\/.*\.parquet/);
  expect((await command('lake', 'compact', '--stress')).stdout).toMatch(/^\d+ files written anew, \d+ merged/);
  const vacuum = await command('lake', 'vacuum', '--stress', '--keep', '1ms', '--json');
  expect(JSON.parse(vacuum.stdout).expired).toBeGreaterThan(0);
  const history = JSON.parse((await command('lake', 'history', '--stress', '--json')).stdout) as unknown[];
  expect(history.length).toBeLessThan(8);
  expect((await command('stress', '--coins', '0')).stderr).toMatch(/Wanted a whole number from 1/);
  expect((await command('report')).stderr).toMatch(/^Cannot read the lake: no catalog/);
});

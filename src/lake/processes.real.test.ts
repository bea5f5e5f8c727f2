import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { inRoot } from '../run/paths.ts';
import { takeTurn } from '../run/turn.ts';
import { type Lake, openLake } from './open.ts';

const path = join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite');
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
});

/** A process that writes whole transactions of three rows, and says the number of each once it is committed. */
function startWriter(name: string, transactions: number): ChildProcess & { said: () => number[] } {
  const code = `
    const { openLake } = await import('./src/lake/open.ts');
    await using lake = await openLake({ path: process.env.LAKE });
    for (let n = 0; n < ${transactions}; n++) {
      await lake.write('three rows', async tx => {
        for (let part = 0; part < 3; part++) await tx.run('insert into gold.t values ($name, $n, $part)', { name: '${name}', n, part });
      });
      console.log(n);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: inRoot(),
    env: { ...process.env, LAKE: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: number[] = [];
  createInterface({ input: child.stdout! }).on('line', line => lines.push(Number(line)));
  return Object.assign(child, { said: () => lines });
}

/** Transactions of a writer, and how many of them are not whole. */
const written = async (lake: Lake, name: string) =>
  (
    await lake.rows<{ transactions: number; torn: number }>(
      `select count(*) as transactions, count(*) filter (where parts <> 3) as torn
       from (select n, count(distinct part) as parts from gold.t where name = $name group by n having count(*) = parts)`,
      { name },
    )
  )[0]!;

const createTable = (lake: Lake) =>
  lake.write('make a table', tx =>
    tx.run(
      'create schema if not exists gold; create table if not exists gold.t (name varchar, n bigint, part integer)',
    ),
  );

test('two processes that write at once lose nothing', async () => {
  await using lake = await openLake({ path });
  await createTable(lake);
  const writers = ['one', 'two'].map(name => startWriter(name, 25));
  for (let n = 0; n < 25; n++)
    await lake.write('from here', tx => tx.run(`insert into gold.t select 'here', $n, unnest([0, 1, 2])`, { n }));
  await Promise.all(writers.map(writer => writer.exitCode ?? once(writer, 'exit')));
  for (const name of ['one', 'two', 'here']) expect(await written(lake, name)).toEqual({ transactions: 25, torn: 0 });
});

test('a writer killed at any moment leaves whole transactions, and every one that it acknowledged', async () => {
  await using lake = await openLake({ path });
  await createTable(lake);
  for (let kill = 0; kill < 6; kill++) {
    const name = `killed ${kill}`;
    const writer = startWriter(name, 1000);
    await expect.poll(() => writer.said().length, { timeout: 30_000 }).toBeGreaterThan(kill);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const acknowledged = writer.said().length;
    const { transactions, torn } = await written(lake, name);
    expect(torn).toBe(0);
    // The last may be committed but not yet acknowledged.
    expect([acknowledged, acknowledged + 1]).toContain(transactions);
  }
});

test('readers do not wait for the turn', async () => {
  await using lake = await openLake({ path });
  await createTable(lake);
  await using reader = await openLake({ path, readOnly: true });
  using _turn = await takeTurn(join(lake.at.side, 'turn.sqlite'));
  const write = lake.write('waits', tx => tx.run(`insert into gold.t values ('late', 0, 0)`));
  const count = `select count(*) as n from gold.t where name = 'late'`;
  expect(await Promise.all([reader.rows(count), lake.rows(count)])).toEqual([[{ n: 0 }], [{ n: 0 }]]);
  _turn.release();
  await write;
  expect(await reader.rows(count)).toEqual([{ n: 1 }]);
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLake } from '../lake/open.ts';
import { insertByDays, isLong } from './insert-days.ts';

test('rows of very many days go in with the memory that a hundred need', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite');
  await using lake = await openLake({ path, memory: '200MB', threads: 1 });
  const wide = Array.from({ length: 60 }, (_, n) => `random() as c${n}`).join(', ');
  const rows = `select timestamptz '2020-01-01 12:00:00+00' + interval (range) day as seen, ${wide} from range(350)`;
  await lake.write('make a table', async tx => {
    await tx.run(`create schema gold; create table gold.t as ${rows} limit 0`);
    await tx.run('alter table gold.t set partitioned by (year(seen), month(seen), day(seen))');
  });
  const whole = lake.write('insert all at once', tx => tx.run(`insert into gold.t ${rows}`));
  await expect(whole).rejects.toThrow('Out of Memory');
  await lake.write('insert by days', tx => insertByDays(tx, 'lake.gold.t', 'seen', rows));
  expect(await lake.rows('select count(*) as n, count(distinct seen) as days from gold.t')).toEqual([
    { n: 350, days: 350 },
  ]);
});

test('a span is long beyond a hundred days', () => {
  const from = new Date('2026-01-01T00:00:00Z');
  expect(isLong({ from, to: new Date('2026-04-11T00:00:00Z') })).toBe(false);
  expect(isLong({ from, to: new Date('2026-04-11T01:00:00Z') })).toBe(true);
});

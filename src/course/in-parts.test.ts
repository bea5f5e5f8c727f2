import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLake } from '../lake/open.ts';
import type { Exercise, Ground } from './exercise.ts';
import { grade } from './grade.ts';

test('an answer that counts on the order of a sorted subquery is not taken for right', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'ticklake-parts-')), 'catalog.sqlite');
  await using lake = await openLake({ path });
  await lake.write('ticks', tx =>
    tx.run(`create schema my; create table my.ticks as
      select n % 97 as coin, (n * 7919) % 100003 as moment, moment // 2000 as hour, hash(n) % 1000 as price
      from range(100000) as ticks(n)`),
  );
  const ground: Ground = { name: 'none', topic: 'none', lake };
  const opens =
    'select coin, hour, min_by(price, moment) as open, max_by(price, moment) as close from my.ticks group by coin, hour';
  const exercise = {
    ...{ id: '5.2', form: 'query', answer: 'opens', right: 'good', wrong: [], compare: { key: ['coin', 'hour'] } },
    solution: { cell: `const opens = '${opens}'` },
  } as unknown as Exercise;
  const says = async (answer: string) =>
    (await grade(exercise, answer, ground, async () => ground)) as { says: string };
  expect(await says(opens)).toEqual({ kind: 'correct', says: 'good' });
  const inside = 'first(price order by moment) as open, last(price order by moment) as close';
  expect(await says(`select coin, hour, ${inside} from my.ticks group by coin, hour`)).toMatchObject({
    kind: 'correct',
  });
  const first = 'first(price) as open, last(price) as close';
  for (const from of [
    '(from my.ticks order by moment)',
    '(with sorted as (from my.ticks order by moment) from sorted)',
  ])
    expect((await says(`select coin, hour, ${first} from ${from} group by coin, hour`)).says).toMatch(
      /^It came out right,/,
    );
  const listed = 'select coin, hour, list(price) as prices from (from my.ticks order by moment) group by coin, hour';
  const picked = `select coin, hour, prices[1] as open, prices[-1] as close from (${listed})`;
  expect((await says(picked)).says).toMatch(/^It came out right,/);
});

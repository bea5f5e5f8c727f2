import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { inScope, openScope } from './bind.ts';
import { createTables } from './create.ts';
import { parseModel } from './read.ts';
import { recompute, refresh } from './refresh.ts';
import { verifyModel } from './verify.ts';

const hourly = parseModel(
  'gold.hourly',
  `-- purpose: Mean price of each coin and hour, for this test.
-- grain: [coin_id, hour]
-- sources: [silver.ticks, star.names]
-- slice: { unit: hour, source: seen, target: hour }
-- audits:
--   - ticks > 0
--   - mean > 0

select coin_id, any_value(name) as name, date_trunc('hour', seen) as hour, avg(price) as mean, count(*) as ticks
from silver.ticks left join star.names using (coin_id)
group by coin_id, hour;
`,
);

const rolling = parseModel(
  'gold.rolling',
  `-- purpose: Ticks of each coin in the three hours up to this one.
-- grain: [coin_id, hour]
-- sources: [gold.hourly]
-- slice: { unit: hour, source: hour, target: hour }
-- lookback: 2 hours
-- partition: [day(hour)]

select
  coin_id,
  hour,
  sum(ticks) over (partition by coin_id order by hour range between interval 2 hours preceding and current row)::bigint as ticks
from gold.hourly
`,
);

let lake: Lake;
beforeAll(async () => {
  lake = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });
  await lake.write('sources', async tx => {
    await tx.run('create schema silver; create schema star');
    await tx.run('create table silver.ticks (coin_id varchar, seen timestamptz, price double)');
    await tx.run('create table star.names (coin_id varchar, name varchar)');
    await tx.run(`insert into star.names values ('bitcoin', 'Bitcoin')`);
  });
  await createTables(lake, [hourly, rolling]);
  await openScope(lake, [hourly, rolling]);
});
afterAll(() => lake.close());

const tick = (coin: string, at: string, price: number) =>
  lake.write('tick', async tx => {
    const when = new Date(`2026-03-${at}Z`);
    await tx.run('insert into silver.ticks values ($coin, $when, $price)', { coin, when, price });
    await refresh(tx, hourly, [when]);
    await refresh(tx, rolling, [when]);
  });

const allOk = async () =>
  [...(await verifyModel(lake, hourly)), ...(await verifyModel(lake, rolling))].filter(c => !c.ok);

test('a refresh replaces the touched hour and leaves the others', async () => {
  await tick('bitcoin', '02T00:10', 10);
  await tick('bitcoin', '02T01:10', 20);
  await tick('bitcoin', '02T01:20', 40);
  expect(await lake.rows('select name, hour, mean, ticks from gold.hourly order by hour')).toEqual([
    { name: 'Bitcoin', hour: new Date('2026-03-02T00:00Z'), mean: 10, ticks: 1 },
    { name: 'Bitcoin', hour: new Date('2026-03-02T01:00Z'), mean: 30, ticks: 2 },
  ]);
  expect(await allOk()).toEqual([]);
});

test('a model whose sources lack the column of its slices is refused', async () => {
  const slice = { unit: 'hour', source: 'nowhere', target: 'hour' } as const;
  await expect(openScope(lake, [{ ...hourly, slice }])).rejects.toThrow(/^Cannot slice gold\.hourly by "nowhere"/);
});

test('a late change reaches forward as far as the lookback', async () => {
  await tick('bitcoin', '02T02:30', 50);
  await tick('bitcoin', '02T03:30', 50);
  await tick('bitcoin', '02T00:50', 12);
  const rows = await lake.rows<{ ticks: number }>('select ticks from gold.rolling order by hour');
  expect(rows.map(row => row.ticks)).toEqual([2, 4, 5, 4]);
  expect(await allOk()).toEqual([]);
});

test('verify finds a changed number, a doubled key and a broken audit', async () => {
  await lake.write('spoil', async tx => {
    await tx.run('update gold.hourly set mean = -1 where ticks = 1');
    await tx.run('insert into gold.hourly select * from gold.hourly where ticks = 2 limit 1');
  });
  const broken = (await verifyModel(lake, hourly)).filter(check => !check.ok);
  expect(broken.map(check => check.name)).toEqual([
    'gold.hourly: one row per coin_id, hour',
    'gold.hourly: mean > 0',
    'gold.hourly: equals its recompute',
  ]);
  await lake.write('mend', tx => recompute(tx, hourly));
  expect(await allOk()).toEqual([]);
});

test('verify finds a number that differs in its last digit', async () => {
  await lake.write('nudge', tx => tx.run('update gold.hourly set mean = mean * (1 + 2.5e-16)'));
  const broken = (await verifyModel(lake, hourly)).filter(check => !check.ok);
  expect(broken.map(check => check.name)).toEqual(['gold.hourly: equals its recompute']);
  await lake.write('mend', tx => recompute(tx, hourly));
  expect(await allOk()).toEqual([]);
});

test('a function may finish what the select begins', async () => {
  const doubled = parseModel(
    'gold.doubled',
    `-- purpose: Twice the ticks of an hour, by a frame.
-- grain: [coin_id, hour]
-- sources: [gold.hourly]
-- slice: { unit: hour, source: hour, target: hour }

select coin_id, hour, ticks, null::bigint as twice from gold.hourly`,
    {
      transform: async frame => {
        const { default: polars } = await import('nodejs-polars');
        return frame.withColumns(polars.col('ticks').multiplyBy(2).alias('twice'));
      },
    },
  );
  await createTables(lake, [doubled]);
  await openScope(lake, [doubled]);
  await lake.write('double', tx => refresh(tx, doubled, [new Date('2026-03-02T01:00Z')]));
  expect(await lake.rows('select hour, twice from gold.doubled')).toEqual([
    { hour: new Date('2026-03-02T01:00Z'), twice: 4 },
  ]);
  await lake.write('all', tx => recompute(tx, doubled));
  expect((await verifyModel(lake, doubled)).filter(check => !check.ok)).toEqual([]);
});

test('what is made by another select than before is made anew, with all that reads it', async () => {
  const named = parseModel(
    'star.named',
    '-- purpose: The names, for this test.\n-- grain: [coin_id]\n-- sources: [star.names]\n-- kind: view\n\nfrom star.names',
  );
  const lengths = parseModel(
    'gold.lengths',
    `-- purpose: How long each name is.
-- grain: [coin_id]
-- sources: [star.named]

select coin_id, length(name) as length from star.named`,
  );
  expect(await createTables(lake, [named, lengths])).toEqual([]);
  await lake.write('fill', tx => recompute(tx, lengths));
  await lake.write('mark', tx => tx.run('update gold.lengths set length = -1'));
  expect(await createTables(lake, [named, lengths])).toEqual([]);
  expect(await lake.rows('from gold.lengths')).toEqual([{ coin_id: 'bitcoin', length: -1 }]); // nobody touched it

  const shouted = { ...named, sql: `select coin_id, name || '!' as name from star.names` };
  expect(await createTables(lake, [shouted, lengths])).toEqual(['gold.lengths']);
  expect(await lake.rows('from gold.lengths')).toEqual([{ coin_id: 'bitcoin', length: 8 }]);
  const wider = { ...lengths, sql: 'select coin_id, length(name) as length, upper(name) as capitals from star.named' };
  expect(await createTables(lake, [shouted, wider])).toEqual(['gold.lengths']);
  expect(await lake.rows('from gold.lengths')).toEqual([{ coin_id: 'bitcoin', length: 8, capitals: 'BITCOIN!' }]);

  // A lake that does not say how its tables were made keeps those that have today's columns; its views are made anew.
  await lake.write('forget', tx => tx.run('drop table pipeline.model_ledger; update gold.lengths set length = -1'));
  expect(await createTables(lake, [named, wider])).toEqual([]);
  expect(await lake.rows('select length, name from gold.lengths join star.named using (coin_id)')).toEqual([
    { length: -1, name: 'Bitcoin' },
  ]);
  await lake.write('forget', tx => tx.run('drop table pipeline.model_ledger'));
  expect(await createTables(lake, [named, lengths])).toEqual(['gold.lengths']);
  expect(await lake.rows('from gold.lengths')).toEqual([{ coin_id: 'bitcoin', length: 7 }]);
});

test('a header that says too little is refused with the reason', () => {
  expect(() => parseModel('gold.x', '-- purpose: Nothing much at all.\nselect 1')).toThrow(/gold\.x.*grain/s);
});

test('an error in the scope is told as it is, and one that passes is tried again', async () => {
  const span = { from: new Date(0), to: new Date() };
  const failing = (text: string, times = 99) => {
    let tries = 0;
    const query = () => (++tries > times ? 'select 1 as a' : `select error('${text}')`);
    return lake.write('fail', tx => inScope(tx, span, () => tx.rows(query())));
  };
  await expect(failing('the cause')).rejects.toThrow('the cause');
  await expect(lake.write('fail', tx => tx.frame(`select error('the cause')`))).rejects.toThrow('the cause');
  expect(await failing('database is locked', 1)).toEqual([{ a: 1 }]);
});

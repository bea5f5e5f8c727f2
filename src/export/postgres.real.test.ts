import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { type Postgres, startPostgres } from '../lake/postgres.fixture.ts';
import { execute, literal, query, type Row } from '../lake/rows.ts';
import { openDuck } from './duck.ts';
import { exportTables } from './export.ts';

const ground = mkdtempSync(join(tmpdir(), 'ticklake-export-'));
let lake: Lake;
let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
  lake = await openLake({ path: join(ground, 'lake', 'catalog.sqlite') });
  await lake.write('make tables', tx =>
    tx.run(`create schema gold; create table gold.coins (coin_id varchar, price_usd double, n bigint, day date, seen timestamptz);
      insert into gold.coins values ('bitcoin', 1.5, 9007199254740993, '2026-03-02', '2026-03-02T00:00:00.123456Z'),
        ('a' || chr(0) || 'b', 'nan', null, null, null);
      create table gold.many as select range as n, 'coin-' || range % 3 as coin_id from range(200_000)`),
  );
});
afterAll(async () => {
  await lake.close();
  await postgres[Symbol.asyncDispose]();
});

/** Ask PostgreSQL itself. */
async function ask<T = Row>(sql: string): Promise<T[]> {
  using duck = await openDuck(ground, ['postgres_scanner']);
  await execute(duck.connection, `attach ${literal(postgres.at)} as held (type postgres)`);
  return await query<T>(duck.connection, `from postgres_query('held', ${literal(sql)})`);
}
async function tell(sql: string) {
  using duck = await openDuck(ground, ['postgres_scanner']);
  await execute(duck.connection, `attach ${literal(postgres.at)} as held (type postgres)`);
  await execute(duck.connection, `call postgres_execute('held', ${literal(sql)})`);
}

test('a table comes with its types, and again with its rows replaced and its views kept', async () => {
  const coins = [{ table: 'gold.coins', to: postgres.at }];
  const [done] = await exportTables(lake, coins);
  expect(done!.place).not.toContain('geheim');
  expect(
    await ask(`select coin_id, price_usd::text as price_usd, n, day::text as day, seen at time zone 'UTC' = '2026-03-02 00:00:00.123456' as seen
               from gold.coins order by coin_id desc`),
  ).toEqual([
    { coin_id: 'bitcoin', price_usd: '1.5', n: 9007199254740993n, day: '2026-03-02', seen: true },
    { coin_id: 'a\uFFFDb', price_usd: 'NaN', n: null, day: null, seen: null },
  ]);
  await tell('create view gold.dear as select * from gold.coins where price_usd > 1');
  await lake.write('one less', tx => tx.run(`delete from gold.coins where n is null`));
  await exportTables(lake, coins);
  expect(await ask('select coin_id from gold.dear')).toEqual([{ coin_id: 'bitcoin' }]);
  expect(await ask(`select obj_description('gold.coins'::regclass)::json ->> 'rows' as rows`)).toEqual([{ rows: '1' }]);
});

test('a table whose columns have changed is made anew, or left as it was when a view needs it', async () => {
  const coins = [{ table: 'gold.coins', to: postgres.at }];
  await exportTables(lake, coins);
  await tell('create or replace view gold.dear as select * from gold.coins where price_usd > 1');
  await lake.write('one more column', tx => tx.run('alter table gold.coins add column rank integer'));
  await expect(exportTables(lake, coins)).rejects.toThrow(/view gold.dear depends on table gold.coins/);
  expect(await ask('select count(*) as n from gold.dear')).toEqual([{ n: 1 }]);
  await tell('drop view gold.dear');
  await exportTables(lake, coins);
  expect(await ask('select coin_id, rank from gold.coins')).toEqual([{ coin_id: 'bitcoin', rank: null }]);
});

test('what is ended half-way leaves the earlier rows, and nothing on its way', async () => {
  const many = [{ table: 'gold.many', to: postgres.at }];
  await exportTables(lake, many, { when: 1 });
  await lake.write('more', tx => tx.run('insert into gold.many select range, null from range(200_000)'));
  const ending = new AbortController();
  const ended = exportTables(lake, many, {
    signal: ending.signal,
    onProgress: ({ step }) => step === 'sending' && ending.abort(new Error('enough')),
  });
  await expect(ended).rejects.toThrow('enough');
  expect(await ask('select count(*) as n, count(coin_id) as named from gold.many')).toEqual([
    { n: 200_000, named: 200_000 },
  ]);
  expect(readdirSync(join(lake.at.side, 'tmp'))).toEqual([]);
  await exportTables(lake, many);
  expect(await ask('select count(*) as n, sum(n) as sum from gold.many')).toEqual([
    { n: 400_000, sum: 39_999_800_000 },
  ]);
});

test('a table that is no export of ours is left alone, and no password is told', async () => {
  await tell('create schema star; create table star.mine (n integer)');
  await lake.write('make', tx => tx.run('create schema star; create table star.mine as select 1 as n'));
  const mine = [{ table: 'star.mine', to: postgres.at }];
  await expect(exportTables(lake, mine)).rejects.toThrow('what is there under this name is no export of it');
  expect(await ask('select count(*) as n from star.mine')).toEqual([{ n: 0 }]);
  const nowhere = [{ table: 'gold.coins', to: 'postgres://u:geheim@127.0.0.1:1/x' }];
  const error = await exportTables(lake, nowhere).catch(error => error);
  expect(error.message).toContain('postgres://u:…@127.0.0.1:1/x');
  expect(error.stack).not.toContain('geheim');
});

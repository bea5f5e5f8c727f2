import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import polars from 'nodejs-polars';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { takeTurn } from '../run/turn.ts';
import { exportTables } from './export.ts';
import { labelFile } from './label.ts';

const ground = mkdtempSync(join(tmpdir(), 'ticklake-export-'));
let lake: Lake;
let to: string;
beforeAll(async () => {
  lake = await openLake({ path: join(ground, 'lake', 'catalog.sqlite') });
  await lake.write('make tables', async tx => {
    await tx.run(`create schema gold; create table gold.coins (coin_id varchar, price_usd double, seen timestamptz, "=note" varchar);
      insert into gold.coins values
        ('bitcoin', 1.5, '2026-03-02T00:00:00Z', '=1+1'), ('bitcoin', -2, '2026-03-02T01:00:00.123Z', null),
        ('../up', 3, '2026-03-02T02:00:00Z', 'a,"b"' || chr(13) || chr(10)), ('@sum', null, null, '');
      create table gold.many as select range as n, 'coin-' || range % 3 as coin_id from range(2_000_000);
      create view gold.breaks as select case when n = 1_999_999 then error('no luck') else n end as n from gold.many;
      create view gold.coins_now as from gold.coins`);
  });
  await lake.write('delete', tx => tx.run(`delete from gold.coins where coin_id = '@sum'`));
});
afterAll(() => lake.close());
beforeEach(() => {
  to = mkdtempSync(join(ground, 'to-'));
});

const fileOf = (table: string, file = `${table}.parquet`) => join(to, table, file);
const left = () => readdirSync(to).filter(name => name.startsWith('.'));

test('a table becomes Parquet that another engine reads, without what was deleted; and as it was before', async () => {
  const [done] = await exportTables(lake, [{ table: 'gold.coins', to }]);
  expect(done).toMatchObject({ table: 'gold.coins', place: join(to, 'gold.coins'), rows: 3 });
  expect(polars.readParquet(fileOf('gold.coins')).getColumn('price_usd').toArray()).toEqual([1.5, -2, 3]);
  const [before] = await exportTables(lake, [{ table: 'gold.coins', to }], { when: done!.version - 1 });
  expect(polars.readParquet(fileOf('gold.coins')).height).toBe(4);
  expect(JSON.parse(readFileSync(fileOf('gold.coins', labelFile), 'utf8'))).toMatchObject({
    ...{ export: 'ticklake', table: 'gold.coins', version: before!.version, format: 'parquet', rows: 4 },
    files: ['gold.coins.parquet'],
  });
  const [{ at }] = (await lake.rows<{ at: Date }>(
    `select snapshot_time as at from lake.snapshots() order by snapshot_id desc limit 1`,
  )) as [{ at: Date }];
  expect(await exportTables(lake, [{ table: 'gold.coins', to }], { when: at })).toMatchObject([{ rows: 3 }]);
  expect(left()).toEqual([]);
});

test('partitions are folders, whose names cannot lead elsewhere', async () => {
  await exportTables(lake, [{ table: 'gold.coins', partitionBy: ['coin_id'], to }]);
  expect(readdirSync(join(to, 'gold.coins')).sort()).toEqual([labelFile, 'coin_id=..%2Fup', 'coin_id=bitcoin'].sort());
  expect(polars.readParquet(fileOf('gold.coins', 'coin_id=bitcoin/data_0.parquet')).columns).toEqual([
    ...['price_usd', 'seen', '=note'],
  ]);
});

test('CSV is that of RFC 4180, and no spreadsheet runs its texts unless asked to leave them', async () => {
  const csv = () => readFileSync(fileOf('gold.coins', 'gold.coins.csv'), 'utf8');
  await exportTables(lake, [{ table: 'gold.coins', format: 'csv', to }], { when: 1 });
  expect(csv()).toBe(
    [
      `coin_id,price_usd,seen,'=note`,
      `bitcoin,1.5,2026-03-02 00:00:00+00,'=1+1`,
      `bitcoin,-2.0,2026-03-02 01:00:00.123+00,`,
      `../up,3.0,2026-03-02 02:00:00+00,"a,""b""\r\n"`,
      `'@sum,,,""`,
      '',
    ].join('\r\n'),
  );
  await exportTables(lake, [{ table: 'gold.coins', format: 'csv', to }], { formulas: true });
  expect(csv().split('\r\n').slice(0, 2)).toEqual([
    'coin_id,price_usd,seen,=note',
    'bitcoin,1.5,2026-03-02 00:00:00+00,=1+1',
  ]);
});

test('what fails or is ended half-way leaves the earlier export as it was, and nothing beside it', async () => {
  await exportTables(lake, [{ table: 'gold.coins', to }]);
  const good = readFileSync(fileOf('gold.coins', labelFile), 'utf8');
  const both = [
    { table: 'gold.coins', format: 'csv' as const, to },
    { table: 'gold.breaks', to },
  ];
  await expect(exportTables(lake, both)).rejects.toThrow(/Cannot export gold.breaks: .*no luck/);
  const ending = new AbortController();
  const told: number[] = [];
  const many = exportTables(lake, [{ table: 'gold.many', to }, both[0]!], {
    signal: ending.signal,
    onProgress: ({ rows }) => told.push(rows) && ending.abort(new Error('enough')),
  });
  await expect(many).rejects.toThrow('enough');
  expect(told.length).toBeGreaterThan(0);
  expect(readdirSync(to)).toEqual(['gold.coins']);
  expect(readFileSync(fileOf('gold.coins', labelFile), 'utf8')).toBe(good);
});

test('an export that waits for another one to end can be ended', async () => {
  using _turn = await takeTurn(join(lake.at.side, 'exports.sqlite'));
  const ending = new AbortController();
  const waiting = exportTables(lake, [{ table: 'gold.coins', to }], { signal: ending.signal });
  ending.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('what a killed export left goes with the next one, or comes back', async () => {
  for (const name of ['.gold.coins.0123abcd.part', '.gold.many.0123abcd.part', '.gold.coins.mine'])
    mkdirSync(join(to, name, 'coin_id=x'), { recursive: true });
  await exportTables(lake, [{ table: 'gold.coins', to }]);
  expect(left()).toEqual(['.gold.coins.mine', '.gold.many.0123abcd.part']);
  // Where the file system cannot let folders change places, the killed one may have put the earlier export aside.
  const aside = join(to, '.gold.coins.0123abcd.part.aside');
  renameSync(join(to, 'gold.coins'), aside);
  const failing = [
    { table: 'gold.coins', to },
    { table: 'gold.breaks', to },
  ];
  await expect(exportTables(lake, failing)).rejects.toThrow('no luck');
  expect([existsSync(aside), existsSync(fileOf('gold.coins', labelFile))]).toEqual([false, true]);
});

test('what is no export of ours is neither replaced nor deleted', async () => {
  const coins = [{ table: 'gold.coins', to }];
  mkdirSync(join(to, 'gold.coins'));
  writeFileSync(fileOf('gold.coins', 'thesis.txt'), 'mine');
  await expect(exportTables(lake, coins)).rejects.toThrow('what is there is no export of gold.coins');
  const other = mkdtempSync(join(ground, 'to-'));
  await exportTables(lake, [{ table: 'gold.coins', to: other }]);
  writeFileSync(join(other, 'gold.coins', 'thesis.txt'), 'mine');
  await expect(exportTables(lake, [{ table: 'gold.coins', to: other }])).rejects.toThrow('it holds thesis.txt');
  const linked = mkdtempSync(join(ground, 'to-'));
  symlinkSync(join(to, 'gold.coins'), join(linked, 'gold.coins'));
  await expect(exportTables(lake, [{ table: 'gold.coins', to: linked }])).rejects.toThrow('is no export of gold.coins');
  expect(readFileSync(fileOf('gold.coins', 'thesis.txt'), 'utf8')).toBe('mine');
});

test.each([
  ['gold.nothing', () => to, {}, 'Take one of gold.breaks, gold.coins'],
  ['gold.x"; drop table y', () => to, {}, 'wanted a table of silver, gold or star'],
  ['gold.coins', () => '../elsewhere', {}, 'it leads out of the project'],
  ['gold.coins', () => join(ground, 'lake', 'data', 'x'), {}, 'the lake itself lies there'],
  [
    'gold.coins',
    () => 'ftp://host/x',
    {},
    'Cannot export to ftp://…: wanted a folder, s3://bucket/prefix or postgres://',
  ],
  [
    'gold.coins',
    () => 'postgres:dbname=x password=geheim',
    {},
    /^Cannot export to that: wanted a folder, (?!.*geheim)/,
  ],
  ['gold.coins', () => 'dbname=x password=geheim', {}, /^Cannot export to that: wanted a folder, (?!.*geheim)/],
  ['gold.coins', () => 'postgres://u:ge@heim@host/x', {}, /^(?!.*heim).*is written %40/],
  ['gold.coins', () => to, { when: 99 }, 'Cannot export version 99: that snapshot is not kept'],
  ['gold.coins_now', () => to, { when: 1 }, 'it is a view'],
  ['gold.coins', () => to, { partitionBy: ['nope'] }, 'no such column. Take some of coin_id'],
])(
  '%s is refused: %#',
  async (table, place, { when, partitionBy }: { when?: number; partitionBy?: string[] }, said) => {
    await expect(exportTables(lake, [{ table, to: place(), partitionBy }], { when })).rejects.toThrow(said);
    expect(readdirSync(to)).toEqual([]);
  },
);

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { coin, landBatch, openTestLake } from '../silver/landing.fixture.ts';
import { landTape } from './land-tape.ts';
import { verify, verifyBronze } from './verify.ts';

const messages = Array.from({ length: 12 }, (_, offset) => ({
  offset: `${offset}`,
  timestamp: '0',
  key: null,
  value: Buffer.from('[]'),
}));

let lake: Lake;
beforeAll(async () => {
  lake = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'verify-')), 'catalog.sqlite') });
  await landTape(lake, messages, { upTo: 'bronze', batchSize: 4 });
  await lake.write('keep', tx =>
    tx.run(`create schema kept; create table kept.bronze as from bronze.crypto_ticks_raw;
      create table kept.ledger as from pipeline.landing_ledger`),
  );
});
afterAll(() => lake.close());
beforeEach(() =>
  lake.write('restore', async tx => {
    await tx.run(`delete from bronze.crypto_ticks_raw; insert into bronze.crypto_ticks_raw from kept.bronze;
      delete from pipeline.landing_ledger; insert into pipeline.landing_ledger from kept.ledger`);
  }),
);

const failed = async () => (await verifyBronze(lake)).filter(check => !check.ok).map(check => check.found);
const spoil = (sql: string) => lake.write('spoil', tx => tx.run(sql));

test('a sound bronze passes every check', async () => {
  expect(await verifyBronze(lake)).toHaveLength(8);
  expect(await failed()).toEqual([]);
});

test('a table that was made and is gone is missed', async () => {
  await using both = await openTestLake();
  const pollTime = new Date(Date.UTC(2026, 2, 9, 12));
  const value = JSON.stringify([coin('tron', pollTime, 0.3)]);
  await landBatch(both, [{ pollTime, value }], { upTo: 'gold', models: ['gold.crypto_hourly_stats'] });
  await both.write('drop', tx => tx.run('drop table gold.crypto_hourly_stats'));
  const lost = (await verify(both, 'all')).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(lost).toContain('gold.crypto_hourly_stats: is there');
});

test('what a profile leaves behind is brought up to date', async () => {
  await using both = await openTestLake();
  const at = (minute: number) => {
    const pollTime = new Date(Date.UTC(2026, 2, 9, 12, minute));
    return { pollTime, value: JSON.stringify([coin('tron', pollTime, 0.3)]) };
  };
  const hourly = 'gold.crypto_hourly_stats';
  await landBatch(both, [at(1)], { upTo: 'gold', models: [hourly] });
  await landBatch(both, [at(2), at(3)], { upTo: 'gold', models: [] });
  expect((await verify(both, 'all')).filter(({ ok }) => !ok)).toEqual([]);
  expect(await both.rows(`select tick_count from ${hourly}`)).toEqual([{ tick_count: 3 }]);
});

test.each([
  ['a message twice', 'insert into bronze.crypto_ticks_raw from kept.bronze where kafka_offset = 5'],
  ['a message missing', 'delete from bronze.crypto_ticks_raw where kafka_offset = 5'],
  ['a message that no landing covers', 'update bronze.crypto_ticks_raw set kafka_offset = 99 where kafka_offset = 11'],
  ['a header that is no JSON', "update bronze.crypto_ticks_raw set kafka_headers = 'none' where kafka_offset = 7"],
  ['a gap between landings', 'update pipeline.landing_ledger set first_offset = 5 where first_offset = 4'],
  [
    'a landing gone with its messages',
    'delete from pipeline.landing_ledger where first_offset = 4; delete from bronze.crypto_ticks_raw where kafka_offset between 4 and 7',
  ],
  ['landings that overlap', 'update pipeline.landing_ledger set last_offset = 4 where last_offset = 3'],
])('%s is found', async (_, sql) => {
  await spoil(sql);
  expect(await failed()).not.toEqual([]);
});

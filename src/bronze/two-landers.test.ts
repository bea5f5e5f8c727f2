import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { createBronze } from './begin.ts';
import { askLedger, type Known, LandedElsewhere, land } from './land.ts';
import { openStaging, type Staging } from './stage.ts';

let lake: Lake;
let staging: Staging;
beforeAll(async () => {
  lake = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });
  await createBronze(lake);
  staging = await openStaging(lake);
});
afterAll(() => lake.close());

const messagesOf = (from: number, next: number) =>
  Array.from({ length: next - from }, (_, n) => ({
    offset: `${from + n}`,
    timestamp: '0',
    key: null,
    value: Buffer.from('[]'),
  }));

const batchOf = (partition: number, from: number, next: number) => ({
  topic: 'prices',
  partition,
  from: BigInt(from),
  next: BigInt(next),
  high: BigInt(next),
  messages: messagesOf(from, next),
});

/** Land offsets `from` to `next` of a partition, as a lander that knows so much. */
async function landAs(known: Known, partition: number, from: number, next: number): Promise<Known> {
  staging.add(batchOf(partition, from, next), 1);
  const staged = staging.seal();
  try {
    await staged.bind();
    return await lake.write('land', async tx => land(tx, await askLedger(tx, staged.lots, known, 'cluster')));
  } finally {
    await staged.release();
  }
}

test('what another lander has landed beside is neither forgotten nor landed again', async () => {
  const nothing: Known = { landingId: 0, next: new Map() };
  const first = await landAs(nothing, 0, 0, 2);
  await landAs(nothing, 0, 2, 4); // by another lander
  const second = await landAs(first, 1, 0, 2); // which saw the other's landing
  await expect(landAs(second, 0, 2, 4)).rejects.toThrow(LandedElsewhere);
  await landAs(second, 0, 4, 6);
  expect(
    await lake.rows(
      'select kafka_partition as p, count(*) as n, max(kafka_offset) as last from bronze.crypto_ticks_raw group by all order by all',
    ),
  ).toEqual([
    { p: 0, n: 6, last: 5 },
    { p: 1, n: 2, last: 1 },
  ]);
});

test('messages that are read twice are staged once', async () => {
  staging.add(batchOf(7, 0, 5), 1);
  staging.add(batchOf(7, 2, 7), 1);
  const staged = staging.seal();
  await staged.bind();
  const [found] = await lake.rows(
    'select count(*) as n, count(distinct kafka_offset) as offsets from scope.bronze.crypto_ticks_raw',
  );
  expect(found).toEqual({ n: 7, offsets: 7 });
  await staged.release();
});

test('a ledger that has lost its rows stops the line', async () => {
  const known = await landAs({ landingId: 0, next: new Map() }, 8, 0, 2);
  await lake.write('lose the ledger', tx => tx.run('delete from pipeline.landing_ledger'));
  await expect(landAs(known, 8, 2, 4)).rejects.toThrow('has lost its rows');
});

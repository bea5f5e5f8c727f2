import { afterAll, beforeAll, expect, test } from 'vitest';
import { landStaged } from '../bronze/land.ts';
import { openStaging } from '../bronze/stage.ts';
import type { Lake } from '../lake/open.ts';
import { openLanding } from '../pipeline/landing.ts';
import { coin, landBatch, openTestLake, type TestMessage } from './landing.fixture.ts';
import { refine } from './refine.ts';

const at = (time: string) => new Date(`2026-03-${time}Z`);
const answer = (...coins: object[]) => JSON.stringify(coins);

let lake: Lake;
beforeAll(async () => {
  lake = await openTestLake();
}, 60_000);
afterAll(() => lake.close());

/** Land no further than silver; returns how many rows that brought. */
async function land(messages: TestMessage[], topic?: string) {
  const before = await counts();
  await landBatch(lake, messages, { upTo: 'silver', ...(topic && { topic }) });
  const after = await counts();
  return { prices: after.prices - before.prices, quarantined: after.quarantined - before.quarantined };
}
const counts = async () => {
  const there = await lake.rows("select 1 from duckdb_tables() where table_name = 'quarantine'");
  if (there.length === 0) return { prices: 0, quarantined: 0 };
  const [found] = await lake.rows<{ prices: number; quarantined: number }>(
    `select (select count(*) from silver.crypto_prices) as prices, (select count(*) from silver.quarantine) as quarantined`,
  );
  return found!;
};
const prices = async (id: string) =>
  (
    await lake.rows<{ price_usd: number }>(
      'select price_usd from silver.crypto_prices where coin_id = $id order by last_updated',
      { id },
    )
  ).map(row => row.price_usd);

test('of a batch each coin and last_updated stays once, as it was polled first', async () => {
  const same = at('02T00:00:10');
  const landed = await land([
    { value: answer(coin('a', same, 2)), pollTime: at('02T00:01:00') },
    { value: answer(coin('a', same, 1), coin('a', at('02T00:00:20'), 3)), pollTime: at('02T00:00:30') },
    { value: answer(coin('a', same, 9)), pollTime: at('02T00:01:30') },
  ]);
  expect(landed).toEqual({ prices: 2, quarantined: 0 });
  expect(await prices('a')).toEqual([1, 3]);
});

test('a message with ticks of very many days keeps each of them', async () => {
  const days = Array.from({ length: 120 }, (_, n) => new Date(Date.UTC(2020, 0, 1 + n, 12)));
  const value = answer(...days.map((day, n) => coin('old', day, n + 1)));
  expect(await land([{ value, pollTime: at('02T00:01:00') }])).toEqual({ prices: 120, quarantined: 0 });
  expect(await prices('old')).toEqual(days.map((_, n) => n + 1));
});

test('what a message of very many days repeats is looked for all at once', async () => {
  const days = Array.from({ length: 120 }, (_, n) => new Date(Date.UTC(2020, 0, 1 + n, 12)));
  const value = answer(...days.map(day => coin('old', day, 4)), coin('old', new Date(Date.UTC(2020, 0, 1, 13)), 4));
  expect(await land([{ value, pollTime: at('02T00:01:30') }])).toEqual({ prices: 1, quarantined: 0 });
  let looks = 0;
  const counting = lake.write('look again', async tx => {
    const run: typeof tx.run = (sql, params) => {
      if (sql.includes('insert into temp.incumbents')) looks++;
      return tx.run(sql, params);
    };
    await refine({ ...tx, run });
    throw new Error('that was all');
  });
  await expect(counting).rejects.toThrow('that was all');
  expect(looks).toBe(1);
});

test('a later poll of what is there adds nothing', async () => {
  const value = answer(coin('a', at('02T00:00:10'), 5));
  expect(await land([{ value, pollTime: at('02T00:02:00') }])).toEqual({ prices: 0, quarantined: 0 });
  expect(await prices('a')).toEqual([1, 3]);
});

test('an earlier poll that comes late takes the place of what is there', async () => {
  const value = answer(coin('a', at('02T00:00:10'), 7), coin('b', at('02T00:00:10'), 1));
  expect(await land([{ value, pollTime: at('02T00:00:20') }])).toEqual({ prices: 1, quarantined: 0 });
  expect(await prices('a')).toEqual([7, 3]);
});

test('where polls tie, the place in Kafka decides: topic, offset, index', async () => {
  const send = (topic: string, ...usd: number[]) =>
    land(
      [{ value: answer(...usd.map(each => coin('tie', at('02T01:00:00'), each))), pollTime: at('02T01:00:30') }],
      topic,
    );
  await send('topic-b', 1);
  await send('topic-c', 2);
  expect(await prices('tie')).toEqual([1]);
  await send('topic-b', 3);
  expect(await prices('tie')).toEqual([1]);
  await send('topic-a', 4, 5);
  expect(await prices('tie')).toEqual([4]);
});

test('where topics tie too, the epoch decides before the partition, and that before the offset', async () => {
  const land = async (id: string, usd: number, epoch: number, partition: number, offset: bigint) => {
    const value = Buffer.from(answer(coin(id, at('02T01:30:00'), usd)));
    const headers = { poll_time: '2026-03-02T01:30:30Z' };
    const messages = [{ offset: `${offset}`, timestamp: '0', key: null, value, headers }];
    const next = offset + 1n;
    staging.add({ topic: 'places', partition, from: offset, next, high: next, messages }, epoch);
    const staged = staging.seal();
    await landStaged({ lake, ...work }, staged, { landingId: 0, next: new Map() }, 'cluster');
    await staged.release();
  };
  const work = await openLanding(lake, 'silver');
  const staging = await openStaging(lake);
  await land('epochs', 1, 1, 5, 5n);
  await land('epochs', 2, 2, 0, 0n);
  expect(await prices('epochs')).toEqual([1]);
  await land('partitions', 1, 2, 4, 0n);
  await land('partitions', 2, 2, 3, 9n);
  expect(await prices('partitions')).toEqual([2]);
  staging.close();
  work.close();
});

test('what is wrong goes to quarantine with its place, and its neighbours stay', async () => {
  const pollTime = at('02T02:00:30');
  const landed = await land([
    { value: '<html>', pollTime },
    { value: answer(coin('q', at('02T02:00:00'), '12'), coin('q', at('02T02:00:00'), 12)), pollTime },
    { value: Buffer.from([0xff]), pollTime },
  ]);
  expect(landed).toEqual({ prices: 1, quarantined: 3 });
  const rows = await lake.rows(`
    select reject_reason, coin_id, kafka_offset - (select min(kafka_offset) from silver.quarantine) as nth, array_index
    from silver.quarantine order by kafka_offset, array_index`);
  expect(rows).toEqual([
    { reject_reason: 'not_json', coin_id: null, nth: 0, array_index: 0 },
    { reject_reason: 'price_not_a_number', coin_id: 'q', nth: 1, array_index: 0 },
    { reject_reason: 'not_text', coin_id: null, nth: 2, array_index: 0 },
  ]);
});

test('microseconds tell prices apart', async () => {
  const us = (micros: number, price: number) => coin('us', `2026-03-02T03:00:00.00000${micros}Z`, price);
  await land([{ value: answer(us(1, 1), us(2, 2)), pollTime: at('02T03:00:30') }]);
  const earlier = { value: answer(us(2, 3)), pollTime: at('02T03:00:20') };
  expect(await land([earlier])).toEqual({ prices: 0, quarantined: 0 });
  expect(await prices('us')).toEqual([1, 3]);
});

test('a batch of many days is compared with what is there on each of them', async () => {
  const days = Array.from({ length: 5 }, (_, day) => at(`${String(day + 3).padStart(2, '0')}T00:00:00`));
  const wide = (price: number, pollTime: Date) => [
    { value: answer(...days.map(day => coin('days', day, price))), pollTime },
  ];
  expect(await land(wide(1, at('30T00:00:00')))).toMatchObject({ prices: 5 });
  expect(await land(wide(2, at('29T00:00:00')))).toMatchObject({ prices: 0 });
  expect(await prices('days')).toEqual(days.map(() => 2));
  await land(wide(3, at('31T00:00:00')));
  expect(await prices('days')).toEqual(days.map(() => 2));
});

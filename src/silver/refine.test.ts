import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lake } from '../lake/open.ts';
import { coin, landBatch, openTestLake, type TestMessage } from './landing.fixture.ts';

const at = (time: string) => new Date(`2026-03-${time}Z`);
const answer = (...coins: object[]) => JSON.stringify(coins);

let lake: Lake;
beforeAll(async () => {
  lake = await openTestLake();
}, 60_000);
afterAll(() => lake.close());

let next = 0;
/** Land without refreshing what comes after silver; offsets count on. */
const land = (...messages: TestMessage[]) =>
  landBatch(
    lake,
    messages.map(message => ({ offset: next++, ...message })),
    [],
  );
const prices = (id: string) =>
  lake.rows(
    `select price_usd, last_updated, kafka_offset from silver.crypto_prices where coin_id = '${id}' order by last_updated`,
  );

test('of a batch each coin and last_updated stays once, as it was polled first', async () => {
  const same = at('02T00:00:10');
  const refined = await land(
    { value: answer(coin('a', same, 2)), pollTime: at('02T00:01:00') },
    { value: answer(coin('a', same, 1), coin('a', at('02T00:00:20'), 3)), pollTime: at('02T00:00:30') },
    { value: answer(coin('a', same, 9)), pollTime: at('02T00:01:30') },
  );
  expect(refined).toMatchObject({ prices: 2, replaced: 0, quarantined: 0 });
  expect((await prices('a')).map(row => row.price_usd)).toEqual([1, 3]);
});

test('a message with ticks of very many days keeps each of them', async () => {
  const days = Array.from({ length: 120 }, (_, n) => new Date(Date.UTC(2020, 0, 1 + n, 12)));
  const value = answer(...days.map(day => coin('old', day, 4)));
  expect(await land({ value, pollTime: at('02T00:01:00') })).toMatchObject({ prices: 120, quarantined: 0 });
  expect((await prices('old')).map(row => row.last_updated)).toEqual(days);
});

test('a later poll of what is there adds nothing', async () => {
  const refined = await land({ value: answer(coin('a', at('02T00:00:10'), 5)), pollTime: at('02T00:02:00') });
  expect(refined).toMatchObject({ prices: 0, replaced: 0, quarantined: 0 });
});

test('an earlier poll that comes late takes the place of what is there', async () => {
  const refined = await land({
    value: answer(coin('a', at('02T00:00:10'), 7), coin('b', at('02T00:00:10'), 1)),
    pollTime: at('02T00:00:20'),
  });
  expect(refined).toMatchObject({ prices: 1, replaced: 1, quarantined: 0 });
  expect((await prices('a')).map(row => row.price_usd)).toEqual([7, 3]);
});

test('where polls tie, the place in Kafka decides: epoch, partition, offset, index', async () => {
  const tie = { pollTime: at('02T01:00:30') };
  const price = (usd: number) => answer(coin('tie', at('02T01:00:00'), usd));
  const now = async () => (await prices('tie'))[0]!.price_usd;
  await land({ ...tie, value: price(1), epoch: 1, partition: 1, offset: 500 });
  await land({ ...tie, value: price(2), epoch: 2, partition: 0, offset: 0 });
  expect(await now()).toBe(1);
  await land({ ...tie, value: price(3), epoch: 1, partition: 0, offset: 900 });
  expect(await now()).toBe(3);
  await land({ ...tie, value: price(4), epoch: 1, partition: 0, offset: 899 });
  expect(await now()).toBe(4);
  await land({
    ...tie,
    value: answer(coin('tie', at('02T01:00:00'), 5), coin('tie', at('02T01:00:00'), 6)),
    epoch: 1,
    partition: 0,
    offset: 10,
  });
  expect(await now()).toBe(5);
});

test('what is wrong goes to quarantine with its place, and its neighbours stay', async () => {
  const refined = await land(
    { value: '<html>', pollTime: at('02T02:00:30') },
    {
      value: answer(coin('q', at('02T02:00:00'), '12'), coin('q', at('02T02:00:00'), 12)),
      pollTime: at('02T02:00:30'),
    },
    { value: Buffer.from([0xff]), pollTime: at('02T02:00:30') },
  );
  expect(refined).toMatchObject({ prices: 1, replaced: 0, quarantined: 3 });
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
  await land({
    value: answer(coin('us', '2026-03-02T03:00:00.000001Z', 1), coin('us', '2026-03-02T03:00:00.000002Z', 2)),
    pollTime: at('02T03:00:30'),
  });
  const refined = await land({
    value: answer(coin('us', '2026-03-02T03:00:00.000002Z', 3)),
    pollTime: at('02T03:00:20'),
  });
  expect(refined).toMatchObject({ prices: 0, replaced: 1, quarantined: 0 });
  expect((await prices('us')).map(row => row.price_usd)).toEqual([1, 3]);
});

test('a batch of many days is compared with what is there on each of them', async () => {
  const days = Array.from({ length: 20 }, (_, day) => at(`${String(day + 3).padStart(2, '0')}T00:00:00`));
  const wide = (price: number, pollTime: Date) => ({
    value: answer(...days.map(day => coin('days', day, price))),
    pollTime,
  });
  expect(await land(wide(1, at('30T00:00:00')))).toMatchObject({ prices: 20 });
  expect(await land(wide(2, at('29T00:00:00')))).toMatchObject({ prices: 0, replaced: 20 });
  expect(await land(wide(3, at('31T00:00:00')))).toMatchObject({ prices: 0, replaced: 0 });
});

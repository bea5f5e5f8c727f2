import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lake } from '../lake/open.ts';
import { tapeMessage } from '../pipeline/land-tape.ts';
import { expectAllLanded, expectTablesRight } from './exact.fixture.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { poison, polledAt } from './poison.fixture.ts';
import { message, pollsFrom } from './tape.fixture.ts';

const [before, after] = [pollsFrom(10, 2, 60), pollsFrom(70, 2, 60)];

let ground: Ground;
let lake: Lake;
beforeAll(async () => {
  ground = await openGround();
  await ground.open();
  await ground.publish(before.map(tapeMessage));
  for (const { value } of poison) await ground.publish([message(value, polledAt)]);
  await ground.publish(after.map(tapeMessage));
  await ground.runUntilIdle();
  lake = await ground.read();
});
afterAll(() => ground[Symbol.asyncDispose]());

test('the line goes on behind the poison', async () => {
  await expectAllLanded(lake, ground.addresses);
  const [row] = await lake.rows<{ at: Date }>('select max(poll_time) as at from silver.crypto_prices');
  expect(row!.at).toEqual(after.at(-1)!.pollTime);
});

test.each(poison.map((one, n) => [one.name, one, n + before.length] as const))(
  '%s: set aside with its reason, its neighbours stay',
  async (_, { reasons }, offset) => {
    const quarantined = await lake.rows<{ at: number; reason: string }>(
      'select array_index as at, reject_reason as reason from silver.quarantine where kafka_offset = $offset order by all',
      { offset },
    );
    const kept = await lake.rows<{ at: number }>(
      'select array_index as at from silver.crypto_prices where kafka_offset = $offset order by all',
      { offset },
    );
    expect(quarantined).toEqual(reasons.flatMap((reason, at) => (reason === null ? [] : [{ at, reason }])));
    expect(kept.map(({ at }) => at)).toEqual(reasons.flatMap((reason, at) => (reason === null ? [at] : [])));
  },
);

test('of a key that comes twice the first counts', async () => {
  const offset = before.length + poison.findIndex(({ name }) => name === 'a key twice');
  expect(
    await lake.rows('select price_usd from silver.crypto_prices where kafka_offset = $offset and array_index = 1', {
      offset,
    }),
  ).toEqual([{ price_usd: 11 }]);
});

test('with poison in bronze every table equals its recompute', () => expectTablesRight(lake));

test('what is shown of a rejected element is short', async () => {
  expect(
    await lake.rows('select * from silver.quarantine where element_snippet is null or length(element_snippet) > 400'),
  ).toEqual([]);
});

test('the line starts again behind a message that begins with a byte order mark', async () => {
  await ground.publish([{ ...message('\ufeff[]', polledAt), key: '\ufeffk' }]);
  await ground.runUntilIdle();
  await ground.runUntilIdle();
});

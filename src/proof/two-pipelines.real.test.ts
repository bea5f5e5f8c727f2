import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAllLanded, expectTablesRight } from './exact.fixture.ts';
import { type Ground, openGround, until } from './ground.fixture.ts';
import { deliverBadly, pollsFrom } from './tape.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
  await ground.open(3);
});
afterAll(() => ground[Symbol.asyncDispose]());

const landings = async (): Promise<number> => {
  const lake = await ground.read();
  const [found] = await lake.rows<{ n: number }>('select count(distinct landing_id) as n from pipeline.landing_ledger');
  return found!.n;
};

test('two pipelines on three partitions and one lake, one of them killed: exact', async () => {
  const { messages } = deliverBadly(pollsFrom(30, 90, 20), 5);
  const spread = messages.map((message, n) => ({ ...message, partition: n % 3 }));
  await ground.publish(spread.slice(0, 60));
  const [first, second] = [ground.pipeline(['--batch', '2']), ground.pipeline(['--batch', '2'])];
  await Promise.all([first.ready, second.ready]);
  const before = await landings();
  await ground.publish(spread.slice(60, 90));
  // Both land; while they do, one dies.
  await until('both have gone on', async () => (await landings()) > before);
  await ground.changes(7, Promise.all([first.exited, second.exited]));
  process.kill(second.pid, 'SIGKILL');
  await second.exited;
  await ground.publish(spread.slice(90));
  await ground.runUntilIdle(['--batch', '2']); // a third one, beside the first that still runs
  expect(first.running()).toBe(true);
  await first.stop();
  await ground.runUntilIdle();
  const lake = await ground.read();
  expect(await lake.rows('select count(*) as n from bronze.crypto_ticks_raw')).toEqual([{ n: spread.length }]);
  await expectAllLanded(lake, ground.addresses);
  await expectTablesRight(lake);
});

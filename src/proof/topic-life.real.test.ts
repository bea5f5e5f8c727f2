import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBroker } from '../kafka/broker.ts';
import { deleteTopic, ensureTopic, topicOffsets, withAdmin } from '../kafka/topics.ts';
import { tapeMessage } from '../pipeline/land-tape.ts';
import { readProfile } from '../run/profile.ts';
import { needsAttention } from '../system/supervisor.ts';
import { expectAllLanded, expectTablesRight } from './exact.fixture.ts';
import { type Ground, openGround, topic, until } from './ground.fixture.ts';
import { deliverBadly, pollsFrom } from './tape.fixture.ts';

const group = `ticklake-${readProfile().name}`;
const wayOn = 'begin a new epoch: npm run pipeline -- --new-epoch';
const first = deliverBadly(pollsFrom(0, 30, 60), 9).messages;

// One topic's whole life, in order: each test goes on where the one before left the lake.
let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
  await ground.open();
  await ground.publish(first);
  await ground.runUntilIdle();
});
afterAll(() => ground[Symbol.asyncDispose]());

/** Every table's count, and a sum of its rows. */
async function fingerprint(): Promise<unknown> {
  const lake = await ground.read();
  const tables = await lake.rows<{ name: string }>(
    `select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'lake' order by all`,
  );
  const [prints] = await lake.rows(
    `select ${tables.map(({ name }) => `(select (count(*), sum(hash(t)::hugeint))::varchar from ${name} as t) as "${name}"`).join(', ')}`,
  );
  return prints;
}

/** Expect that the pipeline stops for its user, with the reason and the way on, and changes nothing. */
async function expectStop(...words: string[]): Promise<void> {
  const before = await fingerprint();
  const child = ground.pipeline(['--until-idle']);
  expect(await child.exited).toEqual({ code: needsAttention, signal: null });
  for (const word of words) expect(child.said()).toContain(word);
  expect(await fingerprint()).toEqual(before);
}

test('a group set back to offset 0, or without offsets, adds nothing but what is new', async () => {
  const before = await fingerprint();
  const setBack = (admin: Admin) =>
    admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '0' }] });
  const deleted = async (admin: Admin) => void (await admin.deleteGroups([group]));
  await forget(setBack);
  await ground.runUntilIdle();
  expect(await fingerprint()).toEqual(before);
  for (const [n, how] of [setBack, deleted].entries()) {
    await forget(how);
    await ground.publish(pollsFrom(30 + n, 1, 60).map(tapeMessage));
    await ground.runUntilIdle();
  }
  const lake = await ground.read();
  expect(await lake.rows('select count(*) as n from bronze.crypto_ticks_raw')).toEqual([{ n: first.length + 2 }]);
  await expectAllLanded(lake, ground.addresses);
  await expectTablesRight(lake);
});

/** Change the group, as soon as nobody is in it any more. */
const forget = (how: (admin: Admin) => Promise<void>): Promise<boolean> =>
  until('the group is deserted', () =>
    withAdmin(ground.addresses, how).then(
      () => true,
      () => false,
    ),
  );

test('a topic made again, shorter or as long, stops the line; a new epoch goes on, and twins are decided across both', async () => {
  const remake = async () => {
    await deleteTopic(topic, ground.addresses);
    await until('the topic is made again', () => ensureTopic(topic, {}, ground.addresses).catch(() => false));
  };
  await remake();
  await ground.publish(pollsFrom(20, 3, 60).map(tapeMessage));
  await expectStop(topic, 'the topic was deleted and made again', wayOn);
  // The same hours once more, and new ones; some were polled earlier than their twins of the first epoch.
  const again = pollsFrom(20, 20, 60).map(({ body, pollTime }, n) =>
    tapeMessage({ body: renamed(body), pollTime: new Date(pollTime.getTime() - (n % 2) * 1000) }),
  );
  await ground.publish([...again, ...first.slice(0, 10)]);
  await ground.publish(pollsFrom(40, 10, 60).map(tapeMessage));
  await expectStop(topic, 'at offset', 'the topic was deleted and made again', wayOn);

  await ground.runUntilIdle(['--new-epoch']);
  const lake = await ground.read();
  const epochs = await lake.rows(
    'select kafka_epoch as epoch, count(*) as n from bronze.crypto_ticks_raw group by all order by all',
  );
  expect(epochs).toEqual([
    { epoch: 1, n: first.length + 2 },
    { epoch: 2, n: 3 + again.length + 10 + 10 },
  ]);
  await expectAllLanded(lake, ground.addresses, 2);
  await expectTablesRight(lake);
  const winners = await lake.rows<{ epoch: number }>(
    `select distinct kafka_epoch as epoch from silver.crypto_prices
     where last_updated >= timestamptz '2026-03-02T20:00:00Z' and last_updated < timestamptz '2026-03-03T05:00:00Z' order by all`,
  );
  expect(winners).toEqual([{ epoch: 1 }, { epoch: 2 }]);

  await ground.publish(pollsFrom(50, 2, 60).map(tapeMessage));
  await ground.runUntilIdle(); // goes on in the new epoch
  await expectAllLanded(await ground.read(), ground.addresses, 2);
});

test('offsets gone by retention stop the line; a new epoch goes on with what is left', async () => {
  const [end] = await topicOffsets(topic, ground.addresses);
  await ground.publish(pollsFrom(52, 12, 60).map(tapeMessage));
  await withAdmin(ground.addresses, async admin => {
    await admin.fetchTopicOffsets(topic); // the client must know the topic first
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: `${end!.high + 7n}` }] });
  });
  await expectStop(topic, '7 offsets are gone', wayOn);
  await ground.runUntilIdle(['--new-epoch']);
  const lake = await ground.read();
  await expectAllLanded(lake, ground.addresses, 3);
  await expectTablesRight(lake);
});

test('another cluster stops the line', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ticklake-proof-other-'));
  await using other = await startBroker({ dataDir });
  await ensureTopic(topic, {}, [other.address]);
  const own = ground.addresses.splice(0, 1, other.address);
  await expectStop(topic, `this is cluster ${other.clusterId}`, 'Set KAFKA_BROKERS to that cluster', wayOn);
  ground.addresses.splice(0, 1, ...own);
  await ground.runUntilIdle();
  await other.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The same answer with other names, so that it shows which of two twins stayed. */
const renamed = (body: Buffer): Buffer => Buffer.from(body.toString().replaceAll('"name":"', '"name":"New '));

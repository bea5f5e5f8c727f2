import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { OffsetsGone, OtherCluster, TopicRemade } from '../kafka/errors.ts';
import { type Outgoing, openProducer } from '../kafka/produce.ts';
import { deleteTopic, ensureTopic, topicOffsets, withAdmin } from '../kafka/topics.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { verifyBronze } from '../pipeline/verify.ts';
import { inRoot } from '../run/paths.ts';
import { EpochOver } from './land.ts';
import { type LanderOptions, runLander } from './lander.ts';

let broker: Broker;
let addresses: string[];
const brokerDir = mkdtempSync(join(tmpdir(), 'ticklake-landing-'));
beforeAll(async () => {
  broker = await startBroker({ dataDir: brokerDir });
  addresses = [broker.address];
});
afterAll(() => broker.stop());

const newLake = () => openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-lake-')), 'catalog.sqlite') });

const landAll = (lake: Lake, topic: string, more: Partial<LanderOptions> = {}) =>
  runLander({ lake, topic, groupId: `land-${topic}`, addresses, untilIdle: true, ...more });

async function send(topic: string, messages: Outgoing[]) {
  await using producer = await openProducer({ addresses });
  for (let at = 0; at < messages.length; at += 1000) await producer.send(topic, messages.slice(at, at + 1000));
}

const numbers = (count: number, from = 0): Outgoing[] =>
  Array.from({ length: count }, (_, i) => ({ key: `${(from + i) % 7}`, value: `{"n":${from + i}}` }));

/** Counts that must be equal when every message is there once. */
const counts = async (lake: Lake, topic: string) =>
  (
    await lake.rows(
      `select count(*) as n, count(distinct (kafka_epoch, kafka_partition, kafka_offset)) as places
       from bronze.crypto_ticks_raw where kafka_topic = $topic`,
      { topic },
    )
  )[0];

const expectProven = async (lake: Lake) => expect((await verifyBronze(lake)).filter(({ ok }) => !ok)).toEqual([]);

test('a message lands as it came, whatever it holds', async () => {
  const topic = 'as-it-came';
  await ensureTopic(topic, {}, addresses);
  const timestamp = new Date('2026-03-02T00:01:00Z');
  const headers = { source: 'simulated', poll_time: '2026-03-02T00:00:30.000Z', note: '"quoted" Zürich' };
  await send(topic, [
    { key: 'coins/markets', value: '[{"id":"bitcoin"}]', headers, timestamp },
    { key: Buffer.from([0xff, 0x01]), value: Buffer.from([0xfe, 0x00, 0x41]), timestamp },
    { key: 'gone', value: null, headers: { source: 'simulated', poll_time: 'noon' }, timestamp },
    { value: '', timestamp: new Date(0) },
    { key: '', value: "it's \u0000 \\ \u{1F4A5} 'quoted'", timestamp },
    { key: 'a\u001fb', value: 'x'.repeat(300_000), headers: { source: 'coingecko' }, timestamp },
  ]);
  await using lake = await newLake();
  const now = new Date('2030-01-01T00:00:00Z');
  await landAll(lake, topic, { clock: () => now });
  const rows = await lake.rows('select * from bronze.crypto_ticks_raw order by kafka_offset');
  const place = { kafka_topic: topic, kafka_epoch: 1, kafka_partition: 0, kafka_timestamp: timestamp, raw_bytes: null };
  expect(rows).toEqual([
    {
      ...place,
      kafka_offset: 0,
      kafka_key: 'coins/markets',
      kafka_headers: JSON.stringify(headers),
      raw_payload: '[{"id":"bitcoin"}]',
      ingestion_timestamp: new Date(headers.poll_time),
    },
    {
      ...place,
      kafka_offset: 1,
      kafka_key: '\\xff01',
      kafka_headers: '{}',
      raw_payload: null,
      raw_bytes: Buffer.from([0xfe, 0x00, 0x41]),
      ingestion_timestamp: now,
    },
    {
      ...place,
      kafka_offset: 2,
      kafka_key: 'gone',
      kafka_headers: '{"source":"simulated","poll_time":"noon"}',
      raw_payload: null,
      ingestion_timestamp: timestamp,
    },
    {
      ...place,
      kafka_offset: 3,
      kafka_key: null,
      kafka_headers: '{}',
      kafka_timestamp: new Date(0),
      raw_payload: '',
      ingestion_timestamp: now,
    },
    {
      ...place,
      kafka_offset: 4,
      kafka_key: '',
      kafka_headers: '{}',
      raw_payload: null,
      raw_bytes: Buffer.from("it's \u0000 \\ \u{1F4A5} 'quoted'"),
      ingestion_timestamp: now,
    },
    {
      ...place,
      kafka_offset: 5,
      kafka_key: 'a\u001fb',
      kafka_headers: '{"source":"coingecko"}',
      raw_payload: 'x'.repeat(300_000),
      ingestion_timestamp: now,
    },
  ]);
  await landAll(lake, topic); // the last message, read again, is found the same
  await expectProven(lake);
});

test('three partitions land, in many transactions, and a second run adds only what is new', async () => {
  const topic = 'three';
  await ensureTopic(topic, { partitions: 3 }, addresses);
  await send(topic, numbers(3000));
  await using lake = await newLake();
  let landings = 0;
  await landAll(lake, topic, { maxMessages: 400, afterLanding: () => void landings++ });
  expect(await counts(lake, topic)).toEqual({ n: 3000, places: 3000 });
  expect(landings).toBeGreaterThan(1);
  await send(topic, numbers(100, 3000));
  await landAll(lake, topic, { groupId: 'another group starts from the ledger too' });
  expect(await counts(lake, topic)).toEqual({ n: 3100, places: 3100 });
  await expectProven(lake);
});

test('a group set back to offset 0 adds nothing: the ledger decides, not the group', async () => {
  const topic = 'replayed';
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(500));
  await using lake = await newLake();
  await landAll(lake, topic);
  await withAdmin(addresses, admin =>
    admin.setOffsets({ groupId: `land-${topic}`, topic, partitions: [{ partition: 0, offset: '0' }] }),
  );
  await send(topic, numbers(1, 500));
  await landAll(lake, topic);
  expect(await counts(lake, topic)).toEqual({ n: 501, places: 501 });
  await expectProven(lake);
});

test('the group shows how far the landing is', async () => {
  const topic = 'lag';
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(10));
  await using lake = await newLake();
  await landAll(lake, topic);
  const [shown] = await withAdmin(addresses, admin =>
    admin.fetchOffsets({ groupId: `land-${topic}`, topics: [topic] }),
  );
  expect(shown!.partitions).toMatchObject([{ partition: 0, offset: '10' }]);
});

test('gaps of transactions are no loss, and an end of marks alone is idle', async () => {
  const topic = 'gaps';
  await ensureTopic(topic, {}, addresses);
  await using producer = await openProducer({ addresses, transactionalId: 'gaps' });
  for (let round = 0; round < 4; round++)
    await producer
      .transaction(async send => {
        await send(topic, numbers(5, round * 5));
        if (round % 2 === 1) throw new Error('take it back');
      })
      .catch(() => {});
  await using lake = await newLake();
  await landAll(lake, topic, { maxMessages: 3 });
  expect(await counts(lake, topic)).toEqual({ n: 10, places: 10 });
  await landAll(lake, topic);
  expect(await counts(lake, topic)).toEqual({ n: 10, places: 10 });
  await expectProven(lake);
});

test('offsets gone by retention stop the line, and a new epoch goes on with what is left', async () => {
  const topic = 'retention';
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(10));
  await using lake = await newLake();
  await landAll(lake, topic);
  await send(topic, numbers(10, 10));
  await withAdmin(addresses, async admin => {
    await admin.fetchTopicOffsets(topic); // the client must know the topic first
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '15' }] });
  });
  const stopped = landAll(lake, topic);
  await expect(stopped).rejects.toThrow(OffsetsGone);
  await expect(stopped).rejects.toThrow('5 offsets are gone');
  expect(await counts(lake, topic)).toEqual({ n: 10, places: 10 });
  await landAll(lake, topic, { newEpoch: true });
  expect(await counts(lake, topic)).toEqual({ n: 15, places: 15 });
  await expectProven(lake);
});

test('a topic made again is noticed, shorter or as long as before, and a new epoch reads it from its start', async () => {
  const topic = 'made-again';
  const remake = async (messages: Outgoing[]) => {
    await deleteTopic(topic, addresses);
    while (!(await ensureTopic(topic, {}, addresses).catch(() => false))) await sleep(50);
    await send(topic, messages);
  };
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(20));
  await using lake = await newLake();
  await landAll(lake, topic);

  await remake(numbers(5, 100));
  await expect(landAll(lake, topic)).rejects.toThrow(TopicRemade);
  await remake(numbers(40, 200));
  const stopped = landAll(lake, topic);
  await expect(stopped).rejects.toThrow(TopicRemade);
  await expect(stopped).rejects.toThrow('--new-epoch');
  expect(await counts(lake, topic)).toEqual({ n: 20, places: 20 });

  await landAll(lake, topic, { newEpoch: true });
  expect(await counts(lake, topic)).toEqual({ n: 60, places: 60 });
  await landAll(lake, topic); // goes on in the new epoch
  expect(await counts(lake, topic)).toEqual({ n: 60, places: 60 });
  await expectProven(lake);
});

test('a topic made again while it is read lands nothing of its new life in the old epoch', async () => {
  const topic = 'made-again-meanwhile';
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(5));
  await using lake = await newLake();
  const landed = Promise.withResolvers<void>();
  const reading = landAll(lake, topic, { untilIdle: false, afterLanding: () => landed.resolve() });
  await Promise.race([landed.promise, reading]);
  await deleteTopic(topic, addresses);
  await sleep(3000); // at once, the reader would be refused for its offset
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(50, 100));
  await expect(reading).rejects.toThrow(TopicRemade);
  expect(await counts(lake, topic)).toEqual({ n: 5, places: 5 });
  await landAll(lake, topic, { newEpoch: true });
  expect(await counts(lake, topic)).toEqual({ n: 55, places: 55 });
  await expectProven(lake);
});

test('another cluster is refused', async () => {
  const topic = 'elsewhere';
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(3));
  await using lake = await newLake();
  await landAll(lake, topic);
  await using other = await startBroker({ dataDir: mkdtempSync(join(tmpdir(), 'ticklake-other-')) });
  await ensureTopic(topic, {}, [other.address]);
  await expect(landAll(lake, topic, { addresses: [other.address] })).rejects.toThrow(OtherCluster);
});

test('two landers at once are exact, in one group and in two', async () => {
  for (const groups of [
    ['same', 'same'],
    ['one', 'other'],
  ]) {
    const topic = `both-${groups.join('-')}`;
    await ensureTopic(topic, { partitions: 3 }, addresses);
    await send(topic, numbers(4000));
    const path = join(mkdtempSync(join(tmpdir(), 'ticklake-lake-')), 'catalog.sqlite');
    await using lake = await openLake({ path });
    const first = landAll(lake, topic, { groupId: groups[0], maxMessages: 150 });
    const second = runApart(path, topic, groups[1]!);
    await first;
    expect(await second.exited).toBe(0);
    expect(await counts(lake, topic)).toEqual({ n: 4000, places: 4000 });
    await expectProven(lake);
  }
});

test('a lander whose topic was begun anew by another ends with the reason', async () => {
  const topic = 'two-epochs';
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(5));
  const path = join(mkdtempSync(join(tmpdir(), 'ticklake-lake-')), 'catalog.sqlite');
  await using lake = await openLake({ path });
  const landed = Promise.withResolvers<void>();
  const old = landAll(lake, topic, { untilIdle: false, afterLanding: () => landed.resolve() });
  old.catch(() => {});
  await landed.promise;
  expect(await runApart(path, topic, 'new', 'newEpoch: true').exited).toBe(0);
  await send(topic, numbers(5, 5));
  await expect(old).rejects.toThrow(EpochOver);
});

test('a second lander of one lake in one process is refused: they would share their tables in memory', async () => {
  const topic = 'one-process';
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(5));
  await using lake = await newLake();
  const landed = Promise.withResolvers<void>();
  const stop = new AbortController();
  const first = landAll(lake, topic, { untilIdle: false, signal: stop.signal, afterLanding: () => landed.resolve() });
  await landed.promise;
  await expect(landAll(lake, topic)).rejects.toThrow('lands already');
  stop.abort();
  await first;
  await landAll(lake, topic);
});

test('a broker that restarts interrupts nothing but the time', async () => {
  const topic = 'restart';
  await ensureTopic(topic, {}, addresses);
  await send(topic, numbers(100));
  await using lake = await newLake();
  const stop = new AbortController();
  const reached = new Map([100, 200, 300].map(n => [n, Promise.withResolvers<void>()]));
  let rows = 0;
  const landing = landAll(lake, topic, {
    untilIdle: false,
    signal: stop.signal,
    afterLanding: landed => {
      rows += landed.rows;
      reached.get(rows)?.resolve();
    },
  });
  await reached.get(100)!.promise;
  const port = Number(addresses[0]!.split(':')[1]);
  await broker.stop();
  broker = await startBroker({ dataDir: brokerDir, port });
  await send(topic, numbers(100, 100));
  await Promise.race([reached.get(200)!.promise, landing]);
  process.kill(broker.pid, 'SIGKILL');
  await broker.exited;
  broker = await startBroker({ dataDir: brokerDir, port });
  await send(topic, numbers(100, 200));
  await Promise.race([reached.get(300)!.promise, landing]);
  stop.abort();
  await landing;
  expect(await counts(lake, topic)).toEqual({ n: 300, places: 300 });
  await expectProven(lake);
});

test('kill -9 in the middle of batches loses nothing and lands nothing twice', async () => {
  const topic = 'killed';
  await ensureTopic(topic, { partitions: 2 }, addresses);
  await send(topic, numbers(6000));
  const path = join(mkdtempSync(join(tmpdir(), 'ticklake-lake-')), 'catalog.sqlite');
  for (let kill = 0; kill < 4; kill++) {
    const child = runApart(path, topic, 'killed');
    await Promise.race([once(child.stdout!, 'data'), child.exited]);
    await sleep(kill * 9); // each time at another point of a batch
    child.kill('SIGKILL');
    await child.exited;
  }
  await using lake = await openLake({ path });
  const before = Number((await counts(lake, topic))!.n);
  expect(before).toBeGreaterThan(0);
  await landAll(lake, topic);
  expect(await counts(lake, topic)).toEqual({ n: 6000, places: 6000 });
  const high = (await topicOffsets(topic, addresses)).reduce((sum, offsets) => sum + offsets.high, 0n);
  expect(high).toBe(6000n);
  await expectProven(lake);
});

/** A lander in a process of its own; says "landed" after each of its small landings. */
function runApart(path: string, topic: string, groupId: string, more = '') {
  const code = `
    import { openLake } from './src/lake/open.ts';
    import { runLander } from './src/bronze/lander.ts';
    await using lake = await openLake({ path: ${JSON.stringify(path)} });
    await runLander({
      lake, topic: '${topic}', groupId: '${groupId}', addresses: ${JSON.stringify(addresses)}, untilIdle: true,
      maxMessages: 150, afterLanding: ({ rows }) => console.log('landed', rows), ${more}
    });`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    cwd: inRoot(),
    stdio: ['ignore', 'pipe', 'inherit'], // small enough to fit the pipe unread
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return Object.assign(child, { exited });
}

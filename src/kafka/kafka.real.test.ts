import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from './broker.ts';
import { connect, createPartitioner, KafkaUnreachable } from './connect.ts';
import { type Batch, consume } from './consume.ts';
import { OffsetsGone, TopicRemade } from './errors.ts';
import { openProducer, type Producer } from './produce.ts';
import { follow, readRange } from './read.ts';
import { topicId } from './topic-id.ts';
import { deleteTopic, ensureTopic, topicOffsets, withAdmin } from './topics.ts';

let broker: Broker;
let addresses: string[];
beforeAll(async () => {
  broker = await startBroker({ dataDir: mkdtempSync(join(tmpdir(), 'ticklake-kafka-')) });
  addresses = [broker.address];
});
afterAll(() => broker.stop());

const range = (count: number) => Array.from({ length: count }, (_, i) => ({ value: `${i}` }));
const texts = (messages: { value: Buffer | null }[]) => messages.map(({ value }) => String(value));

/** Consume until `enough`, from the given offsets. */
async function take(topic: string, enough: (batches: Batch[]) => boolean, startAt = 0n): Promise<Batch[]> {
  const stop = new AbortController();
  const batches: Batch[] = [];
  await consume({
    topic,
    groupId: `take-${topic}`,
    startAt: () => startAt,
    addresses,
    signal: stop.signal,
    onBatch: batch => {
      batches.push(batch);
      if (enough(batches)) stop.abort();
    },
  });
  return batches;
}

test('keys, headers, times, tombstones and bytes come back as they were sent', async () => {
  await ensureTopic('round-trip', {}, addresses);
  await using producer = await openProducer({ addresses });
  const timestamp = new Date('2026-03-02T00:00:30Z');
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  await producer.send('round-trip', [
    { key: 'coins/markets', value: '[{"id":"bitcoin"}]', headers: { source: 'simulated', name: 'Zürich' }, timestamp },
    { key: 'gone', value: null },
    { key: bytes, value: bytes },
  ]);
  const messages = await readRange('round-trip', 0, 0n, undefined, addresses);
  expect(messages[0]).toEqual({
    topic: 'round-trip',
    partition: 0,
    offset: 0n,
    timestamp,
    key: Buffer.from('coins/markets'),
    value: Buffer.from('[{"id":"bitcoin"}]'),
    headers: { source: 'simulated', name: 'Zürich' },
  });
  expect(messages[1]).toMatchObject({ value: null, headers: {} });
  expect(messages[2]).toMatchObject({ key: bytes, value: bytes });
});

test('a batch of any length and a message with any number of headers are read', async () => {
  await ensureTopic('many', {}, addresses);
  await using producer = await openProducer({ addresses });
  await producer.send('many', range(200_000));
  const headers = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`name-${i}`, `${i}`]));
  await producer.send('many', [{ value: 'last', headers }]);
  const batches = await take('many', batches => batches.at(-1)!.next === 200_001n);
  expect(batches.flatMap(({ messages }) => messages)).toHaveLength(200_001);
  const [last] = await readRange('many', 0, 200_000n, undefined, addresses);
  expect(last!.headers).toEqual(headers);
});

test('headers named like what every object has come back as they were sent', async () => {
  await ensureTopic('odd-names', {}, addresses);
  await using producer = await openProducer({ addresses });
  const sent = JSON.parse('{"__proto__":"a","constructor":"b","toString":["c","d"],"plain":["e","f"]}');
  await producer.send('odd-names', [{ value: 'x', headers: sent }]);
  const [message] = await readRange('odd-names', 0, 0n, undefined, addresses);
  expect(JSON.stringify(message!.headers)).toBe(JSON.stringify(sent));
});

test('a key always goes to one partition, and a named partition is obeyed', async () => {
  await ensureTopic('keyed', { partitions: 3 }, addresses);
  await using producer = await openProducer({ addresses });
  const coins = ['bitcoin', 'ethereum', 'solana', 'cardano', 'ripple', 'tron'];
  for (let poll = 0; poll < 3; poll++)
    await producer.send(
      'keyed',
      coins.map(coin => ({ key: coin, value: `${poll}` })),
    );
  await producer.send('keyed', [{ key: 'bitcoin', value: 'here', partition: 2 }]);
  const seen = new Map<string, Set<number>>();
  for (const { partition } of await topicOffsets('keyed', addresses))
    for (const message of await readRange('keyed', partition, 0n, undefined, addresses))
      if (String(message.value) !== 'here')
        seen.set(String(message.key), (seen.get(String(message.key)) ?? new Set()).add(partition));
  expect([...seen.keys()].sort()).toEqual([...coins].sort());
  expect([...seen.values()].map(({ size }) => size)).toEqual(coins.map(() => 1));
  const { high } = (await topicOffsets('keyed', addresses))[2]!;
  expect(texts(await readRange('keyed', 2, high - 1n, high, addresses))).toEqual(['here']);
});

test('a topic is made once, and of a topic that is not there the name is said', async () => {
  expect(await ensureTopic('once', {}, addresses)).toBe(true);
  expect(await ensureTopic('once', {}, addresses)).toBe(false);
  await expect(topicOffsets('nowhere', addresses)).rejects.toThrow('no such topic');
  await deleteTopic('nowhere', addresses);
});

test('a topic can be deleted and made again at once, as often as one likes', async () => {
  for (let partitions = 1; partitions <= 20; partitions++) {
    await deleteTopic('again', addresses);
    expect(await ensureTopic('again', { partitions }, addresses)).toBe(true);
    expect(await topicOffsets('again', addresses)).toHaveLength(partitions);
  }
});

test('a topic made again has another id', async () => {
  const name = 'x'.repeat(249);
  await ensureTopic(name, {}, addresses);
  const first = await topicId(name, addresses);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(await topicId(name, ['127.0.0.1:1', ...addresses])).toBe(first);
  await deleteTopic(name, addresses);
  expect(await topicId(name, addresses)).toBeUndefined();
  await ensureTopic(name, {}, addresses);
  expect(await topicId(name, addresses)).not.toBe(first);
  expect(await topicId(name, ['127.0.0.1:1'])).toBeUndefined();
});

test('messages of any time are accepted', async () => {
  await ensureTopic('times', {}, addresses);
  await using producer = await openProducer({ addresses });
  const [past, future] = [new Date('2001-01-01Z'), new Date('2199-01-01Z')];
  await producer.send('times', [
    { value: 'past', timestamp: past },
    { value: 'future', timestamp: future },
  ]);
  const messages = await readRange('times', 0, 0n, undefined, addresses);
  expect(messages.map(({ timestamp }) => timestamp)).toEqual([past, future]);
});

test('a range is exact: nothing before, nothing after, and it ends by itself', async () => {
  await ensureTopic('exact', {}, addresses);
  await using producer = await openProducer({ addresses });
  await producer.send('exact', range(50));
  expect(texts(await readRange('exact', 0, 10n, 13n, addresses))).toEqual(['10', '11', '12']);
  expect(await readRange('exact', 0, 13n, 13n, addresses)).toEqual([]);
  expect(texts(await readRange('exact', 0, 48n, 1000n, addresses))).toEqual(['48', '49']);
});

test('what a transaction took back is not read, and batches join without a gap over it', async () => {
  await ensureTopic('transactions', {}, addresses);
  await using producer = await openProducer({ addresses, transactionalId: 'test' });
  const failed = new Error('take it back');
  for (const keep of [true, false, true, false])
    await producer
      .transaction(async send => {
        await send('transactions', range(3));
        if (!keep) throw failed;
      })
      .catch(error => {
        if (error !== failed) throw error;
      });
  // 0-2 kept, 3 mark, 4-6 taken back, 7 mark, 8-10 kept, 11 mark, 12-14 taken back, 15 mark
  expect(await topicOffsets('transactions', addresses)).toEqual([{ partition: 0, low: 0n, high: 16n }]);
  const messages = await readRange('transactions', 0, 0n, 16n, addresses);
  expect(messages.map(({ offset }) => Number(offset))).toEqual([0, 1, 2, 8, 9, 10]);
  expect(await readRange('transactions', 0, 12n, 16n, addresses)).toEqual([]);
  const batches = await take('transactions', all => all.at(-1)!.next === 16n);
  expect(batches[0]!.from).toBe(0n);
  for (const [at, batch] of batches.slice(1).entries()) expect(batch.from).toBe(batches[at]!.next);
});

test('transactions that overlap are taken back whole, whatever keys their messages have', async () => {
  await ensureTopic('overlapping', {}, addresses);
  await using first = await openProducer({ addresses, transactionalId: 'first' });
  await using second = await openProducer({ addresses, transactionalId: 'second' });
  const undo = async () => Promise.reject(new Error('take it back'));
  const send = (by: Producer['send'], value: string, key?: Buffer) => by('overlapping', [{ key, value }]);
  await first
    .transaction(async outer => {
      await send(outer, 'first, before');
      await second
        .transaction(async inner => {
          await send(inner, 'second');
          await send(outer, 'first, meanwhile', Buffer.from([0, 0, 0, 0])); // as the mark of an abort has it
          await undo(); // ends before the one that began before it
        })
        .catch(() => {});
      await send(outer, 'first, after');
      await undo();
    })
    .catch(() => {});
  await second.transaction(kept => send(kept, 'kept'));
  const [offsets] = await topicOffsets('overlapping', addresses);
  expect(texts(await readRange('overlapping', 0, 0n, offsets!.high, addresses))).toEqual(['kept']);
});

test('a partition that is added meanwhile is read', async () => {
  await ensureTopic('grows', {}, addresses);
  await using producer = await openProducer({ addresses });
  await producer.send('grows', [{ value: 'before' }]);
  let added: Promise<unknown> | undefined;
  const add = async () => {
    await withAdmin(addresses, admin => admin.createPartitions({ topicPartitions: [{ topic: 'grows', count: 2 }] }));
    await using later = await openProducer({ addresses });
    await later.send('grows', [{ value: 'after', partition: 1 }]);
  };
  const batches = await take('grows', all => {
    added ??= add();
    return all.some(({ partition }) => partition === 1);
  });
  await added;
  expect(batches.at(-1)).toMatchObject({ partition: 1, from: 0n, next: 1n });
});

test('reading from what retention has deleted is an error that says what is lost', async () => {
  await ensureTopic('short', {}, addresses);
  await using producer = await openProducer({ addresses });
  await producer.send('short', range(20));
  await withAdmin(addresses, async admin => {
    await admin.fetchTopicOffsets('short'); // the client must know the topic first
    await admin.deleteTopicRecords({ topic: 'short', partitions: [{ partition: 0, offset: '12' }] });
  });
  const reading = take('short', all => all.at(-1)!.next === 20n, 5n);
  await expect(reading).rejects.toThrow(OffsetsGone);
  await expect(reading).rejects.toThrow('7 offsets are gone');
  expect(texts(await readRange('short', 0, 0n, 14n, addresses))).toEqual(['12', '13']);
});

test('reading from beyond the end is an error, since the topic cannot be the one it was', async () => {
  await ensureTopic('remade', {}, addresses);
  await using producer = await openProducer({ addresses });
  await producer.send('remade', range(3));
  await expect(take('remade', () => false, 10n)).rejects.toThrow(TopicRemade);
});

test('what a reader throws ends the reading, and is what the caller gets', async () => {
  await ensureTopic('slow', {}, addresses);
  await using producer = await openProducer({ addresses });
  await producer.send('slow', range(3));
  const failing = consume({
    topic: 'slow',
    groupId: 'slow',
    startAt: () => 0n,
    addresses,
    onBatch: () => {
      throw new Error('no more');
    },
  });
  await expect(failing).rejects.toThrow('no more');
});

test('following gives messages as they arrive, and ends by signal, by break and by interrupt', async () => {
  await ensureTopic('live', {}, addresses);
  await using producer = await openProducer({ addresses });
  await producer.send('live', [{ value: 'old' }]);

  const stop = new AbortController();
  const seen: string[] = [];
  for await (const message of follow('live', { from: 'start', signal: stop.signal, addresses })) {
    seen.push(String(message.value));
    if (seen.length < 3) await producer.send('live', [{ value: `new ${seen.length}` }]);
    else stop.abort();
  }
  expect(seen).toEqual(['old', 'new 1', 'new 2']);

  for await (const message of follow('live', { from: { 0: 1n }, addresses })) {
    expect(String(message.value)).toBe('new 1');
    break;
  }
  for await (const message of follow('live', { from: 'start', addresses })) {
    expect(String(message.value)).toBe('old');
    process.emit('SIGINT');
  }
});

test('without a broker the error says where, why and what to do', async () => {
  const nobody = ['127.0.0.1:1'];
  const asked = topicOffsets('any', nobody);
  await expect(asked).rejects.toThrow(KafkaUnreachable);
  await expect(asked).rejects.toThrow(
    'Cannot reach Kafka at 127.0.0.1:1: connection refused. Start it with "npm start", or set KAFKA_BROKERS.',
  );
});

/** Snappy without compressing anything: literals of at most 60 bytes, after their whole length. */
function snappy(bytes: Buffer): Buffer {
  const length = [];
  for (let left = bytes.length; left > 0; left >>>= 7) length.push((left & 127) | (left > 127 ? 128 : 0));
  const literals = Array.from({ length: Math.ceil(bytes.length / 60) }, (_, n) => {
    const part = bytes.subarray(n * 60, n * 60 + 60);
    return Buffer.concat([Buffer.from([(part.length - 1) << 2]), part]);
  });
  return Buffer.concat([Buffer.from(length), ...literals]);
}

test('what another program has packed in a way that the client cannot read is read', async () => {
  await ensureTopic('foreign', {}, addresses);
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const own = CompressionCodecs[CompressionTypes.Snappy];
  const compress = async ({ buffer }: { buffer: Buffer }) => snappy(buffer);
  CompressionCodecs[CompressionTypes.Snappy] = () => ({ compress, decompress: () => Promise.reject(new Error('no')) });
  const producer = connect(addresses).producer({ createPartitioner });
  await producer.connect();
  const messages = [{ value: 'packed' }];
  await producer.send({ topic: 'foreign', compression: CompressionTypes.Snappy, messages });
  await producer.disconnect();
  CompressionCodecs[CompressionTypes.Snappy] = own;
  expect(texts(await readRange('foreign', 0, 0n, 1n, addresses))).toEqual(['packed']);
});

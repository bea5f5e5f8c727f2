import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { connect, isUnreachable, reaching, waitForBroker } from './connect.ts';
import { OffsetsGone, TopicRemade } from './errors.ts';
import type { RawMessage } from './message.ts';
import { topicOffsets } from './topics.ts';

/**
 * Messages of one partition that came together. Batches of a partition join without a gap: all that Kafka holds from
 * `from` up to, not including, `next` is here. Offsets without a message belong to Kafka's own records (the marks of
 * transactions), to aborted transactions, or to a compacted log.
 */
export type Batch = {
  topic: string;
  partition: number;
  from: bigint;
  next: bigint;
  /** Where the partition ended when this was fetched: `high - next` messages wait. */
  high: bigint;
  /** Empty when there was nothing but such records. */
  messages: RawMessage[];
};

/** How far a partition is read. */
export type Position = { topic: string; partition: number; next: bigint };

export type ConsumeOptions = {
  topic: string;
  groupId: string;
  /** The first offset to read, asked on every assignment of a partition; undefined leaves the partition out. */
  startAt(partition: number): Promise<bigint | undefined> | bigint | undefined;
  /**
   * Take a batch; nothing more is fetched until this settles. What it throws ends the reading.
   *
   * @param commit tells Kafka how far the reading is, for those who watch the group's lag; it never fails
   */
  onBatch(batch: Batch, commit: (positions: Position[]) => Promise<void>): Promise<void> | void;
  signal?: AbortSignal;
  addresses?: string[];
};

const heartbeatMs = 1000;
const restMs = 500; // before Kafka is asked again

/** A member that was killed is forgotten, and a change of members settled, after ten seconds (the client's own: 30 and 60). */
const membership = { sessionTimeout: 10_000, rebalanceTimeout: 10_000, heartbeatInterval: heartbeatMs };

/** Partitions that are added while a topic is read are found after five seconds (the client's own: five minutes). */
const metadataMaxAge = 5000;

/** Larger fetches than the client's own: a third quicker through a backlog. The wait only bounds how soon a reader ends. */
export const fetchSizes = { maxWaitTimeInMs: 500, maxBytesPerPartition: 4 * 1024 * 1024 };

/**
 * Read a topic until the signal: begin at `startAt` on every assignment, hand over every batch, and go on by itself after
 * a restart of the broker. Of transactions only what was committed is read.
 *
 * @throws KafkaUnreachable at the start, and when Kafka stays away; OffsetsGone, TopicRemade; what `startAt` or `onBatch` threw
 */
export async function consume(options: ConsumeOptions): Promise<void> {
  const { addresses, signal } = options;
  while (!signal?.aborted && (await readUntilLost(options)) === 'lost') {
    await sleep(restMs, undefined, { signal }).catch(() => {});
    await waitForBroker(addresses, { signal }).catch(error => {
      if (!signal?.aborted) throw error;
    });
  }
}

/**
 * Read until the signal, or until the client gives up on a broker that went away: it goes on by itself after most failures,
 * and gives up when the broker dies while the group's coordinator is asked for.
 */
async function readUntilLost(options: ConsumeOptions): Promise<'ended' | 'lost'> {
  const { topic, groupId, onBatch, signal, addresses } = options;
  const consumer = connect(addresses).consumer({
    groupId,
    metadataMaxAge,
    ...membership,
    ...fetchSizes,
  });
  const end = Promise.withResolvers<'ended' | 'lost'>();
  let over = false;
  const finish = (error?: unknown) => {
    over = true;
    error === undefined ? end.resolve('ended') : end.reject(error);
  };
  const aborted = () => finish();
  signal?.addEventListener('abort', aborted);
  end.promise.catch(() => {});

  const places = placesOf(consumer, options, finish);
  const commit = (positions: Position[]) => commitTo(consumer, positions);
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) return;
    if (!isUnreachable(payload.error)) return finish(payload.error);
    over = true;
    end.resolve('lost');
  });

  // Batches without a message are passed over by the client; only this event tells of them.
  consumer.on(consumer.events.START_BATCH_PROCESS, async ({ payload }) => {
    const { partition, batchSize, firstOffset } = payload;
    if (batchSize > 0) return;
    const place = await places(partition);
    if (!place || over || firstOffset !== `${place.next}`) return;
    const [from, next, high] = [place.next, BigInt(payload.lastOffset) + 1n, BigInt(payload.highWatermark)];
    place.next = next;
    await Promise.resolve(onBatch({ topic, partition, from, next, high, messages: [] }, commit)).catch(finish);
  });

  const eachBatch = async ({ batch, resolveOffset, heartbeat, isStale }: EachBatchPayload) => {
    const { partition, messages } = batch;
    const place = await places(partition);
    if (!place || over || isStale()) return;
    const from = place.next;
    // Which offset was asked for is missing in the client's types.
    const asked = BigInt((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    const high = BigInt(batch.highWatermark);
    if (asked !== from) {
      const error = await explainJump(batch, from, asked, addresses);
      if (error) return finish(error);
    }
    const next = BigInt(batch.lastOffset()) + 1n;
    const taking = (async () => onBatch({ topic, partition, from, next, high, messages }, commit))();
    taking.catch(finish);
    await alive(taking, heartbeat);
    place.next = next;
    resolveOffset(batch.lastOffset());
  };

  try {
    const steps = [
      () => reaching(addresses, consumer.connect()),
      () => reaching(addresses, consumer.subscribe({ topic, fromBeginning: true })),
      () => consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch }),
    ];
    const begin = async () => {
      for (const step of steps) if (!over) await step();
      if (over) await consumer.disconnect();
    };
    // The client tries for half a minute to reach a broker that is away; whoever ends the reading does not wait for that.
    await Promise.race([begin(), end.promise]);
    return await end.promise;
  } finally {
    over = true;
    signal?.removeEventListener('abort', aborted);
    await consumer.disconnect().catch(() => {});
  }
}

/**
 * Keep the place of every assigned partition: on each assignment ask `startAt` and seek there. What was fetched before
 * the seek is stale.
 */
function placesOf(consumer: Consumer, { topic, startAt }: ConsumeOptions, fail: (error: unknown) => void) {
  const places = new Map<number, Promise<{ next: bigint } | undefined>>();
  const begin = async (partition: number) => {
    const next = await startAt(partition);
    if (next === undefined) {
      consumer.pause([{ topic, partitions: [partition] }]);
      return undefined;
    }
    consumer.seek({ topic, partition, offset: `${next}` });
    return { next };
  };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    places.clear();
    for (const partition of payload.memberAssignment[topic] ?? []) {
      const place = begin(partition);
      place.catch(fail);
      places.set(partition, place);
    }
  });
  return async (partition: number) => places.get(partition);
}

/**
 * Say why Kafka was asked for another offset than the next one. That the client passed over records without a message by
 * itself is no error.
 */
async function explainJump(
  { topic, partition, highWatermark }: EachBatchPayload['batch'],
  from: bigint,
  asked: bigint,
  addresses?: string[],
): Promise<Error | undefined> {
  if (asked < from)
    return new TopicRemade(topic, partition, `offset ${from} is to be read and it ends at ${highWatermark}`);
  const low = (await topicOffsets(topic, addresses)).find(offsets => offsets.partition === partition)?.low ?? 0n;
  return low > from ? new OffsetsGone(topic, partition, from, low) : undefined;
}

/** Wait for work, and tell the group's coordinator meanwhile that this member lives. */
async function alive(work: Promise<void>, heartbeat: () => Promise<void>): Promise<void> {
  const done = work.then(() => true);
  const stop = new AbortController();
  try {
    while (!(await Promise.race([done, sleep(heartbeatMs, false, { signal: stop.signal })]))) await heartbeat();
  } finally {
    stop.abort();
  }
}

async function commitTo(consumer: Consumer, positions: Position[]): Promise<void> {
  const offsets = positions.map(({ topic, partition, next }) => ({ topic, partition, offset: `${next}` }));
  await consumer.commitOffsets(offsets).catch(() => {}); // only the display of lag depends on it
}

import { randomUUID } from 'node:crypto';
import { consume } from './consume.ts';
import { type Message, toMessage } from './message.ts';
import { topicOffsets } from './topics.ts';

/**
 * Read the messages of a partition between two offsets. Ends by itself; offsets that hold no message are left out.
 *
 * @param from first offset, inclusive
 * @param to last offset, exclusive; the partition's present end when left out or beyond it
 * @returns messages in the order of offsets
 * @throws KafkaUnreachable; an error when there is no such topic or partition
 * @example await readRange('crypto.prices.raw', 0, 0n, 10n)
 */
export async function readRange(
  topic: string,
  partition: number,
  from: bigint | number,
  to?: bigint | number,
  addresses?: string[],
): Promise<Message[]> {
  const offsets = (await topicOffsets(topic, addresses)).find(found => found.partition === partition);
  if (!offsets) throw new Error(`Cannot read "${topic}", partition ${partition}: the topic has no such partition.`);
  const first = BigInt(from) > offsets.low ? BigInt(from) : offsets.low;
  const end = to !== undefined && BigInt(to) < offsets.high ? BigInt(to) : offsets.high;
  const messages: Message[] = [];
  if (first >= end) return messages;
  const done = new AbortController();
  await consume({
    topic,
    groupId: `ticklake-read-${randomUUID()}`,
    addresses,
    signal: done.signal,
    startAt: found => (found === partition ? first : undefined),
    onBatch: batch => {
      for (const raw of batch.messages) if (BigInt(raw.offset) < end) messages.push(toMessage(topic, partition, raw));
      if (batch.next >= end) done.abort();
    },
  });
  return messages;
}

export type FollowOptions = {
  /** `start` of the topic, its present `end` (when left out), or for each partition an offset. */
  from?: 'start' | 'end' | Record<number, bigint>;
  signal?: AbortSignal;
  addresses?: string[];
};

/**
 * Follow a topic: give every message as it arrives, until the signal, an interrupt (the stop button, Ctrl-C) or `break`.
 * Of each partition in order. What is not asked for yet waits in Kafka.
 *
 * @example for await (const message of follow('crypto_prices')) console.log(String(message.value))
 */
export async function* follow(topic: string, options: FollowOptions = {}): AsyncGenerator<Message, void, undefined> {
  const { from = 'end', signal, addresses } = options;
  const places = new Map<number, bigint>();
  for (const { partition, low, high } of await topicOffsets(topic, addresses))
    places.set(partition, from === 'end' ? high : from === 'start' ? low : (from[partition] ?? high));
  const stop = new AbortController();
  const stopped = Promise.withResolvers<void>();
  const interrupt = () => {
    stop.abort();
    stopped.resolve();
    arrived.resolve([]);
  };
  process.once('SIGINT', interrupt);
  signal?.addEventListener('abort', interrupt);
  let arrived = Promise.withResolvers<Message[]>();
  let taken = Promise.withResolvers<void>();
  if (signal?.aborted) interrupt();
  let failure: unknown;
  const reading = consume({
    topic,
    groupId: `ticklake-follow-${randomUUID()}`,
    addresses,
    signal: stop.signal,
    startAt: partition => places.get(partition) ?? 0n,
    onBatch: async batch => {
      places.set(batch.partition, batch.next);
      if (batch.messages.length === 0) return;
      arrived.resolve(batch.messages.map(raw => toMessage(topic, batch.partition, raw)));
      await Promise.race([taken.promise, stopped.promise]);
    },
  }).catch(error => {
    failure = error;
    interrupt();
  });
  try {
    while (!stop.signal.aborted) {
      const messages = await arrived.promise;
      if (failure) throw failure;
      for (const message of messages) {
        if (stop.signal.aborted) return;
        yield message;
      }
      arrived = Promise.withResolvers();
      taken.resolve();
      taken = Promise.withResolvers();
    }
  } finally {
    interrupt();
    process.off('SIGINT', interrupt);
    signal?.removeEventListener('abort', interrupt);
    await reading;
  }
}

import { type Known, landStaged } from '../bronze/land.ts';
import { newsSince, placeKey } from '../bronze/ledger.ts';
import { openStaging } from '../bronze/stage.ts';
import type { Batch } from '../kafka/consume.ts';
import type { RawMessage } from '../kafka/message.ts';
import type { Lake } from '../lake/open.ts';
import type { Poll } from '../market/tape.ts';
import { openKeeper } from './keeper.ts';
import { openLanding } from './landing.ts';
import type { Layer } from './tables.ts';

export type TapeOptions = {
  /** Fill up to this layer. */
  upTo?: Layer;
  /** Names of the models to make beside bronze and silver.crypto_prices; all, if left out. */
  models?: readonly string[];
  topic?: string;
  /** Most messages of a transaction; as many as memory bears, if left out. */
  batchSize?: number;
  /** Called before each step of the work: a batch to land, a model to make. */
  onStep?: (done: number, of: number, what: string) => void;
};

const cluster = 'tape';
const epoch = 1;

/** A poll of a tape as the feed publishes it; tests give it other values than an answer's bytes. */
export const tapeMessage = <V>({ pollTime, body }: { pollTime: Date; body: V }) => ({
  key: 'coins/markets',
  value: body,
  timestamp: pollTime,
  headers: { source: 'simulated', address: 'tape', status: '200', poll_time: pollTime.toISOString() },
});

/** Polls as Kafka hands over what the feed publishes: offsets count up from `firstOffset`. */
export const pollMessages = (polls: Iterable<Poll>, firstOffset = 0n): RawMessage[] =>
  Array.from(polls, (poll, at) => {
    const { key, timestamp, ...message } = tapeMessage(poll);
    return {
      offset: `${firstOffset + BigInt(at)}`,
      timestamp: `${timestamp.getTime()}`,
      key: Buffer.from(key),
      ...message,
    };
  });

/**
 * Put messages into the lake without a broker, through the very code that lands them from Kafka: bronze and its ledger,
 * silver, gold, star. Messages that the ledger has are skipped, so that doing it again changes nothing.
 *
 * @param messages - of one partition, in the order of their offsets; see pollMessages
 */
export async function landTape(
  lake: Lake,
  messages: readonly RawMessage[],
  {
    upTo = 'star',
    models,
    topic = 'crypto.prices.raw',
    batchSize = Number.POSITIVE_INFINITY,
    onStep,
  }: TapeOptions = {},
): Promise<void> {
  const work = await openLanding(lake, upTo, models);
  const staging = await openStaging(lake);
  try {
    let known: Known = await lake.reads(async session => {
      const { landingId, next } = await newsSince(session, 0);
      return { landingId, next };
    });
    const done = known.next.get(placeKey(topic, epoch, 0)) ?? 0n;
    const left = messages.filter(message => BigInt(message.offset) >= done);
    const parts = [...batches(left, batchSize)];
    const of = parts.length + work.later.length;
    for (const [at, part] of parts.entries()) {
      onStep?.(at, of, 'landing messages');
      staging.add(batchOf(topic, part), epoch);
      const staged = staging.seal();
      ({ known } = await landStaged({ lake, ...work }, staged, known, cluster));
      await staged.release();
    }
    const onStart = (model: string) => {
      const at = work.later.findIndex(({ name }) => name === model);
      onStep?.(parts.length + at, of, `making ${model}`);
    };
    await openKeeper(lake, work.later, { onStart }).catchUp();
  } finally {
    staging.close();
    work.close();
  }
}

const parsedAtOnce = 24 * 1024 * 1024; // bytes of JSON; parsing takes some ten times as much memory

function* batches(messages: RawMessage[], most: number): Generator<RawMessage[]> {
  let batch: RawMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    batch.push(message);
    bytes += message.value?.length ?? 0;
    if (batch.length < most && bytes < parsedAtOnce) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

function batchOf(topic: string, messages: RawMessage[]): Batch {
  const next = BigInt(messages.at(-1)!.offset) + 1n;
  return { topic, partition: 0, from: BigInt(messages[0]!.offset), next, high: next, messages };
}

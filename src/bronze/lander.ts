import { KafkaUnreachable } from '../kafka/connect.ts';
import { type Batch, consume, type Position } from '../kafka/consume.ts';
import { TopicRemade } from '../kafka/errors.ts';
import { groupAlone } from '../kafka/groups.ts';
import { topicLife } from '../kafka/topic-id.ts';
import { topicOffsets } from '../kafka/topics.ts';
import { beginTopic, createBronze } from './begin.ts';
import { type Known, type Landing, type LandingPlace, landStaged } from './land.ts';
import { placeKey, progressOf } from './ledger.ts';
import type { Clock } from './row.ts';
import { openStaging } from './stage.ts';
import { turnstile } from './turnstile.ts';

export type LanderOptions = LandingPlace & {
  topic: string;
  /** Shows Kafka how far the landing is; the first lander has it, others beside it get names of their own. */
  groupId: string;
  addresses?: string[];
  signal?: AbortSignal;
  /** End when everything that Kafka holds has landed. */
  untilIdle?: boolean;
  /** Begin the topic anew, though the lake knows it from an earlier life. */
  newEpoch?: boolean;
  /** The wall's time; messages of the simulated market carry their own. */
  clock?: Clock;
  /** Least wall time from the beginning of one transaction to that of the next, in milliseconds, unless a batch is full. */
  intervalMs?: number;
  /** Most messages of a transaction. */
  maxMessages?: number;
  /** Most bytes of values in a transaction, about. */
  maxBytes?: number;
  /** Called after each commit and awaited before the next landing; `waiting` messages are in memory already. */
  afterLanding?(landed: Landed): Promise<void> | void;
};

/** What is known of a landing after its commit. */
export type Landed = Landing & {
  bytes: number;
  /** From the first statement to the commit, in milliseconds. */
  durationMs: number;
  /** Messages that Kafka holds and the lake does not, by partition, as far as is known. */
  lags: { topic: string; partition: number; next: bigint; lag: number }[];
  /** How many of them are in memory, ready to land. */
  waiting: number;
};

const idleCheckMs = 200;

/**
 * Land a topic in bronze, exactly once, until the signal or until nothing is left. A transaction begins as soon as messages
 * wait and the interval has passed, and takes all that wait; while it runs the next are fetched and staged.
 *
 * @throws OtherCluster, TopicRemade, OffsetsGone, EpochOver with a way on; what the callbacks threw
 */
export async function runLander(options: LanderOptions): Promise<void> {
  const { lake, topic, addresses, intervalMs = 0, maxMessages = 100_000, maxBytes = 32 * 1024 * 1024 } = options;
  await createBronze(lake);
  const isSameTopic = await topicLife(topic, addresses); // asked before the lake is compared with it
  const { clusterId, epoch, next: begin, landed: landedBefore } = await beginTopic(lake, topic, options);
  const groupId = await groupAlone(options.groupId, addresses);
  const staging = await openStaging(lake, options.clock);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const positions = new Map<number, Batch>(); // by partition, without their messages
  const change = turnstile();
  let commit: ((positions: Position[]) => Promise<void>) | undefined;

  const isFull = () => staging.count >= maxMessages || staging.bytes >= maxBytes;
  const onBatch = async (batch: Batch, commitTo: typeof commit) => {
    commit = commitTo;
    for (let left: Batch | undefined = batch; left && !signal.aborted; ) {
      const [part, rest] = splitBatch(left, maxMessages - staging.count, maxBytes - staging.bytes);
      staging.add(part, epoch);
      positions.set(batch.partition, { ...part, messages: [] });
      change.turn();
      while (!signal.aborted && (asking || isFull())) await change.next(signal);
      left = rest;
    }
  };

  // While the lake is asked many small things, nothing is fetched: each answer would wait until a fetch is decoded.
  let asking = false;
  const ask = (now: boolean) => {
    asking = now;
    change.turn();
  };

  const keyOf = (partition: number) => placeKey(topic, epoch, partition);
  let known: Known = {
    landingId: 0,
    next: new Map(Array.from(landedBefore, ([partition, next]) => [keyOf(partition), next])),
  };
  const landOne = async () => {
    const staged = staging.seal();
    // What was fetched is of the topic that the lake knows, if that one still lives.
    if (!(await isSameTopic()))
      throw new TopicRemade(topic, staged.lots[0]!.partition, 'it has another id than before');
    const started = performance.now();
    const landing = await landStaged(options, staged, known, clusterId, ask).finally(() => ask(false));
    known = landing.known;
    await staged.release();
    if (!landing.landing) return;
    void commit?.(landing.landing.lots);
    await options.afterLanding?.({
      ...landing.landing,
      bytes: staged.bytes,
      durationMs: performance.now() - started,
      lags: lagsOf(positions.values()),
      waiting: staging.count,
    });
  };

  const lagsOf = (read: Iterable<Batch>) =>
    [...read].map(({ partition, from, high }) => {
      const next = known.next.get(keyOf(partition)) ?? from;
      return { topic, partition, next, lag: Number(high - next) };
    });

  /** The next offset to land by partition, as the ledger says now. */
  const landedNow = async () => {
    const progress = await lake.reads(session => progressOf(session, topic));
    return progress?.epoch === epoch ? progress.next : undefined;
  };

  /** Everything landed: what the ledger says reaches the end, or what was read does and holds nothing more to land. */
  const isIdle = async () => {
    const landed = await landedNow();
    for (const { partition, low, high } of await topicOffsets(topic, addresses)) {
      const read = positions.get(partition)?.next ?? begin.get(partition) ?? low;
      if (read < high && (landed?.get(partition) ?? low) < high) return false;
    }
    return staging.count === 0;
  };

  const landing = (async () => {
    for (let due = 0; !signal.aborted; ) {
      const early = due - performance.now();
      if (staging.count > 0 && early > 0 && !isFull()) await change.next(signal, early);
      else if (staging.count > 0) {
        due = performance.now() + intervalMs;
        await landOne();
      } else if (options.untilIdle && (await isIdle().catch(unlessUnreachable))) return;
      else await change.next(signal, options.untilIdle ? idleCheckMs : undefined);
    }
  })();

  const startAt = async (partition: number) => (await landedNow())?.get(partition) ?? begin.get(partition) ?? 0n;
  const reading = consume({ topic, groupId, startAt, onBatch, signal, addresses });
  // Whichever ends first ends the other; the landing under way is finished.
  await Promise.allSettled([landing.finally(() => stop.abort()), reading.finally(() => stop.abort())]);
  staging.close();
  await Promise.all([landing, reading]);
}

/** Cut a batch after so many messages, or after the one that fills so many bytes; one is always taken. */
export function splitBatch(batch: Batch, most: number, mostBytes: number): [Batch, Batch?] {
  let taken = 0;
  for (let bytes = 0; taken < batch.messages.length; taken++) {
    if (taken > 0 && (taken >= most || bytes >= mostBytes)) break;
    bytes += batch.messages[taken]!.value?.length ?? 0;
  }
  const first = batch.messages[taken];
  if (!first) return [batch];
  const at = BigInt(first.offset);
  return [
    { ...batch, next: at, messages: batch.messages.slice(0, taken) },
    { ...batch, from: at, messages: batch.messages.slice(taken) },
  ];
}

/** A broker that is away for a moment is no reason to end: nothing is known, so it is not idle. */
function unlessUnreachable(error: unknown): false {
  if (error instanceof KafkaUnreachable) return false;
  throw error;
}

import type { Message } from '../kafka/message.ts';
import { type Outgoing, openProducer } from '../kafka/produce.ts';
import { readRange } from '../kafka/read.ts';
import { ensureTopic, topicOffsets } from '../kafka/topics.ts';
import type { MarketsAnswer } from '../market/client.ts';
import type { Profile } from '../run/profile.ts';
import { type AssetEvent, toAssetEvents } from './shape.ts';

/** Where polls go. */
export type Outlet = {
  /** When the last published poll was taken, undefined when there is none. */
  lastPollTime: () => Promise<Date | undefined>;
  /** Publish polls in their order. */
  publish: (polls: MarketsAnswer[]) => Promise<void>;
  close: () => Promise<void>;
};

const key = 'coins/markets';
const lookedAtOnce = 100n; // messages of a partition
const lookedAtMost = 10_000n; // each hundred takes some tenths of a second
const mostBytes = 2_000_000; // in one sending, before gzip; Kafka takes 1 MB after it

/**
 * Open the outlet of a profile: its two topics, made when missing, and one idempotent producer. Asset events go first and the
 * verbatim poll last, since the poll marks how far the feed is: what a kill leaves between the two is sent again.
 *
 * @throws KafkaUnreachable, as all its functions do
 */
export async function openOutlet(profile: Profile, brokers: string[]): Promise<Outlet> {
  const { raw, events } = profile.topics;
  await ensureTopic(raw.name, { partitions: raw.partitions, retentionBytes: raw.retentionBytes }, brokers);
  await ensureTopic(events.name, { partitions: events.partitions, retentionBytes: events.retentionBytes }, brokers);
  const producer = await openProducer({ addresses: brokers });

  const lastPollTime = async (): Promise<Date | undefined> => {
    const times: number[] = [];
    for (const { partition, low, high } of await topicOffsets(raw.name, brokers)) {
      const time = await lastPollIn((from, to) => readRange(raw.name, partition, from, to, brokers), low, high);
      if (time !== undefined) times.push(time);
    }
    return times.length ? new Date(Math.max(...times)) : undefined;
  };

  return {
    lastPollTime,
    publish: polls => publishTo(producer.send, profile.topics, polls),
    close: () => producer.close(),
  };
}

/** Look back for the time of the last poll between two offsets: whoever else writes there need not say when, or may say any time. */
export async function lastPollIn(
  read: (from: bigint, to: bigint) => Promise<Message[]>,
  low: bigint,
  high: bigint,
): Promise<number | undefined> {
  const oldest = high - low > lookedAtMost ? high - lookedAtMost : low;
  for (let to = high; to > oldest; to -= lookedAtOnce) {
    const from = to - oldest > lookedAtOnce ? to - lookedAtOnce : oldest;
    const polls = (await read(from, to)).filter(isPoll);
    const time = polls.map(({ headers }) => Date.parse(String(headers.poll_time))).findLast(at => !Number.isNaN(at));
    if (time !== undefined) return time;
  }
  return undefined;
}

/** Send the events of some polls, then the polls, in parts that Kafka takes in one sending. */
export async function publishTo(
  send: (topic: string, messages: Outgoing[]) => Promise<unknown>,
  { raw, events }: Profile['topics'],
  polls: MarketsAnswer[],
): Promise<void> {
  for (const part of inParts(polls)) {
    await send(
      events.name,
      part.flatMap(poll => assetEventsOf(poll).map(event => eventMessage(event, poll.pollTime))),
    );
    await send(raw.name, part.map(pollMessage));
  }
}

/** The message of one poll: the answer's bytes as they came, where from and when in the headers. */
export function pollMessage({ url, status, headers, body, pollTime }: MarketsAnswer): Outgoing {
  return {
    key,
    value: body,
    timestamp: pollTime,
    headers: {
      source: headers['x-market-time'] ? 'simulated' : 'coingecko',
      address: url,
      status: String(status),
      poll_time: pollTime.toISOString(),
    },
  };
}

/** Whether a message is one of a feed's. */
const isPoll = (message: Message): boolean =>
  String(message.key) === key && ['simulated', 'coingecko'].includes(String(message.headers.source));

/** The message of one asset, keyed by it. */
export const eventMessage = (event: AssetEvent, pollTime: Date): Outgoing => ({
  key: event.asset,
  value: JSON.stringify(event),
  timestamp: pollTime,
});

/** The events that a poll gives. */
export const assetEventsOf = ({ coins }: MarketsAnswer): AssetEvent[] => toAssetEvents(coins);

/** Cut polls into parts that Kafka takes in one sending. */
function inParts(polls: MarketsAnswer[]): MarketsAnswer[][] {
  const parts: MarketsAnswer[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const poll of polls) {
    bytes += poll.body.length;
    if (bytes > mostBytes) {
      parts.push([]);
      bytes = poll.body.length;
    }
    parts.at(-1)!.push(poll);
  }
  return parts;
}

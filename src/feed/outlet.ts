import type { Message } from '../kafka/message.ts';
import { type Outgoing, openProducer } from '../kafka/produce.ts';
import { readRange } from '../kafka/read.ts';
import { ensureTopic, topicOffsets } from '../kafka/topics.ts';
import type { MarketsAnswer } from '../market/client.ts';
import type { Profile } from '../run/profile.ts';
import { type AssetEvent, toAssetEvents } from './shape.ts';

/** One page of a poll; of a poll of one page, `page` is left out. */
export type Page = MarketsAnswer & { page?: { number: number; of: number } };

/** Whether a poll is whole with this page: its pages are published in order. */
export const endsPoll = ({ page }: Page): boolean => page === undefined || page.number === page.of;

/** Where polls go. */
export type Outlet = {
  /** When the last poll was taken that is published whole for sure, undefined when there is none. */
  lastPollTime: () => Promise<Date | undefined>;
  /** Publish the pages of polls in their order. */
  publish: (pages: Page[]) => Promise<void>;
  close: () => Promise<void>;
};

const key = 'coins/markets';
const lookedAtOnce = 100n; // messages of a partition
const lookedAtMost = 10_000n; // each hundred takes some tenths of a second
const mostBytes = 2_000_000; // in one sending, before gzip; Kafka takes 1 MB after it

/**
 * Open the outlet of a profile: its topics, made when missing, and one producer that gives up at the first error, so that
 * nothing is sent again before `lastPollTime` is asked. Asset events go first and the verbatim poll last, since the poll marks
 * how far the feed is: what a kill leaves between the two is sent again.
 *
 * @throws KafkaUnreachable, as all its functions do
 */
export async function openOutlet(profile: Profile, brokers: string[]): Promise<Outlet> {
  const { topics, landed, pollIntervalMs } = profile;
  for (const { name, ...settings } of [topics.raw, topics.events].flatMap(topic => topic ?? []))
    await ensureTopic(name, settings, brokers);
  const producer = await openProducer({ addresses: brokers, tryOnce: true });

  const lastPollTime = async (): Promise<Date | undefined> => {
    const times: number[] = [];
    for (const { partition, low, high } of await topicOffsets(landed.name, brokers)) {
      const time = await lastPollIn((from, to) => readRange(landed.name, partition, from, to, brokers), low, high);
      if (time !== undefined) times.push(time);
    }
    if (times.length === 0) return undefined;
    // The events of one poll lie in several partitions, and none tells that all are there: the last poll is sent again.
    return new Date(Math.max(...times) - (topics.raw ? 0 : pollIntervalMs));
  };

  return {
    lastPollTime,
    publish: pages => publishTo(producer.send, topics, pages),
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

/** Send the events of some pages, then the pages, in parts that Kafka takes in one sending. */
export async function publishTo(
  send: (topic: string, messages: Outgoing[]) => Promise<unknown>,
  { raw, events }: Profile['topics'],
  pages: Page[],
): Promise<void> {
  for (const part of inParts(pages)) {
    if (events) await send(events.name, part.flatMap(eventMessages));
    if (raw) await send(raw.name, part.map(pollMessage));
  }
}

/** The message of one page of a poll: the answer's bytes as they came, where from and when in the headers. */
export function pollMessage(answer: Page): Outgoing {
  const { body, pollTime, page } = answer;
  return {
    key,
    value: body,
    timestamp: pollTime,
    headers: { ...originOf(answer), ...(page && { page: `${page.number}/${page.of}` }) },
  };
}

/** The messages of a page's assets, each keyed by its asset. */
export const eventMessages = (answer: MarketsAnswer): Outgoing[] =>
  assetEventsOf(answer).map(event => ({
    key: event.asset,
    value: JSON.stringify(event),
    timestamp: answer.pollTime,
    headers: originOf(answer),
  }));

/** Where a message comes from and when, for its headers. */
const originOf = ({ url, status, headers, pollTime }: MarketsAnswer) => ({
  source: headers['x-market-time'] ? 'simulated' : 'coingecko',
  address: url,
  status: String(status),
  poll_time: pollTime.toISOString(),
});

/** Whether a message ends a poll of a feed's. */
const isPoll = ({ headers }: Message): boolean => {
  const [number, of] = String(headers.page ?? '1/1').split('/');
  return ['simulated', 'coingecko'].includes(String(headers.source)) && number === of;
};

/** The events that a poll gives. */
export const assetEventsOf = ({ coins }: MarketsAnswer): AssetEvent[] => toAssetEvents(coins);

/** Cut pages into parts that Kafka takes in one sending. */
function inParts(pages: Page[]): Page[][] {
  const parts: Page[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const page of pages) {
    bytes += page.body.length;
    if (bytes > mostBytes) {
      parts.push([]);
      bytes = page.body.length;
    }
    parts.at(-1)!.push(page);
  }
  return parts;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { connect, patience, reaching } from './connect.ts';

/** What a topic is made with. */
export type TopicSettings = {
  /** 1 when left out. */
  partitions?: number;
  /** Oldest segments are deleted beyond this size per partition; never when left out. */
  retentionBytes?: number;
  /** Further settings of the topic by Kafka's names, such as `{ 'cleanup.policy': 'compact' }`. */
  settings?: Record<string, string>;
};

/** The largest time difference that Kafka can express, in milliseconds. */
const anyTime = '9223372036854775807';

/**
 * Make a topic unless it is there. Messages of any time are accepted, since the market's clock is not the wall's, and none
 * is deleted for its age.
 *
 * @returns true when the topic was made, false when it was there
 * @throws KafkaUnreachable; and Kafka's own refusal, such as of a wrong name
 */
export async function ensureTopic(topic: string, wanted: TopicSettings = {}, addresses?: string[]): Promise<boolean> {
  const settings = {
    'retention.ms': '-1',
    'retention.bytes': `${wanted.retentionBytes ?? -1}`,
    'compression.type': 'gzip', // whatever a producer uses: the client can read no other
    'message.timestamp.before.max.ms': anyTime,
    'message.timestamp.after.max.ms': anyTime,
    ...wanted.settings,
  };
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  return await withAdmin(addresses, async admin => {
    if ((await admin.listTopics()).includes(topic)) return false;
    const made = await admin.createTopics({
      topics: [{ topic, numPartitions: wanted.partitions ?? 1, replicationFactor: 1, configEntries }],
      waitForLeaders: false, // the client's own wait fails where the broker does not know the topic yet
    });
    await untilListed(admin, topic, true);
    return made;
  });
}

/** Delete a topic with all its messages. A topic that is not there is no error. */
export async function deleteTopic(topic: string, addresses?: string[]): Promise<void> {
  await withAdmin(addresses, async admin => {
    if (!(await admin.listTopics()).includes(topic)) return;
    await admin.deleteTopics({ topics: [topic] });
    await untilListed(admin, topic, false);
  });
}

/** Wait until the broker has heard what the controller decided; that takes a moment. */
async function untilListed(admin: Admin, topic: string, listed: boolean): Promise<void> {
  await until(`${listed ? 'make' : 'delete'} topic "${topic}"`, async () => {
    if ((await admin.listTopics()).includes(topic) !== listed) return false;
    if (!listed) return true;
    return await admin.fetchTopicOffsets(topic).then(
      () => true, // each partition has its leader
      error => {
        if (error.retriable) return false;
        throw error;
      },
    );
  });
}

async function until(what: string, done: () => Promise<boolean>, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await done())) {
    if (performance.now() > end)
      throw new Error(`Cannot ${what}: Kafka agreed, and has not done it after ${limitMs / 1000} s. Try again.`);
    await sleep(10);
  }
}

/** The messages a partition holds: from `low` (inclusive) to `high` (exclusive). */
export type Offsets = { partition: number; low: bigint; high: bigint };

/**
 * Ask which offsets a topic holds.
 *
 * @returns one entry per partition, in the order of partitions
 * @throws when there is no such topic
 */
export async function topicOffsets(topic: string, addresses?: string[]): Promise<Offsets[]> {
  return await withAdmin(addresses, async admin => {
    if (!(await admin.listTopics()).includes(topic))
      throw new Error(`Cannot ask for the offsets of topic "${topic}": Kafka has no such topic. Is its name right?`);
    const found = await admin.fetchTopicOffsets(topic);
    return found
      .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
      .sort((a, b) => a.partition - b.partition);
  });
}

/** Ask for the id of the cluster, which stays the same for as long as its data does. */
export async function clusterId(addresses?: string[]): Promise<string> {
  return await withAdmin(addresses, async admin => (await admin.describeCluster()).clusterId);
}

/** Do something with Kafka's admin client, and close it. */
export async function withAdmin<T>(addresses: string[] | undefined, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = connect(addresses, patience.asking).admin();
  try {
    await reaching(addresses, admin.connect());
    return await reaching(addresses, work(admin));
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** Kafka's number for "a topic" among the things that have settings; kafkajs's name for it cannot be imported. */
const topicResource = 2;

/** Ask for a topic's settings by Kafka's names, those included that were never set. */
export async function topicSettings(topic: string, addresses?: string[]): Promise<Record<string, string>> {
  return await withAdmin(addresses, async admin => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: topicResource, name: topic }],
    });
    return Object.fromEntries(resources[0]!.configEntries.map(entry => [entry.configName, entry.configValue]));
  });
}

import { OffsetsGone, OtherCluster, TopicRemade } from '../kafka/errors.ts';
import { readRange } from '../kafka/read.ts';
import { clusterId, type Offsets, topicOffsets, topicSettings } from '../kafka/topics.ts';
import type { Lake } from '../lake/open.ts';
import { readModel } from '../models/read.ts';
import { createLedger, type Progress, progressOf } from './ledger.ts';
import { instant, readContent, readKey } from './row.ts';

/** Where the landing of a topic begins. */
export type Beginning = {
  clusterId: string;
  epoch: number;
  /** By partition: where to begin, which is Kafka's first offset where nothing has landed. */
  next: Map<number, bigint>;
  /** By partition: the next offset to land of what has landed in this epoch. */
  landed: Map<number, bigint>;
};

/** The columns of bronze.crypto_ticks_raw. */
export const bronzeColumns = `(
  raw_payload varchar, raw_bytes blob, ingestion_timestamp timestamptz, kafka_topic varchar, kafka_epoch integer,
  kafka_partition integer, kafka_offset bigint, kafka_key varchar, kafka_headers varchar, kafka_timestamp timestamptz)`;

/** Make the bronze table and the ledger unless they are there. */
export async function createBronze(lake: Lake): Promise<void> {
  const { partition } = readModel('bronze.crypto_ticks_raw');
  const there = await lake.rows(
    `select 1 from duckdb_tables() where database_name = 'lake'
     and (schema_name, table_name) in (('bronze', 'crypto_ticks_raw'), ('pipeline', 'landing_ledger'))`,
  );
  if (there.length === 2) return;
  await lake.write('create bronze.crypto_ticks_raw and its ledger', async tx => {
    await createLedger(tx);
    await tx.run(`
      create schema if not exists bronze;
      create table if not exists bronze.crypto_ticks_raw ${bronzeColumns}`);
    await tx.run(`alter table bronze.crypto_ticks_raw set partitioned by (${partition.join(', ')})`);
  });
}

/**
 * Find where to go on, and make sure that the lake's messages came from this very topic.
 *
 * @param newEpoch begin the topic anew, whatever the lake holds of it
 * @throws OtherCluster, TopicRemade, OffsetsGone, each with a way on
 */
export async function beginTopic(
  lake: Lake,
  topic: string,
  { addresses, newEpoch = false }: { addresses?: string[]; newEpoch?: boolean } = {},
): Promise<Beginning> {
  const cluster = await clusterId(addresses);
  const offsets = await topicOffsets(topic, addresses);
  const landed = await lake.reads(session => progressOf(session, topic));
  if (!landed) return { clusterId: cluster, epoch: 1, next: lows(offsets), landed: new Map() };
  if (newEpoch) return { clusterId: cluster, epoch: landed.epoch + 1, next: lows(offsets), landed: new Map() };
  if (landed.clusterId !== cluster) throw new OtherCluster(topic, cluster, landed.clusterId);
  for (const [partition, next] of landed.next) {
    const held = offsets.find(found => found.partition === partition);
    if (!held) throw new TopicRemade(topic, partition, 'it has fewer partitions than before');
    if (next > held.high)
      throw new TopicRemade(topic, partition, `offset ${next} is to be read and it ends at ${held.high}`);
    if (next < held.low) throw new OffsetsGone(topic, partition, next, held.low);
    await compareLast(lake, topic, landed, held, addresses);
  }
  return {
    clusterId: cluster,
    epoch: landed.epoch,
    next: new Map([...lows(offsets), ...landed.next]),
    landed: landed.next,
  };
}

const lows = (offsets: Offsets[]) => new Map(offsets.map(({ partition, low }) => [partition, low]));

type Landed = {
  kafka_offset: number;
  text: Buffer | null; // as text it would come without the byte order mark that it may begin with
  bytes: Buffer | null;
  key: Buffer | null;
  created: Date | null;
};

/** Read the last landed message of a partition again, where Kafka still holds it. */
async function compareLast(lake: Lake, topic: string, { epoch }: Progress, held: Offsets, addresses?: string[]) {
  const { partition } = held;
  const [last] = await lake.rows<Landed>(
    `select kafka_offset, encode(raw_payload) as text, raw_bytes as bytes, encode(kafka_key) as key, kafka_timestamp as created
     from bronze.crypto_ticks_raw
     where kafka_topic = $topic and kafka_epoch = $epoch and kafka_partition = $partition and kafka_offset >= (
       select max(first_offset) from pipeline.landing_ledger
       where topic = $topic and epoch = $epoch and "partition" = $partition and message_count > 0
     )
     order by kafka_offset desc limit 1`,
    { topic, epoch, partition },
  );
  if (!last || last.kafka_offset < held.low) return;
  const offset = BigInt(last.kafka_offset);
  const [found] = await readRange(topic, partition, offset, offset + 1n, addresses);
  if (!found) {
    const { 'cleanup.policy': policy = '' } = await topicSettings(topic, addresses);
    if (policy.includes('compact')) return;
    throw new TopicRemade(topic, partition, `it holds no message at offset ${offset}, which landed before`);
  }
  const value = readContent(found.value);
  const same =
    (last.key?.toString() ?? null) === readKey(found.key) &&
    (last.text?.toString() ?? null) === (value.kind === 'text' ? value.text : null) &&
    (last.bytes?.toString('hex') ?? null) === (value.kind === 'bytes' ? value.hex : null) &&
    last.created?.getTime() === instant(found.timestamp.getTime());
  if (!same)
    throw new TopicRemade(topic, partition, `at offset ${offset} stands another message than the one that landed`);
}

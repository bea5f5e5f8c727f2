import type { Session, Tx } from '../lake/session.ts';
import type { Lot } from './stage.ts';

/**
 * Make the ledger unless it is there: the lake's memory of what has landed, one row for each partition that a landing
 * brought. Rows are only ever appended. An epoch is 1, and one more each time the user lets a topic begin anew. The first
 * and the last offset are covered, both inclusive; some of them may hold no message of ours (marks of transactions).
 */
export async function createLedger(tx: Tx): Promise<void> {
  await tx.run(`
    create schema if not exists pipeline;
    create table if not exists pipeline.landing_ledger (
      landing_id bigint, cluster_id varchar, topic varchar, epoch integer, "partition" integer,
      first_offset bigint, last_offset bigint, message_count bigint, landed_at timestamptz
    )`);
}

/** What the ledger knows of a topic: its latest epoch, and how far each partition of that epoch has landed. */
export type Progress = {
  epoch: number;
  clusterId: string;
  /** By partition: the next offset to land. */
  next: Map<number, bigint>;
};

/** Ask how far a topic has landed; undefined when nothing of it has. */
export async function progressOf(session: Session, topic: string): Promise<Progress | undefined> {
  const rows = await session.rows<{ epoch: number; partition: number; next: number | bigint; cluster_id: string }>(
    `select epoch, "partition", max(last_offset) + 1 as next, max_by(cluster_id, landing_id) as cluster_id
     from pipeline.landing_ledger
     where topic = $topic and epoch = (select max(epoch) from pipeline.landing_ledger where topic = $topic)
     group by epoch, "partition"`,
    { topic },
  );
  const [first] = rows;
  if (!first) return undefined;
  const next = new Map(rows.map(row => [row.partition, BigInt(row.next)]));
  return { epoch: first.epoch, clusterId: first.cluster_id, next };
}

/** What has landed since this lander last looked. */
export type News = { landingId: number; epochs: Map<string, number>; next: Map<string, bigint> };

/**
 * Ask, inside the transaction that lands, what has landed at or beyond the given places. The bounds let the lake skip
 * all but the newest of the ledger's files.
 *
 * @param since the last landing known to this lander; landings only grow
 */
export async function newsSince(tx: Tx, since: number): Promise<News> {
  // A variable's value is known while files are chosen, a parameter's is not.
  await tx.run('set variable news_since = $since', { since });
  const rows = await tx.rows<{
    landing_id: number;
    topic: string;
    epoch: number;
    partition: number;
    next: number | bigint;
  }>(
    `select max(landing_id) as landing_id, topic, epoch, "partition", max(last_offset) + 1 as next
     from pipeline.landing_ledger where landing_id >= getvariable('news_since') group by topic, epoch, "partition"`,
  );
  const news: News = { landingId: since, epochs: new Map(), next: new Map() };
  for (const { landing_id, topic, epoch, partition, next } of rows) {
    news.landingId = Math.max(news.landingId, landing_id);
    news.epochs.set(topic, Math.max(news.epochs.get(topic) ?? 0, epoch));
    news.next.set(placeKey(topic, epoch, partition), BigInt(next));
  }
  return news;
}

/** Append to the ledger that these lots of the batch that is bound have landed. Lots are of one partition each. */
export async function appendToLedger(
  tx: Tx,
  landingId: number,
  clusterId: string,
  lots: readonly Lot[],
): Promise<void> {
  if (lots.length === 0) return;
  const values = lots.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ');
  await tx.run(
    `insert into pipeline.landing_ledger
     select
       lots.*,
       (
         select count(*) from scope.bronze.crypto_ticks_raw as landed
         where landed.kafka_topic = lots.topic and landed.kafka_epoch = lots.epoch and landed.kafka_partition = lots."partition"
       ) as message_count,
       now() as landed_at
     from (values ${values}) as lots(landing_id, cluster_id, topic, epoch, "partition", first_offset, last_offset)`,
    lots.flatMap(({ topic, epoch, partition, from, next }) => [
      landingId,
      clusterId,
      topic,
      epoch,
      partition,
      from,
      next - 1n,
    ]),
  );
}

export const placeKey = (topic: string, epoch: number, partition: number): string => `${topic}/${epoch}/${partition}`;

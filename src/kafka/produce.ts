import { CompressionTypes, type IHeaders, type Producer as KafkaProducer, type Transaction } from 'kafkajs';
import { connect, createPartitioner, patience, reaching } from './connect.ts';
import { MessageTooLarge } from './errors.ts';

/** A message to be sent. */
export type Outgoing = {
  /** The same key goes to the same partition; without one, partitions take turns. */
  key?: string | Buffer | null;
  /** null is a tombstone: "forget this key". */
  value: string | Buffer | null;
  headers?: Record<string, string>;
  /** The time the message carries; now when left out. */
  timestamp?: Date;
  /** Where it must go; the key decides when left out. */
  partition?: number;
};

/** Where the first message of a sending landed, for each partition. */
export type Sent = { partition: number; offset: bigint }[];

export type Producer = {
  /**
   * Send messages to one topic; settles when Kafka has them. Send one batch after the other: order is kept so.
   *
   * @throws MessageTooLarge when one of them is
   */
  send(topic: string, messages: Outgoing[]): Promise<Sent>;
  /** Send all that `work` sends, or nothing when it throws. Only with a `transactionalId`. */
  transaction<T>(work: (send: Producer['send']) => Promise<T>): Promise<T>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ProducerOptions = {
  addresses?: string[];
  /** Name of the producer in transactions; one that comes back under it fences its predecessor. */
  transactionalId?: string;
  compression?: 'gzip' | 'none';
  /**
   * Give up at the first error, for who looks how far Kafka has taken what it sent and goes on behind that. A broker knows what is
   * sent again for a day only, counted from the timestamps of the messages: when it has restarted, and they are older, as those of
   * a made-up market are, it takes the same batch twice.
   */
  tryOnce?: boolean;
};

/**
 * Open a producer that never writes a message twice when it has to try again (idempotent; see `tryOnce`), and packs by gzip.
 *
 * @throws KafkaUnreachable when no broker answers, here and while sending
 * @example
 * await using producer = await openProducer();
 * await producer.send('crypto_prices', [{ key: 'bitcoin', value: '{"price_usd":64000}' }]);
 */
export async function openProducer(options: ProducerOptions = {}): Promise<Producer> {
  const { addresses, transactionalId, compression = 'gzip', tryOnce = false } = options;
  const producer = connect(addresses, tryOnce ? 0 : patience.running).producer({
    createPartitioner,
    idempotent: !tryOnce,
    maxInFlightRequests: 1, // more in flight could overtake each other when one is tried again
    ...(transactionalId && { transactionalId }),
  });
  await reaching(addresses, producer.connect());
  const codec = compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
  const sender =
    (by: KafkaProducer | Transaction): Producer['send'] =>
    async (topic, messages) => {
      if (messages.length === 0) return [];
      const sent = await reaching(
        addresses,
        by.send({ topic, acks: -1, compression: codec, messages: messages.map(toKafka) }),
      ).catch(error => {
        throw tooLarge.has(error.type) ? new MessageTooLarge(topic) : error;
      });
      return sent.map(({ partition, baseOffset }) => ({ partition, offset: BigInt(baseOffset ?? -1) }));
    };
  const transaction: Producer['transaction'] = async work => {
    const open = await reaching(addresses, producer.transaction());
    try {
      const result = await work(sender(open));
      await open.commit();
      return result;
    } catch (error) {
      if (open.isActive()) await open.abort();
      throw error;
    }
  };
  const close = () => producer.disconnect();
  return { send: sender(producer), transaction, close, [Symbol.asyncDispose]: close };
}

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

function toKafka({ key = null, value, headers, timestamp, partition }: Outgoing) {
  return {
    key,
    value,
    ...(headers && { headers: headers as IHeaders }),
    ...(timestamp && { timestamp: `${timestamp.getTime()}` }),
    ...(partition !== undefined && { partition }),
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { brokers } from '../run/settings.ts';
import { registerCodecs } from './codecs.ts';

/** How long to try: seconds for a question, half a minute for what runs on and should outlive a restart of the broker. */
export const patience = { asking: 8, running: 30 }; // tries, at most a second apart

/** Kafka did not answer. */
export class KafkaUnreachable extends Error {
  constructor(addresses: string[], cause: unknown) {
    super(
      `Cannot reach Kafka at ${addresses.join(', ')}: ${reason(cause)}. Start it with "npm start", or set KAFKA_BROKERS.`,
      { cause },
    );
    this.name = 'KafkaUnreachable';
  }
}

/** Where Kafka is: the addresses given, else those of the settings. */
export const addressesOf = (addresses?: string[]): string[] => addresses ?? brokers();

/**
 * Make a Kafka client. Nothing is sent before its first use.
 *
 * @param addresses `host:port` of one or more brokers; those of the running system when left out
 * @param retries how often to try again before giving up
 */
export function connect(addresses?: string[], retries = patience.running): Kafka {
  registerCodecs();
  return new Kafka({
    clientId: 'ticklake',
    brokers: addressesOf(addresses),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries },
  });
}

/** The partitioner of Kafka's own Java client: the same key goes to the same partition as there. */
export const createPartitioner = Partitioners.DefaultPartitioner;

/** What a cluster says of itself. */
export type Cluster = { clusterId: string; brokers: { nodeId: number; host: string; port: number }[] };

/**
 * Wait until Kafka answers and names at least one broker.
 *
 * @param addresses see `connect`
 * @param limitMs how long to wait, in milliseconds
 * @throws KafkaUnreachable when the time is up
 */
export async function waitForBroker(
  addresses?: string[],
  { limitMs = 30_000, signal }: { limitMs?: number; signal?: AbortSignal } = {},
): Promise<Cluster> {
  const wanted = addressesOf(addresses);
  const end = performance.now() + limitMs;
  for (;;) {
    const kafka = new Kafka({
      brokers: wanted,
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1000,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    let cause: unknown = new Error('it answers, but names no broker yet');
    try {
      await admin.connect();
      const found = await admin.describeCluster();
      if (found.brokers.length > 0) return { clusterId: found.clusterId, brokers: found.brokers };
    } catch (error) {
      cause = error;
    } finally {
      await admin.disconnect().catch(() => {});
    }
    signal?.throwIfAborted();
    if (performance.now() > end) throw new KafkaUnreachable(wanted, cause);
    await sleep(30);
  }
}

/**
 * Wait for an answer of Kafka's, and say plainly when there is none.
 *
 * @throws KafkaUnreachable instead of the client's own errors about connections and tries
 */
export async function reaching<T>(addresses: string[] | undefined, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw isUnreachable(error) ? new KafkaUnreachable(addressesOf(addresses), error) : error;
  }
}

const connectionErrors = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSGroupCoordinatorNotFound',
]);

/** When its last broker goes away under a question, the client takes apart an answer that is null. */
const answerIsNull = /^Cannot destructure property '\w+' of .* as it is null/;

/** Whether an error says that Kafka did not answer, rather than what it answered. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof TypeError && answerIsNull.test(error.message)) return true;
  for (let at = error; at instanceof Error; at = at.cause) if (connectionErrors.has(at.name)) return true;
  return false;
}

function reason(cause: unknown): string {
  let message = String(cause);
  for (let at = cause; at instanceof Error; at = at.cause) message = at.message;
  if (answerIsNull.test(message)) return 'it went away';
  if (message.includes('ECONNREFUSED') || message === 'Connection error: ') return 'connection refused';
  return message.replace(/\.$/, '');
}

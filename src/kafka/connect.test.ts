import { expect, test } from 'vitest';
import { KafkaUnreachable, reaching } from './connect.ts';

test('a broker that goes away under a question is told as one that cannot be reached', async () => {
  const metadata: () => Promise<{ topicMetadata: object } | null> = async () => null;
  // What kafkajs does in listTopics and describeCluster.
  const ask = async () => {
    const { topicMetadata } = (await metadata())!;
    return topicMetadata;
  };
  await expect(reaching(['127.0.0.1:9'], ask())).rejects.toThrow(
    'Cannot reach Kafka at 127.0.0.1:9: it went away. Start it with "npm start", or set KAFKA_BROKERS.',
  );
  await expect(reaching(['127.0.0.1:9'], ask())).rejects.toThrow(KafkaUnreachable);
});

test('an error of our own stays what it is', async () => {
  const wrong = async () => Promise.reject(new TypeError('x is not a function'));
  await expect(reaching([], wrong())).rejects.toThrow(TypeError);
});

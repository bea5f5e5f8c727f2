import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Message } from '../kafka/message.ts';
import { readRange } from '../kafka/read.ts';
import { type Offsets, topicOffsets, withAdmin } from '../kafka/topics.ts';
import { Refusal } from './refusal.ts';
import { refusals } from './schemas.ts';

const topic = z.object({
  topic: z.string(),
  messages: z.int().describe('Offsets that it holds; some may hold no message'),
  partitions: z.array(z.object({ partition: z.int(), low: z.string(), high: z.string() })),
});
const topics = z.object({ topics: z.array(topic) });

const message = z.object({
  partition: z.int(),
  offset: z.string(),
  timestamp: z.string(),
  key: z.string().nullable(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  bytes: z.int().nullable().describe('Of the whole value; null for a tombstone'),
  value: z.string().nullable().describe('The beginning of the value as text'),
});
const messages = z.object({ topic: z.string(), messages: z.array(message) });

const mostMessages = 20;
const messagesQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,2}$/, `wanted a whole number from 1 to ${mostMessages}`)
    .transform(Number)
    .refine(number => number >= 1 && number <= mostMessages, `wanted a whole number from 1 to ${mostMessages}`)
    .default(5)
    .describe(`Latest messages of each partition, 1 to ${mostMessages}`),
});
const topicParams = z.strictObject({ topic: z.string().regex(/^[\w.-]{1,249}$/, 'wanted the name of a topic') });

const shownCharacters = 2000; // of a value
const restMs = 2000; // Kafka is asked at most that often, however many ask

/** Add the looks into Kafka: which topics there are, and their latest messages. No address at all: there are no topics. */
export function addTopics(server: FastifyInstance, addresses?: string[]): void {
  const remembered = rememberFor<unknown>(restMs);

  server.get(
    '/api/v1/topics',
    { schema: { summary: 'Topics and the offsets they hold', response: { 200: topics, ...refusals } } },
    () => remembered('topics', () => asking(async () => topics.parse({ topics: await listTopics(addresses) }))),
  );
  server.get(
    '/api/v1/topics/:topic/messages',
    {
      schema: {
        summary: 'The latest messages of a topic, newest first',
        params: topicParams,
        querystring: messagesQuery,
        response: { 200: messages, ...refusals },
      },
    },
    request => {
      const { topic } = request.params as z.infer<typeof topicParams>;
      const { limit } = request.query as z.infer<typeof messagesQuery>;
      const find = async () => messages.parse({ topic, messages: await latestMessages(topic, limit, addresses) });
      return remembered(`${topic} ${limit}`, () => asking(find));
    },
  );
}

async function listTopics(addresses?: string[]): Promise<z.infer<typeof topic>[]> {
  if (addresses?.length === 0) return [];
  return await withAdmin(addresses, async admin => {
    // Kafka keeps topics of its own under such names.
    const names = (await admin.listTopics()).filter(name => !name.startsWith('__')).sort();
    return await Promise.all(
      names.map(async name => {
        const found = await admin.fetchTopicOffsets(name);
        const held = found.map(({ low, high }) => Number(BigInt(high) - BigInt(low)));
        const partitions = found
          .map(({ partition, low, high }) => ({ partition, low, high }))
          .sort((a, b) => a.partition - b.partition);
        return { topic: name, messages: held.reduce((sum, count) => sum + count, 0), partitions };
      }),
    );
  });
}

async function latestMessages(name: string, limit: number, addresses?: string[]) {
  if (addresses?.length === 0) throw new Refusal(404, `There is no topic "${name}": this server looks into no Kafka.`);
  const places = await topicOffsets(name, addresses).catch(error => {
    throw /no such topic/.test(error.message) ? new Refusal(404, error.message) : error;
  });
  if (name.startsWith('__'))
    throw new Refusal(404, `"${name}" is a topic of Kafka's own. /api/v1/topics lists others.`);
  const read = ({ partition, high }: Offsets) => readRange(name, partition, high - BigInt(limit), high, addresses);
  const found = (await Promise.all(places.map(read))).flat();
  return found.sort((a, b) => b.timestamp.getTime() - a.timestamp.getTime()).map(shown);
}

const shown = ({ partition, offset, timestamp, key, headers, value }: Message): z.infer<typeof message> => ({
  partition,
  offset: String(offset),
  timestamp: timestamp.toISOString(),
  key: key?.toString().slice(0, shownCharacters) ?? null,
  headers,
  bytes: value?.length ?? null,
  value: value?.subarray(0, shownCharacters).toString().slice(0, shownCharacters) ?? null,
});

/** That Kafka does not answer is nothing that the asker did wrong. */
async function asking<T>(answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(503, (error as Error).message);
  }
}

/** Remember answers for a moment, also those that are still awaited; of failures none. */
function rememberFor<T>(ms: number) {
  const known = new Map<string, { at: number; answer: Promise<T> }>();
  return (key: string, find: () => Promise<T>): Promise<T> => {
    for (const [old, { at }] of known) if (performance.now() - at > ms) known.delete(old);
    const found = known.get(key);
    if (found) return found.answer;
    const answer = find();
    known.set(key, { at: performance.now(), answer });
    answer.catch(() => known.delete(key));
    return answer;
  };
}

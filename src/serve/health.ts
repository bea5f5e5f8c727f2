import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readFeedStatus } from '../feed/status.ts';
import { readStatus } from '../pipeline/status.ts';
import type { GoldKeeper } from './keeper.ts';
import { refusal } from './schemas.ts';
import type { Source } from './source.ts';

const health = z.object({
  state: z.enum(['good', 'waiting', 'wrong']).describe('waiting: no price has landed yet'),
  problem: z.string().nullable(),
  gold: z
    .object({
      version: z.int(),
      at: z.string(),
      newest_price: z
        .string()
        .describe("How far the prices are, by the market's clock: more than half of the coins have one that is as new"),
      tables: z.array(z.string()),
    })
    .nullable(),
  pipeline: z
    .object({
      state: z.enum(['starting', 'running', 'stopped', 'failed']),
      alive: z.boolean(),
      profile: z.string(),
      updated_at: z.string(),
      batches: z.int(),
      messages: z.int(),
      lag: z.int().describe('Messages that Kafka holds and the lake does not'),
      partitions: z.array(z.object({ topic: z.string(), partition: z.int(), next_offset: z.string(), lag: z.int() })),
      messages_per_second: z.number().nullable().describe('Of the last landing'),
      landing_ms: z.number().nullable().describe('How long the last landing took'),
      error: z.string().nullable(),
    })
    .nullable(),
  feed: z
    .object({
      state: z.string(),
      source: z.string().nullable(),
      market_time: z.string().nullable(),
      last_poll_time: z.string().nullable(),
      lag_seconds: z.number().nullable().describe("Behind the market's clock"),
      polls_per_second: z.number(),
      updated_at: z.string(),
    })
    .nullable(),
});

/** Say how the pipeline and the feed do, from the files in which they say it themselves; a given source means that neither fills the lake. */
export function describeHealth(keeper: GoldKeeper, source?: Source): z.infer<typeof health> {
  const gold = keeper.gold();
  const status = source ? undefined : readStatus();
  const feed = source ? undefined : readFeedStatus();
  const problem = keeper.problem() ?? status?.error ?? null;
  const last = status?.recent_batches.at(-1);
  return {
    state: problem || (status && !status.alive) ? 'wrong' : gold ? 'good' : 'waiting',
    problem,
    gold: gold
      ? { version: gold.version, at: gold.at, newest_price: gold.newest.toISOString(), tables: [...gold.tables.keys()] }
      : null,
    pipeline: status
      ? { ...status, messages_per_second: last?.messages_per_second ?? null, landing_ms: last?.duration_ms ?? null }
      : null,
    feed: feed ?? null,
  };
}

/** Add `GET /api/v1/health`. */
export function addHealth(server: FastifyInstance, keeper: GoldKeeper, source?: Source): void {
  const schema = {
    summary: 'How the pipeline does, and how far behind it is',
    response: { 200: health, 403: refusal },
  };
  server
    .withTypeProvider<ZodTypeProvider>()
    .get('/api/v1/health', { schema }, async () => health.parse(describeHealth(keeper, source)));
}

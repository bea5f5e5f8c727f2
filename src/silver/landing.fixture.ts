import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawMessage } from '../kafka/message.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { landTape, type TapeOptions } from '../pipeline/land-tape.ts';

/** A message as a test writes it; Kafka's own time is that of the poll. */
export type TestMessage = { value: string | Buffer | null; pollTime?: Date; source?: string };

/** One coin's object in an answer, with what the test wants to be different. */
export const coin = (id: string, last_updated: string | Date, current_price: unknown, more: object = {}) => ({
  id,
  symbol: id.slice(0, 3),
  name: id,
  current_price,
  market_cap: 1e9,
  market_cap_rank: 1,
  total_volume: 1e6,
  last_updated: last_updated instanceof Date ? last_updated.toISOString() : last_updated,
  ...more,
});

/** A lake of its own, empty. */
export const openTestLake = (): Promise<Lake> =>
  openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });

/** A message as Kafka's client hands it over, polled at the end of the week of the stations unless it says when. */
export const rawMessage = (
  { value, pollTime = new Date('2026-03-09T00:00:00Z'), source = 'simulated' }: TestMessage,
  offset: bigint,
): RawMessage => ({
  offset: `${offset}`,
  timestamp: `${pollTime.getTime()}`,
  key: Buffer.from('coins/markets'),
  value: value === null ? null : Buffer.from(value),
  headers: { source, status: '200', poll_time: pollTime.toISOString() },
});

/** How many messages a lake has of a topic. */
const landed = new Map<Lake, Map<string, number>>();

/** Land messages as the pipeline does; offsets count on from call to call. */
export async function landBatch(lake: Lake, messages: TestMessage[], options: TapeOptions = {}): Promise<void> {
  const { topic = 'crypto.prices.raw' } = options;
  const offsets = landed.get(lake) ?? new Map<string, number>();
  const first = offsets.get(topic) ?? 0;
  const raw = messages.map((message, at) => rawMessage(message, BigInt(first + at)));
  await landTape(lake, raw, { ...options, topic });
  landed.set(lake, offsets.set(topic, first + messages.length));
}

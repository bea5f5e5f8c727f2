import type { Batch } from '../kafka/consume.ts';
import { withoutPasswords } from '../lake/location.ts';
import type { Lake } from '../lake/open.ts';
import { readModel } from '../models/read.ts';
import { lotChunk, lotColumns, stagedColumns, stagedMessages, toChunk } from './columns.ts';
import type { Clock } from './row.ts';

/** A stretch of one partition without a gap: offsets `from` (inclusive) to `next` (exclusive). */
export type Lot = {
  topic: string;
  epoch: number;
  partition: number;
  from: bigint;
  next: bigint;
  /** Where it began when it was staged: staged offsets count from here. */
  base: bigint;
};

/** Messages that wait in memory for their landing. */
export type Staged = {
  /** In the order they came. A partition has a second lot only when its reading began elsewhere in between. */
  lots: Lot[];
  /** Messages, before anything is left out. */
  count: number;
  bytes: number;
  /**
   * Fill `scope.bronze.crypto_ticks_raw`, the batch as silver reads it, with these messages; those below a lot's `from`
   * are left out. Before BEGIN: a transaction writes to one database only.
   */
  bind(): Promise<void>;
  /** Give the table back, so that it takes messages again after the next `seal`. */
  release(): Promise<void>;
};

export type Staging = {
  /** Messages added since the last `seal`. */
  readonly count: number;
  readonly bytes: number;
  add(batch: Batch, epoch: number): void;
  close(): void;
  /** Close what was added, and take further messages elsewhere: they are added while these land. One at a time. */
  seal(): Staged;
};

/** Lakes that this process lands in: the staging tables are the process's own. */
const landing = new Set<string>();

const chunkRows = 2048; // DuckDB's vector size

/**
 * Open the two staging tables of a lake: one is filled while the other lands. They live in the in-memory catalog `scope`.
 * Rows go in as columns of 2,048, the fastest way measured (some 1.5 million messages a second).
 */
export async function openStaging(lake: Lake, clock: Clock = () => new Date()): Promise<Staging> {
  if (landing.has(lake.at.catalog))
    throw new Error(
      `Cannot land in ${withoutPasswords(lake.at.catalog)} twice at once: this process lands already. Use another process.`,
    );
  landing.add(lake.at.catalog);
  try {
    return await openTables(lake, clock);
  } catch (error) {
    landing.delete(lake.at.catalog);
    throw error;
  }
}

async function openTables(lake: Lake, clock: Clock): Promise<Staging> {
  const filling = await lake.session(); // appends while the other binds
  const session = await lake.session();
  await session.run(`
    attach if not exists ':memory:' as scope;
    create schema if not exists scope.bronze;
    create or replace table scope.bronze.staged_lots ${lotColumns};
    use scope`);

  const model = readModel('bronze.crypto_ticks_raw');

  const begin = async (table: string) => {
    await session.run(`create or replace table scope.bronze.${table} ${stagedColumns}`);
    const appender = await filling.connection.createAppender(table, 'bronze', 'scope');
    return { table, appender, lots: [] as Lot[], count: 0, bytes: 0 };
  };
  let open = await begin('staged_even');
  let spare: typeof open | undefined = await begin('staged_odd');
  const lotAppender = await filling.connection.createAppender('staged_lots', 'bronze', 'scope');

  const add = (batch: Batch, epoch: number) => {
    const at = lotOf(open.lots, batch, epoch);
    const lot = open.lots[at]!;
    const known = lot.next;
    if (batch.next > known) lot.next = batch.next;
    const messages =
      batch.from >= known ? batch.messages : batch.messages.filter(({ offset }) => BigInt(offset) >= known);
    const now = clock().getTime();
    for (let start = 0; start < messages.length; start += chunkRows) {
      const part = messages.slice(start, start + chunkRows);
      open.appender.appendDataChunk(toChunk(part, at, Number(lot.base), now));
      for (const { value } of part) open.bytes += value?.length ?? 0;
    }
    open.count += messages.length;
  };

  const seal = (): Staged => {
    const { table, appender, lots, count, bytes } = open;
    if (!spare) throw new Error('Cannot seal a batch: the one before was not released.');
    open = spare;
    spare = undefined;
    appender.flushSync();
    appender.closeSync();
    const release = async () => {
      spare = await begin(table);
    };
    const staged: Staged = { lots, count, bytes, bind: () => bind(table, staged.lots), release };
    return staged;
  };

  // One statement: each is answered on the thread that takes messages meanwhile, and waits for it.
  const bind = async (table: string, lots: Lot[]) => {
    await session.run(`
      delete from scope.bronze.staged_lots;
      create or replace view scope.bronze.staged_messages as ${stagedMessages(table)};
      create or replace view scope.bronze.crypto_ticks_raw as ${model.sql}`);
    lotAppender.appendDataChunk(lotChunk(lots));
    lotAppender.flushSync();
  };

  return {
    get count() {
      return open.count;
    },
    get bytes() {
      return open.bytes;
    },
    add,
    seal,
    close: () => {
      landing.delete(lake.at.catalog);
      lotAppender.closeSync();
      open.appender.clear();
      open.appender.closeSync();
      filling.connection.closeSync();
      session.connection.closeSync();
    },
  };
}

/** The lot that a batch continues, or a new one. */
function lotOf(lots: Lot[], { topic, partition, from, next }: Batch, epoch: number): number {
  const found = lots.findLastIndex(lot => lot.topic === topic && lot.partition === partition);
  const last = lots[found];
  if (last && last.epoch === epoch && from <= last.next && next >= last.from && from >= last.from) return found;
  return lots.push({ topic, epoch, partition, from, next: from, base: from }) - 1;
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lake, openLake } from '../lake/open.ts';
import { openScope } from '../models/bind.ts';
import { createTables } from '../models/create.ts';
import type { Model } from '../models/model.ts';
import { refresh } from '../models/refresh.ts';
import { landed, modelsUpTo } from '../pipeline/tables.ts';
import { bindPolled, type Refined, refine } from './refine.ts';

/** A message as a test writes it. Offsets count up from 0 in the order of the list unless one is given. */
export type TestMessage = {
  value: string | Buffer | null;
  pollTime?: Date;
  offset?: number;
  partition?: number;
  epoch?: number;
};

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

/** All models of silver, gold and star in the order of their dependence. */
export const models: Model[] = modelsUpTo('star').filter(({ name }) => !name.startsWith('bronze.'));

export const createBronze = `create table bronze.crypto_ticks_raw (
  raw_payload varchar, raw_bytes blob, ingestion_timestamp timestamptz, kafka_topic varchar, kafka_epoch integer,
  kafka_partition integer, kafka_offset bigint, kafka_key varchar, kafka_headers varchar, kafka_timestamp timestamptz)`;

/** A lake of its own with every table, empty. */
export async function openTestLake(): Promise<Lake> {
  const lake = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });
  await lake.write('bronze', async tx => {
    await tx.run('create schema bronze');
    await tx.run(createBronze);
  });
  await createTables(lake, models);
  const session = await lake.session();
  await session.run(`attach if not exists ':memory:' as scope; create schema if not exists scope.bronze`);
  await session.run(createBronze.replace('bronze.', 'scope.bronze.'));
  await bindPolled(session);
  await openScope(lake, models);
  return lake;
}

/** Land messages in one transaction and bring silver up to date; then all other tables, one transaction each. */
export async function landBatch(
  lake: Lake,
  messages: TestMessage[],
  upTo: readonly Model[] = models,
): Promise<Refined> {
  const session = await lake.session();
  await session.run('delete from scope.bronze.crypto_ticks_raw');
  for (const [at, { value, pollTime, offset = at, partition = 0, epoch = 0 }] of messages.entries()) {
    const time = (pollTime ?? new Date('2026-03-09T00:00:00Z')).toISOString();
    await session.run(
      `insert into scope.bronze.crypto_ticks_raw values
        ($text, $bytes, $time::timestamptz, 'crypto.prices.raw', $epoch, $partition, $offset, 'coins/markets', $headers, $time::timestamptz)`,
      {
        text: typeof value === 'string' ? value : null,
        bytes: value instanceof Buffer ? value : null,
        time,
        epoch,
        partition,
        offset,
        headers: JSON.stringify({ source: 'simulated', status: '200', poll_time: time }),
      },
    );
  }
  await bindPolled(session);
  const refined = await lake.write('land', async tx => {
    await tx.run('insert into lake.bronze.crypto_ticks_raw by name select * from scope.bronze.crypto_ticks_raw');
    return refine(tx);
  });
  const touched = await session.rows<{ at: Date }>(`
    select distinct date_trunc('minute', last_updated) as at from lake.silver.crypto_prices
    semi join scope.bronze.crypto_ticks_raw using (kafka_topic, kafka_epoch, kafka_partition, kafka_offset)`);
  session.connection.closeSync();
  for (const model of upTo.filter(({ name, kind }) => kind === 'table' && !landed.includes(name)))
    await lake.write(`refresh ${model.name}`, tx =>
      refresh(
        tx,
        model,
        touched.map(({ at }) => at),
      ).then(() => {}),
    );
  return refined;
}

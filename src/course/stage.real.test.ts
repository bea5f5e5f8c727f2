import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { openProducer } from '../kafka/produce.ts';
import { topicOffsets } from '../kafka/topics.ts';
import { freshStage, type Stage, stageNow } from './stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'stage-'));
let broker: Broker;

beforeAll(async () => {
  vi.stubEnv('TICKLAKE_STATE', join(folder, 'state'));
  broker = await startBroker({ dataDir: join(folder, 'kafka') });
  vi.stubEnv('KAFKA_BROKERS', broker.address);
});
afterAll(async () => {
  await stageNow('08-windows', 'one')?.lake.close();
  await stageNow('08-windows', 'two')?.lake.close();
  await broker?.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const fill = async ({ lake, topic }: Stage) => {
  await lake.write('fill', tx => tx.run('create table one as select 1 as a'));
  await using producer = await openProducer();
  await producer.send(topic, [{ value: 'a' }]);
};
const held = async ({ lake, topic }: Stage) => {
  const tables = await lake.rows(`select 1 from duckdb_tables() where table_name = 'one'`);
  const [offsets] = await topicOffsets(topic);
  return { tables: tables.length, messages: Number(offsets!.high - offsets!.low) };
};

test('a stage begins empty each time that it is opened, and leaves other stages alone', async () => {
  expect(stageNow('08-windows', 'one')).toBeUndefined();
  const one = await freshStage('08-windows', 'one');
  const two = await freshStage('08-windows', 'two');
  await fill(one);
  await fill(two);
  const again = await freshStage('08-windows', 'one');
  expect(stageNow('08-windows', 'one')).toBe(again);
  expect(await held(again)).toEqual({ tables: 0, messages: 0 });
  expect(await held(two)).toEqual({ tables: 1, messages: 1 });
}, 60_000);

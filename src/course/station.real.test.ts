import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { topicOffsets } from '../kafka/topics.ts';
import { stationTape } from '../market/tape.ts';

const folder = mkdtempSync(join(tmpdir(), 'station-'));
let broker: Broker;

beforeAll(async () => {
  vi.stubEnv('TICKLAKE_STATE', join(folder, 'state'));
  broker = await startBroker({ dataDir: join(folder, 'kafka') });
  vi.stubEnv('KAFKA_BROKERS', broker.address);
});
afterAll(async () => {
  await broker?.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Open a station in a process of its own, as each notebook does. */
const open = (options: { fresh?: boolean }) =>
  promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    `const { openStation } = await import(${JSON.stringify(new URL('./station.ts', import.meta.url).href)});
     await openStation('02-kafka', ${JSON.stringify(options)});
     process.exit(0);`,
  ]);

test('a station that two notebooks open at once holds the tape once', async () => {
  const held = async () => {
    const [offsets] = await topicOffsets('station.02-kafka');
    return { low: Number(offsets!.low), high: Number(offsets!.high) };
  };
  const tape = { low: 0, high: [...stationTape()].length };
  await Promise.all([open({}), open({})]);
  expect(await held()).toEqual(tape);
  await Promise.all([open({ fresh: true }), open({})]);
  expect(await held()).toEqual(tape);
}, 120_000);

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { openLake } from '../lake/open.ts';
import { openMarket } from '../market/client.ts';
import { type MarketServer, startMarket } from '../market/server.ts';
import { inRoot } from '../run/paths.ts';
import { readProfile } from '../run/profile.ts';
import { type Once, RoundEnded, runOnce } from './once.ts';
import { modelsUpTo } from './tables.ts';
import { verify } from './verify.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 }); // a limit for a hang

const state = mkdtempSync(join(tmpdir(), 'ticklake-profiles-'));
let broker: Broker;
let market: MarketServer;
beforeAll(async () => {
  vi.stubEnv('TICKLAKE_STATE', state);
  broker = await startBroker({ dataDir: join(state, 'broker') });
  market = await startMarket({ seed: 7, speed: 1 });
});
afterAll(async () => {
  await market?.stop();
  await broker?.stop();
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true, force: true });
});

const profiles = readdirSync(inRoot('infra/profiles')).map(file => file.replace('.yaml', ''));

test.each(profiles)('one round of %s fills its tables, and a second one brings only what is new', async name => {
  const read = readProfile(name, { POLL_INTERVAL: '3h', KAFKA_TOPIC: `only.${name}` });
  const to = join(state, 'exports', name);
  const profile = { ...read, exports: read.exports.map(one => ({ ...one, to })) };
  await using lake = await openLake({ path: join(state, name, 'catalog.sqlite') });
  const round = () =>
    runOnce({
      ...{ profile, lake, brokers: [broker.address], signal: new AbortController().signal },
      market: openMarket({ address: market.address }),
    });
  const first = await round();
  expect(first).toMatchObject({ polls: profile.begin === 'now' ? 1 : 57, problems: [] });
  for (const model of modelsUpTo('star'))
    if (model.kind === 'table' && profile.models.includes(model.name))
      expect([model.name, await lake.rows(`select 1 from ${model.name} limit 1`)]).toEqual([model.name, [{ '1': 1 }]]);
  for (const { table, rows } of first.exports) {
    expect(rows).toBeGreaterThan(0);
    expect(existsSync(join(to, table, '_export.json'))).toBe(true);
  }
  expect(first.exports).toHaveLength(profile.exports.length);
  expect((await verify(lake, 'all')).filter(({ ok }) => !ok)).toEqual([]);
  const again = await round();
  // Events do not tell that a poll is whole, so its events come once more.
  expect(again.messages).toBe(profile.topics.raw ? 0 : 10);
});

test('a round that is ended says so', async () => {
  const profile = readProfile('cryptostream');
  await using lake = await openLake({ path: join(state, 'ended', 'catalog.sqlite') });
  const signal = AbortSignal.abort();
  const client = openMarket({ address: market.address });
  await expect(runOnce({ profile, lake, brokers: [broker.address], market: client, signal })).rejects.toThrow(
    RoundEnded,
  );
});

test('two rounds at once come one after another, each with its own broker', async () => {
  const env = { ...process.env, TICKLAKE_STATE: join(state, 'two'), POLL_INTERVAL: '12h' };
  const round = async () => {
    const command = [inRoot('src/cli/pipeline.ts'), '--once', '--profile', 'cryptostream'];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { env });
    return { stderr, ...(JSON.parse(stdout.trim().split('\n').at(-1)!) as Once) };
  };
  const both = await Promise.all([round(), round()]);
  expect(both.map(({ polls }) => polls).sort()).toEqual([0, 15]);
  expect(both.some(({ stderr }) => stderr.includes('Waiting for the round'))).toBe(true);
});

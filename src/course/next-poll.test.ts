import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { tape } from '../market/tape.ts';
import { landTape, pollMessages } from '../pipeline/land-tape.ts';
import { landNextPoll } from './next-poll.ts';
import { stationServer } from './station-server.ts';
import { stationPlan } from './stations.ts';

const name = '07-serve';
const topic = `station.${name}`;
const folder = mkdtempSync(join(tmpdir(), 'ticklake-next-poll-'));
const place = () => join(folder, 'lake');
let lake: Lake;

/** A lake with the polls of every minute before midnight. */
async function openWith(from: Date): Promise<Lake> {
  const opened = await openLake({ path: join(place(), 'catalog.sqlite') });
  const polls = tape({ from, to: new Date('2026-03-09T00:00:00Z'), intervalMs: 60_000 });
  await landTape(opened, pollMessages(polls), { topic, models: stationPlan(name).models });
  return opened;
}

beforeAll(async () => {
  lake = await openWith(new Date('2026-03-08T23:58:00Z'));
});
afterAll(async () => {
  const server = await stationServer(lake);
  await server.stop();
  await lake.close();
  rmSync(folder, { recursive: true, force: true });
});

type Latest = { version: number; rows: { coin_id: string; market_cap_rank: number }[] };

test('the market goes on by a minute, two coins exchange their ranks where that is wished, and the server has it', async () => {
  const server = await stationServer(lake);
  expect(await stationServer(lake)).toBe(server);
  const latest = async () => (await (await fetch(`${server.address}/api/v1/prices/latest`)).json()) as Latest;
  const rankOf = ({ rows }: Latest, id: string) => rows.find(({ coin_id }) => coin_id === id)!.market_cap_rank;
  const before = await latest();
  const at = await landNextPoll({ name, lake, topic }, ['solana', 'tron']);
  expect(at).toEqual(new Date('2026-03-09T00:00:00Z'));
  await stationServer(lake);
  const after = await latest();
  expect(after.version).toBeGreaterThan(before.version);
  expect(rankOf(after, 'solana')).toBe(rankOf(before, 'tron'));
  expect(rankOf(after, 'tron')).toBe(rankOf(before, 'solana'));
  expect(await landNextPoll({ name, lake, topic })).toEqual(new Date('2026-03-09T00:01:00Z'));
  expect(await lake.rows('select count(*) as polls from bronze.crypto_ticks_raw')).toEqual([{ polls: 4 }]);
}, 60_000);

test('a lake that was made anew at the same place gets another server', async () => {
  const before = await stationServer(lake);
  await lake.close();
  rmSync(place(), { recursive: true, force: true });
  lake = await openWith(new Date('2026-03-08T23:59:00Z'));
  const after = await stationServer(lake);
  expect(after).not.toBe(before);
  expect(after.keeper.gold()!.newest.getTime()).toBeLessThan(Date.parse('2026-03-09T00:00:00Z'));
}, 60_000);

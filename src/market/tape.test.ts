import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMarket } from './client.ts';
import { tenCoins } from './coins.ts';
import { marketsAnswer } from './schema.ts';
import { startMarket } from './server.ts';
import { historyStart } from './simulation.ts';
import { defaultSeed, marketsOf, stationTape, tape } from './tape.ts';

const statePath = join(mkdtempSync(join(tmpdir(), 'ticklake-tape-')), 'clock.json');

test('a tape holds the bytes that the server answers as of the same instants', async () => {
  await using server = await startMarket({ seed: 5, speed: 1, statePath });
  const market = openMarket({ address: server.address });
  const coins = ['solana', 'bitcoin', 'cardano'];
  const to = new Date('2026-03-02T00:10:00Z');
  const polls = [...tape({ seed: 5, from: historyStart, to, intervalMs: 60_000, coins })];
  expect(polls).toHaveLength(10);
  for (const { pollTime, body } of polls.toReversed()) {
    const answer = await market.fetchMarkets(marketsOf(coins), { asOf: pollTime });
    expect(answer.body.equals(body)).toBe(true);
    expect(answer.pollTime).toEqual(pollTime);
  }
});

test('the tape of the stations is a week of 3,168 polls of ten coins', () => {
  const polls = [...stationTape()];
  expect(polls).toHaveLength(6 * 288 + 1440);
  expect(polls[0]!.pollTime).toEqual(historyStart);
  expect(polls.at(-1)!.pollTime).toEqual(new Date('2026-03-08T23:59:00Z'));
  const gaps = polls.slice(1).map(({ pollTime }, n) => pollTime.getTime() - polls[n]!.pollTime.getTime());
  expect([...new Set(gaps)]).toEqual([300_000, 60_000]);
  for (const { body } of [polls[0]!, polls[2000]!]) {
    const coins = marketsAnswer.parse(JSON.parse(body.toString()));
    expect(coins.map(coin => coin.id).sort()).toEqual([...tenCoins].sort());
  }
});

test('a tape is the same each time, and differs by seed', () => {
  const span = { from: historyStart, to: new Date('2026-03-02T00:02:00Z'), intervalMs: 30_000 };
  const text = (seed?: number): string =>
    [...tape({ ...span, ...(seed && { seed }) })].map(poll => poll.body.toString()).join('\n');
  expect(text()).toBe(text(defaultSeed));
  expect(text()).not.toBe(text(defaultSeed + 1));
});

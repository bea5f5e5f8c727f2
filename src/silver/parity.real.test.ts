import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lake } from '../lake/open.ts';
import { verifyModel } from '../models/verify.ts';
import { modelsUpTo } from '../pipeline/tables.ts';
import { dice } from '../proof/tape.fixture.ts';
import { coin, landBatch, openTestLake, type TestMessage } from './landing.fixture.ts';

const start = Date.UTC(2026, 2, 2);
const hourMs = 3_600_000;

/**
 * Four days of polls every half hour, as badly delivered as can be: coins that did not move, ranks and a name that change,
 * messages sent twice, late by up to three days, out of order, twins with other prices, and messages that are no answer at all.
 */
function badTape(): TestMessage[] {
  const roll = dice(7);
  const arrivals: { at: number; message: TestMessage }[] = [];
  const last = new Map<string, number>();
  for (let minute = 0; minute < 4 * 24 * 60; minute += 30) {
    const pollTime = new Date(start + minute * 60_000);
    const coins = ['bitcoin', 'dogecoin', 'new|coin'].map((id, at) => {
      if (roll() > 0.12 || !last.has(id)) last.set(id, pollTime.getTime() - Math.floor(roll() * 20_000));
      return coin(id, new Date(last.get(id)!), 100 * (at + 1) + roll(), {
        market_cap_rank: roll() < 0.05 ? null : 1 + ((at + Math.floor(minute / 1400)) % 3),
        name: minute > 3000 ? `${id} renamed` : id,
        market_cap: roll() < 0.1 ? '12' : 1e9 * roll(),
      });
    });
    if (roll() < 0.1) Object.assign(coins[1]!, { current_price: '12.5' });
    if (roll() < 0.05) Object.assign(coins[2]!, { last_updated: 1_772_409_600 });
    // The hour-long gap on the third day keeps some windows null.
    if (minute >= 3000 && minute < 3060) continue;
    const value = roll() < 0.04 ? '<html>oops</html>' : roll() < 0.02 ? null : JSON.stringify(coins);
    const delay = roll() < 0.12 ? roll() * 72 * hourMs : roll() < 0.3 ? hourMs * roll() * 2 : 0;
    arrivals.push({ at: pollTime.getTime() + delay, message: { value, pollTime } });
    if (roll() < 0.15)
      arrivals.push({ at: pollTime.getTime() + delay + hourMs * roll() * 5, message: { value, pollTime } });
  }
  arrivals.push({ at: start + 50 * hourMs, message: { value: Buffer.from([0xff, 0xfe]), pollTime: new Date(start) } });
  return arrivals.sort((a, b) => a.at - b.at).map(({ message }) => message);
}

const messages = badTape();
const tables = modelsUpTo('star').filter(({ name, kind }) => kind === 'table' && !name.startsWith('bronze.'));
const lakes: Lake[] = [];
const landed: Lake[] = [];
afterAll(() => Promise.all(lakes.map(lake => lake.close())));

const sizes = [messages.length, 53, 101];

beforeAll(async () => {
  for (const size of sizes) {
    const lake = await openTestLake();
    lakes.push(lake);
    await landBatch(lake, messages, { batchSize: size });
    landed.push(lake);
  }
}, 300_000);

/** Every row of a table as text, in the order of its grain. */
const rowsOf = async (lake: Lake, { name, grain }: (typeof tables)[number]) =>
  (
    await lake.rows<{ row: string }>(`select to_json(t)::varchar as row from ${name} as t order by ${grain.join(', ')}`)
  ).map(({ row }) => row);

test.each(tables.map(model => [model.name, model] as const))(
  '%s is the same at every batch size, to the last digit',
  async (_, model) => {
    const [whole, ...parts] = await Promise.all(landed.map(lake => rowsOf(lake, model)));
    expect(whole!.length).toBeGreaterThan(0);
    for (const part of parts) expect(part).toEqual(whole);
  },
);

test.each(tables.map(model => [model.name, model] as const))(
  '%s equals its recompute, and its audits hold',
  async (_, model) => {
    for (const lake of landed) expect((await verifyModel(lake, model)).filter(({ ok }) => !ok)).toEqual([]);
  },
);

test('the tape holds what it is meant to hold', async () => {
  const [lake] = landed;
  const [found] = await lake!.rows<Record<string, number>>(`
    select
      (select count(*) from silver.quarantine) as quarantined,
      (select count(*) from silver.polled where reject_reason is null) - (select count(*) from silver.crypto_prices) as repeated,
      (select count(*) from star.dim_crypto) as versions,
      (select count(*) from gold.features_hourly where zscore_1h is not null) as scored,
      (select count(*) from gold.features_hourly where ma_72 is null) as open`);
  for (const [what, amount] of Object.entries(found!)) expect(amount, what).toBeGreaterThan(10);
});

test('a batch that brings nothing new changes no table', async () => {
  const lake = landed[1]!;
  const before = await Promise.all(tables.map(model => rowsOf(lake, model)));
  const known = messages.filter(({ value }) => typeof value === 'string' && value.startsWith('[{')).slice(0, 20);
  await landBatch(lake, known);
  const after = await Promise.all(tables.map(model => rowsOf(lake, model)));
  for (const [at, { name }] of tables.entries())
    if (name !== 'silver.quarantine') expect(after[at]).toEqual(before[at]);
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAllLanded, expectTablesRight } from './exact.fixture.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { deliverBadly, dice, pollsFrom } from './tape.fixture.ts';

const kills = 20;
const lives = kills + 5; // some may end before their moment comes
const pollsALife = 5;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
  await ground.open();
});
afterAll(() => ground[Symbol.asyncDispose]());

/** Files that a transaction wrote and never committed. */
function tornFiles(): number {
  using catalog = new DatabaseSync(join(ground.state, 'lake', 'catalog.sqlite'), { readOnly: true });
  const known = ['ducklake_data_file', 'ducklake_delete_file', 'ducklake_files_scheduled_for_deletion'].map(table =>
    Number(catalog.prepare(`select count(*) as n from ${table}`).get()!.n),
  );
  const written = readdirSync(join(ground.state, 'lake', 'data'), { recursive: true });
  const files = written.filter(name => String(name).endsWith('.parquet')).length;
  return files - known.reduce((sum, n) => sum + n, 0);
}

test(`kill -9 in the middle of batches, ${kills} times: nothing lost, nothing twice, the rest in quarantine`, async () => {
  const roll = dice(11);
  const { messages, rejects } = deliverBadly(pollsFrom(20, lives * pollsALife, 20), 3);
  const share = Math.ceil(messages.length / lives);
  let killed = 0;
  for (let life = 0; life < lives; life++) {
    await ground.publish(messages.slice(life * share, (life + 1) * share));
    if (killed === kills) continue;
    const child = ground.pipeline(['--until-idle', '--batch', '3']);
    // Data files change at every step of a transaction: between two of them it dies.
    if (!(await ground.changes(1 + Math.floor(roll() * 40), child.exited))) continue;
    process.kill(child.pid, 'SIGKILL');
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
    killed++;
  }
  expect(killed).toBe(kills);
  expect(tornFiles()).toBeGreaterThan(kills / 2);

  await ground.runUntilIdle(['--batch', '10']);
  const lake = await ground.read();
  expect(await lake.rows('select count(*) as n from bronze.crypto_ticks_raw')).toEqual([{ n: messages.length }]);
  expect(await lake.rows('select count(*) as n from silver.quarantine')).toEqual([{ n: rejects }]);
  await expectAllLanded(lake, ground.addresses);
  await expectTablesRight(lake);
});

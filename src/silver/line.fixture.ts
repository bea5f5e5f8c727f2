import { type Known, landStaged } from '../bronze/land.ts';
import { newsSince, placeKey } from '../bronze/ledger.ts';
import { openStaging } from '../bronze/stage.ts';
import type { Lake } from '../lake/open.ts';
import { openKeeper } from '../pipeline/keeper.ts';
import { openLanding } from '../pipeline/landing.ts';
import { rawMessage, type TestMessage } from './landing.fixture.ts';

/** Where messages lie; partition 0 of epoch 1, if left out. */
export type Place = { topic?: string; epoch?: number; partition?: number };

/**
 * A pipeline whose steps a test takes one by one: each landing is a transaction, and each refresh.
 *
 * @param models - kept beside bronze and silver.crypto_prices
 */
export async function openLine(lake: Lake, models: string[]) {
  const work = await openLanding(lake, 'gold', models);
  const staging = await openStaging(lake);
  let known: Known = await lake.reads(session => newsSince(session, 0));
  return {
    keeper: openKeeper(lake, work.later),
    async land(messages: TestMessage[], { topic = 'crypto.prices.raw', epoch = 1, partition = 0 }: Place = {}) {
      if (messages.length === 0) return;
      const from = known.next.get(placeKey(topic, epoch, partition)) ?? 0n;
      const raw = messages.map((message, at) => rawMessage(message, from + BigInt(at)));
      const next = from + BigInt(messages.length);
      staging.add({ topic, partition, from, next, high: next, messages: raw }, epoch);
      const staged = staging.seal();
      ({ known } = await landStaged({ lake, ...work }, staged, known, 'test'));
      await staged.release();
    },
    close() {
      staging.close();
      work.close();
    },
  };
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLake } from '../lake/open.ts';
import { historyStart } from '../market/simulation.ts';
import { tape } from '../market/tape.ts';
import { landTape, pollMessages } from './land-tape.ts';
import { modelsUpTo } from './tables.ts';

test('every step of landing a tape is told before it begins, and landing it again has none', async () => {
  await using lake = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'tape-')), 'catalog.sqlite') });
  const to = new Date(historyStart.getTime() + 3_600_000);
  const messages = pollMessages(tape({ from: historyStart, to, intervalMs: 600_000 }));
  const told: [done: number, of: number, what: string][] = [];
  const onStep = (...step: (typeof told)[number]) => void told.push(step);
  await landTape(lake, messages, { upTo: 'gold', batchSize: 4, onStep });
  const made = told.filter(([, , what]) => what.startsWith('making gold.'));
  expect(made.map(([, , what]) => what.slice('making '.length))).toEqual(
    modelsUpTo('gold').flatMap(({ name, kind }) =>
      name.startsWith('gold.') && kind === 'table' && name !== 'gold.crypto_hourly_stats' ? [name] : [],
    ),
  );
  expect(told.slice(0, 2).map(([, , what]) => what)).toEqual(['landing messages', 'landing messages']);
  expect(told.map(([done]) => done)).toEqual(told.map((_, at) => at));
  expect(new Set(told.map(([, of]) => of))).toEqual(new Set([told.length]));
  await landTape(lake, messages, { upTo: 'gold', onStep: () => expect.unreachable() });
});

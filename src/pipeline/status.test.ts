import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openStatus, readStatus } from './status.ts';

beforeEach(() => {
  process.env.TICKLAKE_STATE = mkdtempSync(join(tmpdir(), 'ticklake-'));
});

const landed = (landingId: number) => ({
  landingId,
  rows: 10,
  bytes: 7000,
  durationMs: 50,
  waiting: 0,
  lots: [],
  next: new Map(),
  lags: [
    { topic: 't', partition: 0, next: 10n, lag: 3 },
    { topic: 't', partition: 1, next: 5n, lag: 4 },
  ],
});

test('there is no status before the first start', () => {
  expect(readStatus()).toBeUndefined();
});

test('landings show with rate and lag, and only the last hundred are kept', () => {
  const board = openStatus('crypto-analytics', 1000);
  for (let id = 1; id <= 120; id++) board.landed(landed(id));
  board.end('stopped');
  const status = readStatus()!;
  expect(status).toMatchObject({ state: 'stopped', alive: false, batches: 120, messages: 1200, lag: 7 });
  expect(status.partitions[1]).toEqual({ topic: 't', partition: 1, next_offset: '5', lag: 4 });
  expect(status.recent_batches).toHaveLength(100);
  expect(status.recent_batches.at(-1)).toMatchObject({ landing_id: 120, messages_per_second: 200, lag: 7 });
});

test('a failed run says why', () => {
  openStatus('crypto-analytics', 1000).end('failed', 'Kafka is gone');
  expect(readStatus()).toMatchObject({ state: 'failed', error: 'Kafka is gone' });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBudget } from './budget.ts';

const fresh = (): string => join(mkdtempSync(join(tmpdir(), 'ticklake-budget-')), 'market', 'budget.json');

test('calls are counted over restarts, and refused beyond the limit', () => {
  const path = fresh();
  const wall = () => new Date('2026-11-30T23:59:00Z');
  openBudget({ path, limit: 2, wall }).spend();
  const again = openBudget({ path, limit: 2, wall });
  again.spend();
  expect(again.used()).toBe(2);
  expect(() => again.spend()).toThrow('all 2 calls of 2026-11 are used');
  expect(again.used()).toBe(2);
});

test('a new month, in UTC, starts from zero', () => {
  const path = fresh();
  let now = '2026-11-30T23:59:59Z';
  const budget = openBudget({ path, limit: 1, wall: () => new Date(now) });
  budget.spend();
  now = '2026-12-01T00:00:00Z';
  expect(budget.used()).toBe(0);
  budget.spend();
});

test('a broken count is named, not forgotten', () => {
  const path = fresh();
  openBudget({ path }).spend();
  writeFileSync(path, 'oops');
  expect(() => openBudget({ path }).spend()).toThrow(/budget\.json holds oops\. Delete it/);
});

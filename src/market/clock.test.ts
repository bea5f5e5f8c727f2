import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openClock } from './clock.ts';
import { firstStart } from './simulation.ts';

const fresh = (): string => join(mkdtempSync(join(tmpdir(), 'ticklake-clock-')), 'market', 'clock.json');

test('a first start shows the start of the second week and runs at its speed', () => {
  let wallMs = 500;
  const clock = openClock({ statePath: fresh(), speed: 60, wall: () => wallMs });
  expect(new Date(clock.now())).toEqual(firstStart);
  wallMs += 1000;
  expect(clock.now()).toBe(firstStart.getTime() + 60_000);
});

test('a clock that was stopped goes on where it stood', () => {
  const statePath = fresh();
  let wallMs = 0;
  const first = openClock({ statePath, speed: 3600, wall: () => wallMs });
  wallMs = 90_000;
  const shown = first.now();
  first.stop();
  expect(openClock({ statePath, speed: 1, wall: () => 7 }).now()).toBe(shown + 1);
});

test('a clock that was killed never shows a time again', () => {
  const statePath = fresh();
  let wallMs = 0;
  const killed = openClock({ statePath, speed: 60, wall: () => wallMs });
  let shown = 0;
  for (; wallMs < 5000; wallMs += 70) shown = killed.now();
  const next = openClock({ statePath, speed: 60, wall: () => 0 }).now();
  expect(next).toBeGreaterThan(shown);
  expect(next - shown).toBeLessThanOrEqual(2 * 60_000);
});

test('a broken file is named with what it should hold', () => {
  const statePath = fresh();
  openClock({ statePath, speed: 1, wall: () => 0 }).now();
  expect(JSON.parse(readFileSync(statePath, 'utf8'))).toHaveProperty('market_time');
  writeFileSync(statePath, '{"market_time": 5}');
  expect(() => openClock({ statePath, speed: 1 })).toThrow(/clock\.json holds \{"market_time": 5\}, wanted/);
});

import { expect, test } from 'vitest';
import type { Entry } from './journal.ts';
import { standingOf, standings } from './standing.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();
const check = (minute: number, verdict: 'unanswered' | 'correct' | 'not yet' | 'error'): Entry => ({
  at: at(minute),
  station: '04-silver',
  did: 'check',
  exercise: '4.1',
  verdict,
});
const standing = (...journal: Entry[]) => standingOf(journal, '04-silver', '4.1');

test('tries count until the first correct one; a blank is no try', () => {
  expect(standing(check(0, 'unanswered'))).toEqual({ tries: 0 });
  expect(standing(check(0, 'not yet'), check(1, 'error'))).toEqual({ tries: 2 });
  expect(standing(check(0, 'not yet'), check(1, 'correct'), check(2, 'correct'), check(3, 'not yet'))).toEqual({
    tries: 2,
    solvedAt: at(1),
  });
});

test('a reset forgets one exercise or the whole station', () => {
  const reset = (exercise?: string): Entry => ({ at: at(1), station: '04-silver', did: 'reset', exercise });
  expect(standing(check(0, 'correct'), reset('4.1'))).toEqual({ tries: 0 });
  expect(standing(check(0, 'correct'), reset('4.2'))).toMatchObject({ tries: 1 });
  expect(standing(check(0, 'correct'), reset())).toEqual({ tries: 0 });
});

test('minutes leave out breaks', () => {
  const journal = [check(0, 'not yet'), check(5, 'not yet'), check(45, 'not yet'), check(47, 'correct')];
  expect(standings(journal).get('04-silver')?.minutes).toBe(7);
});

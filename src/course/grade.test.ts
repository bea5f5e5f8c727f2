import { expect, test } from 'vitest';
import type { Exercise, Ground } from './exercise.ts';
import { grade } from './grade.ts';
import { todo } from './todo.ts';

test('an answer that throws when it is looked at gets a verdict like any other', async () => {
  const exercise = { id: '1.1', form: 'value', answer: 'x' } as Exercise;
  const answer = {
    get price() {
      throw new Error('no price here');
    },
  };
  const none = () => Promise.reject(new Error('not needed'));
  expect(await grade(exercise, answer, {} as Ground, none)).toEqual({ kind: 'error', says: 'no price here' });
});

test('what was not begun is not answered: neither the starter nor a function that still leads to it', async () => {
  const value = { id: '1.1', form: 'value', answer: 'x' } as Exercise;
  const second = () => Promise.reject(new Error('not needed'));
  expect(await grade(value, todo(), {} as Ground, second)).toEqual({ kind: 'unanswered' });
  const called = {
    ...{ id: '1.2', form: 'function', answer: 'f' },
    outcome: (f: () => unknown) => f(),
  } as unknown as Exercise;
  expect(await grade(called, () => todo(), {} as Ground, second)).toEqual({ kind: 'unanswered' });
});

test('a function that never comes back is cut off, and one that does gives what it gives', async () => {
  const exercise = {
    ...{ id: '2.1', form: 'function', answer: 'f', right: 'good', wrong: [] },
    outcome: (f: (n: number) => number) => [f(1), f(2)],
    wanted: () => [2, 4],
  } as unknown as Exercise;
  const second = async () => ({}) as Ground;
  expect(await grade(exercise, (n: number) => 2 * n, {} as Ground, second)).toEqual({ kind: 'correct', says: 'good' });
  const endless = () => {
    for (;;);
  };
  expect(await grade(exercise, endless, {} as Ground, second)).toEqual({
    kind: 'error',
    says: 'It did not come back after 3 seconds. Is there a loop in it that never ends?\nCalled with: 1',
  });
  const throwing = () => {
    throw new TypeError('mine');
  };
  expect(await grade(exercise, throwing, {} as Ground, second)).toEqual({
    kind: 'error',
    says: 'TypeError: mine\nCalled with: 1',
  });
  const lent = { ...exercise, outcome: (f: (lake: object) => unknown) => f({ rows: () => [] }) } as unknown as Exercise;
  expect(await grade(lent, throwing, {} as Ground, second)).toEqual({
    kind: 'error',
    says: 'TypeError: mine\nCalled with: an object',
  });
  const rejecting = () => Promise.reject(new Error('later'));
  const awaiting = { ...exercise, outcome: async (f: (n: number) => unknown) => [await f(1)] } as unknown as Exercise;
  expect(await grade(awaiting, rejecting, {} as Ground, second)).toEqual({
    kind: 'error',
    says: 'later\nCalled with: 1',
  });
});

import { expect, test } from 'vitest';
import type { Exercise, Ground } from './exercise.ts';
import { grade } from './grade.ts';

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

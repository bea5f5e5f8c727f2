import axios from 'axios';
import { expect, test } from 'vitest';
import { type Exercise, type Ground, listOf } from './exercise.ts';
import { findExercise } from './exercises.ts';
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

const noSecond = () => Promise.reject(new Error('not needed'));

/** What is said to an answer, where no ground is needed. */
async function said(id: string, answer: unknown, ground = {} as Ground): Promise<string> {
  const { exercise } = await findExercise(id);
  const verdict = await grade(exercise, answer, ground, async () => ground);
  return verdict.kind === 'unanswered' ? verdict.kind : verdict.says;
}

test('a typical wrong answer is looked for in outcomes of the wanted form alone, unless it is about the form', async () => {
  const entry = { cell: '', says: 'All prices are the same.', when: () => true };
  const exercise = {
    ...{ id: '1.1', form: 'value', answer: 'x', right: 'good', wrong: [entry] },
    wanted: () => [{ coin_id: 'tron', price: 1 }],
  } as unknown as Exercise;
  const says = async (answer: unknown, one = exercise) => grade(one, answer, {} as Ground, noSecond);
  expect(await says([{ coin_id: 'tron', price: 2 }])).toMatchObject({ says: entry.says });
  expect(await says([{ coin_id: 'tron', cost: 1 }])).toMatchObject({
    says: 'The column "price" is missing; there are "coin_id", "cost".',
  });
  expect(await says(7)).toMatchObject({ says: 'It should be a list of rows; it is a number.' });
  expect(await says([7], { ...exercise, wrong: [{ ...entry, ofForm: true }] })).toMatchObject({ says: entry.says });
});

test('an answer that never came back is not called again', async () => {
  let calls = 0;
  const endless = () => {
    calls++;
    for (;;);
  };
  const exercise = {
    ...{ id: '4.3', form: 'function', answer: 'f', right: 'good', wrong: [] },
    outcome: (f: () => unknown) =>
      [1, 2, 3].map(() => {
        try {
          return f();
        } catch {
          return 'an error';
        }
      }),
    wanted: () => ['a', 'b', 'c'],
  } as unknown as Exercise;
  expect(await grade(exercise, endless, {} as Ground, noSecond)).toMatchObject({
    kind: 'error',
    says: expect.stringContaining('It did not come back after 3 seconds.'),
  });
  expect(calls).toBe(1);
});

test('what a function gives in place of a list is named; a blank is none', async () => {
  const exercise = {
    ...{ id: '1.6', form: 'function', answer: 'f', right: 'good', wrong: [] },
    outcome: (f: () => unknown) => listOf(f(), 'ticks'),
    wanted: () => [{ price: 1 }],
  } as unknown as Exercise;
  const says = async (answer: () => unknown) => grade(exercise, answer, {} as Ground, noSecond);
  expect(await says(() => new Map())).toEqual({
    kind: 'not yet',
    says: 'The function should give a list of ticks; it gives an object.',
  });
  expect(await says(() => todo())).toEqual({ kind: 'unanswered' });
});

test('a function where a value is wanted is called a function', async () => {
  const exercise = {
    ...{ id: '0.2', form: 'value', answer: 'x', wrong: [] },
    wanted: () => 4.6,
  } as unknown as Exercise;
  expect(await grade(exercise, () => 4.6, {} as Ground, noSecond)).toMatchObject({
    says: 'It is a function; a number is expected.',
  });
});

test('how a call to the market ended is told, and an error of the learner comes out', async () => {
  const allCoins =
    (change: object, path = '/coins/markets', rowsOf = (answer: { data: unknown }) => answer.data as object[]) =>
    async (address: string, perPage: number) => {
      const all: object[] = [];
      for (let page = 1; ; page++) {
        const params = { vs_currency: 'usd', per_page: perPage, page, ...change };
        const rows = rowsOf(await axios.get(address + path, { params }));
        all.push(...rows);
        if (rows.length < perPage) return all;
      }
    };
  expect(await said('1.2', allCoins({ vs_currency: undefined }))).toContain('"end" is "HTTP 422: ');
  expect(await said('1.2', allCoins({}, '/coin/markets'))).toContain('"end" is "HTTP 404: ');
  expect(
    await said(
      '1.2',
      allCoins({}, '/coins/markets', answer => answer as never),
    ),
  ).toContain('TypeError: ');
  expect(await said('1.2', allCoins({ page: 1 }))).toContain('It asked until the market refused to answer');
  const throwing = async (url: string) => (await axios.get(url)).data.no.rows;
  expect(await said('1.3', throwing)).toContain('TypeError: ');
  expect(await said('1.3', async (url: string) => (await axios.get(url)).data)).toContain('It gives up at the first');
});

test('only a schema of zod is tried as one', async () => {
  expect(await said('1.4', { id: 1 })).toBe('"coinRow" should be a schema of zod: `z.object({ … })`. It is an object.');
  expect(await said('1.4', () => true)).toContain('It is a function.');
  expect(await said('1.4', { id: todo() })).toBe('unanswered');
});

import axios from 'axios';
import pl from 'nodejs-polars';
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

const asRight = async (id: string) => (await findExercise(id)).exercise.right;

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
  const throwing = () => ({
    get price() {
      throw new Error('no price here');
    },
  });
  expect(await says(throwing)).toEqual({ kind: 'error', says: 'no price here' });
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

test('a right answer may be async where it does no harm', async () => {
  type Poll = { body: string };
  const ticksOf = async (polls: Poll[]) => {
    const ticks = polls
      .flatMap(({ body }) => JSON.parse(body))
      .filter(row => row.current_price !== null)
      .map(row => [
        `${row.id} ${row.last_updated}`,
        { coin_id: row.id, price_usd: row.current_price, event_time: new Date(row.last_updated) },
      ]);
    return [...new Map(ticks as [string, object][]).values()];
  };
  expect(await said('1.6', ticksOf)).toBe(await asRight('1.6'));
  expect(await said('1.6', async () => new Map())).toContain('should give a list of ticks; it gives an object.');
  expect(await said('6.3', async () => 5)).toBe('The function should give a list of versions; it gives a number.');
  expect(await said('6.3', () => [null])).toContain('a list of versions; entry 1 of its list is nothing.');
  expect(await said('6.3', () => [todo()])).toBe('unanswered');
  const frame = pl.DataFrame({ coin_id: ['tron'], ts: [new Date(0)], price: [1] });
  const lake = { frame: async () => frame, rows: async () => [] };
  const ground = { lake } as unknown as Ground;
  const candleOf = async (ticks: { price: number }[]) => ticks[0] && { o: ticks[0].price, h: 1, l: 1, c: 1 };
  expect(await said('5.3', candleOf, ground)).toBe('A candle has open, high, low and close; yours has o, h, l, c.');
  expect(await said('5.5', () => [], ground)).toBe('The function should give a frame; it gives a list.');
  expect(await said('5.5', () => todo(), ground)).toBe('unanswered');
  expect(await said('5.6', () => frame, ground)).toContain('should give a query, as text; it gives a frame.');
  expect(await said('6.4', () => new Map(), ground)).toContain('should give a list of versions; it gives an object.');
});

test('an audit that throws or gives nothing is not taken for one that counts', async () => {
  const throwing = (stretches: { first_offset: number }[]) => [stretches[9]!.first_offset];
  expect(await said('3.4', throwing)).toContain('TypeError: ');
  expect(await said('3.4', () => undefined)).toContain('"findings" is null, and a value is expected.');
  expect(await said('3.4', () => [])).toContain('"findings" is [], which is not right.');
});

test('a rule that does nothing but throw says why', async () => {
  const throwing = () => {
    throw new ReferenceError('isGood is not defined');
  };
  expect(await said('4.3', throwing)).toContain('ReferenceError: isGood is not defined');
});

/** The message of the typical wrong answer that knows an outcome. */
async function typical(id: string, outcome: unknown, wanted: unknown): Promise<string | undefined> {
  const { exercise } = await findExercise(id);
  return exercise.wrong.find(({ when }) => when?.(outcome, wanted))?.says;
}

test('typical wrong answers are known by values that are there', async () => {
  const prices = [0.16284199, 0.16312, 0.1622].map((price_usd, kafka_offset) => ({ kafka_offset, price_usd }));
  const asFloat = prices.map(row => ({ ...row, price_usd: Math.fround(row.price_usd) }));
  expect(await typical('3.3', asFloat, prices)).toBeUndefined();
  const other = prices.map((row, at) => (at === 1 ? { ...row, price_usd: 0.71 } : row));
  expect(await typical('3.3', other, prices)).toContain('prices of another coin');
  const highs = prices.map((row, at) => ({ ...row, price_usd: row.price_usd * (1 + at / 20) }));
  expect(await typical('3.3', highs, prices)).toBeUndefined();
  const volumes = prices.map(row => ({ ...row, price_usd: 1.6e9 }));
  expect(await typical('3.3', volumes, prices)).toBeUndefined();

  const poll = (kafka_offset: number | null, array_index: number, minute = 0) => ({
    coin_id: 'tron',
    last_updated: new Date(0),
    poll_time: new Date(minute * 60_000),
    kafka_offset,
    array_index,
  });
  expect(await typical('4.4', [poll(8, 0)], [poll(7, 3)])).toContain('The two feeds asked at the same moment');
  expect(await typical('4.4', [poll(6, 3)], [poll(7, 3)])).toContain('Each column is chosen by itself');
  expect(await typical('4.4', [poll(7, 2)], [poll(7, 3)])).toContain('Each column is chosen by itself');
  expect(await typical('4.4', [poll(null, 3)], [poll(7, 3)])).toBeUndefined();
  expect(await typical('4.4', [poll(8, 0, 1)], [poll(7, 3)])).toBeUndefined();

  const mover = (mover_rank: number, coin_id: string, return_24h: number | null) => ({
    ts: new Date(0),
    mover_rank,
    coin_id,
    return_24h,
  });
  const movers = [mover(1, 'tron', -0.03), mover(2, 'cardano', 0.02), mover(3, 'solana', 0.02)];
  const turned = [movers[0], mover(2, 'solana', 0.02), mover(3, 'cardano', 0.02)];
  expect(await typical('5.7', turned, movers)).toContain('ties go by `coin_id`, the first of the alphabet');
  const shared = [movers[0], movers[1], mover(2, 'solana', 0.02)];
  expect(await typical('5.7', shared, movers)).toContain('gives both the same rank');
  expect(await typical('5.7', [movers[0], movers[1], movers[1]], movers)).toBeUndefined();
  expect(await typical('5.7', [mover(1, 'tron', null), mover(1, 'solana', null)], movers)).toBeUndefined();

  const candle = { coin_id: 'tron', hour: new Date(0), open_price_usd: 2, high_price_usd: 4, low_price_usd: 1 };
  const right = [{ ...candle, close_price_usd: 3 }];
  expect(await typical('5.2', [{ ...candle, close_price_usd: 2 }], right)).toContain('Highs and lows are right.');
  expect(await typical('5.2', [candle], right)).toBeUndefined();
  expect(await typical('5.2', [{ ...candle, close_price_usd: '3' }], right)).toBeUndefined();

  const events = (event_time?: string) => ['tron', 'solana'].map(asset => ({ asset, key: asset, event_time }));
  expect(await typical('2.4', events(), [])).toBeUndefined();
  expect(await typical('2.4', events('2026-03-08'), [])).toContain('All events carry one and the same time');
  expect(await typical('2.5', [{ messages: 1, first: null }], [])).toBeUndefined();
  expect(await typical('2.5', [{ messages: 1, first: 0n }], [])).toContain('It begins at offset 0.');
});

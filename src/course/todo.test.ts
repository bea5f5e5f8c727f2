import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { isTodo, todo } from './todo.ts';

test('a blank is known as a whole, in a text, in rows and in what is made of it', async () => {
  const blank = todo<{ price: number }>();
  expect(isTodo(blank)).toBe(true);
  expect(isTodo(await todo<Promise<number>>())).toBe(true);
  expect(isTodo(`select ${todo<string>()} from prices`)).toBe(true);
  expect(isTodo([{ price: blank.price }])).toBe(true);
  expect(isTodo(todo<(price: number) => number>()(1))).toBe(true);
  expect(isTodo(`${todo<number>() + 1}`)).toBe(true);
});

test('answers are none', () => {
  const frame = pl.DataFrame({ coin_id: ['tron'], price: [1] });
  for (const answer of [0, '', null, undefined, [], {}, [{ price: 1 }], new Date(), Buffer.from('x'), () => 1, frame])
    expect(isTodo(answer)).toBe(false);
});

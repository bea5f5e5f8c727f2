import { expect, test } from 'vitest';
import { firstDifference, isFormedAs, textOf } from './compare.ts';

const off = (found: unknown, wanted: unknown, how = {}) => firstDifference(found, wanted, how)?.off;
const hour = (n: number) => new Date(Date.UTC(2026, 2, 2, n));
const rows = [
  { coin_id: 'bitcoin', hour: hour(1), price: 2 },
  { coin_id: 'bitcoin', hour: hour(2), price: 3.5 },
];
const key = ['coin_id', 'hour'];

test('equal is what the data means as equal', () => {
  expect(off(5n, 5)).toBeUndefined();
  expect(off(0.1 + 0.2, 0.3)).toBeUndefined();
  expect(off(71_000 * (1 + 1e-12), 71_000)).toBeUndefined();
  expect(off(2e-12, 1e-12)).toBe('It is 2e-12, which is too high.');
  expect(off(undefined, null)).toBeUndefined();
  expect(off(Number.NaN, Number.NaN)).toBeUndefined();
  expect(off(hour(1), new Date(hour(1)))).toBeUndefined();
  expect(off([...rows].reverse(), rows)).toBeUndefined();
  expect(off([...rows].reverse(), rows, { key })).toBeUndefined();
  expect(off([{ price: 2, hour: hour(1), coin_id: 'bitcoin' }, rows[1]], rows)).toBeUndefined();
  expect(off(['b', 'a'], ['a', 'b'], { ordered: false })).toBeUndefined();
});

test('an infinite number is like no other', () => {
  expect(off(Number.POSITIVE_INFINITY, 5)).toBe('It is Infinity, which is too high.');
  expect(off(5, Number.NEGATIVE_INFINITY)).toBe('It is 5, which is too high.');
  expect(off(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBeUndefined();
});

test('what is not a number, or no time, is neither too low nor too early', () => {
  expect(off(Number.NaN, 5)).toBe('It is NaN, which is not a number. Was a text, or nothing at all, taken for one?');
  expect(off(5, Number.NaN)).toBe('It is 5, and NaN is expected.');
  expect(off(new Date('noon'), hour(1))).toBe('It is an invalid time.');
});

test('a frame is told by its size and columns, not by its bytes', () => {
  const frame = { columns: ['coin_id', 'price'], height: 1200, toRecords: () => [] };
  expect(textOf(frame)).toBe('a frame, 1,200 rows of coin_id, price');
});

test('order counts where it is asked for', () => {
  expect(off([...rows].reverse(), rows, { ordered: true })).toBe(
    'Row 1: "hour" is 2026-03-02 02:00, which is too late.',
  );
  expect(off(['b', 'a'], ['a', 'b'])).toBe('Number 1 of the list: it is "b", which is not right.');
});

test('a key of another kind is told as such, and not as a missing row', () => {
  const numbered = rows.map(({ hour, ...row }) => ({ ...row, hour: hour.getUTCHours() }));
  expect(off(numbered, rows, { key })).toBe('"hour" is a number (1); a time is expected.');
  const texts = rows.map(({ hour, ...row }) => ({ ...row, hour: hour.toISOString().slice(0, 10) }));
  expect(off(texts, rows, { key })).toBe('"hour" is a text ("2026-03-02"); a time is expected.');
});

test('the first difference says where it is and what is off', () => {
  expect(off(rows.slice(1), rows)).toBe('There are 1 rows, too few.');
  expect(off([], rows)).toBe('There are no rows.');
  expect(off(rows.slice(1), rows, { key })).toBe('The row of "bitcoin", 2026-03-02 01:00 is missing.');
  expect(off([...rows, { ...rows[0], coin_id: 'tron' }], rows, { key })).toBe(
    'The row of "tron", 2026-03-02 01:00 should not be there.',
  );
  expect(off([...rows, rows[0]], rows, { key })).toBe('There is more than one row of "bitcoin", 2026-03-02 01:00.');
  expect(off([{ ...rows[0], price: 9 }, rows[1]], rows, { key })).toBe(
    'The row of "bitcoin", 2026-03-02 01:00: "price" is 9, which is too high.',
  );
  expect(off([{ coin_id: 'bitcoin', hour: hour(1) }], rows)).toBe(
    'The column "price" is missing; there are "coin_id", "hour".',
  );
  expect(
    off(
      rows.map(row => ({ ...row, more: 1 })),
      rows,
    ),
  ).toBe('The column "more" was not asked for.');
});

test('a rounded number is taken for one', () => {
  expect(off(4.62, 4.622996)).toBe('It is 4.62, which is too low. If you have rounded it, leave all its digits.');
  expect(off(-2, -1.686734)).toBe('It is -2, which is too low. If you have rounded it, leave all its digits.');
  expect(off(4.61, 4.622996)).toBe('It is 4.61, which is too low.');
  expect(off(0, 0.2)).toBe('It is 0, which is too low.');
});

test('a list of lists says which of them', () => {
  expect(
    off(
      [
        [1, 2],
        [1, 3],
      ],
      [
        [1, 2],
        [1, 2],
      ],
    ),
  ).toBe('List 2: number 2 of the list: it is 3, which is too high.');
});

test('types and nulls are named', () => {
  expect(off('5', 5)).toBe('It is a text ("5"); a number is expected.');
  expect(off(null, 5)).toBe('It is null, and a value is expected.');
  expect(off(5, null)).toBe('It is 5, and null is expected.');
  expect(off(5, rows)).toBe('It should be a list of rows; it is a number.');
  expect(off([1], { a: 1 })).toBe('It should be an object; it is a list.');
  expect(off([1, 2], rows)).toBe('It should be a list of rows; entry 1 of the list is a number.');
  expect(off([...rows, null], rows)).toBe('It should be a list of rows; entry 3 of the list is nothing.');
  expect(off(() => 1, 5)).toBe('It is a function; a number is expected.');
});

test('rows have the form of rows with the same columns, or more', () => {
  const more = rows.map(row => ({ ...row, more: 1 }));
  expect([rows, more, []].map(found => isFormedAs(found, rows))).toEqual([true, true, true]);
  const less = [{ coin_id: 'tron', hour: hour(1) }];
  expect([less, [...rows, ...less], [1], 5, 'no', undefined, rows[0]].some(found => isFormedAs(found, rows))).toBe(
    false,
  );
  expect(isFormedAs(rows[0], rows[1])).toBe(true);
  expect(isFormedAs({}, rows[1])).toBe(false);
  expect([isFormedAs([1], [2]), isFormedAs(1, [2]), isFormedAs('a', 2)]).toEqual([true, false, true]);
});

test('what was wanted is told apart', () => {
  expect(firstDifference(4, 5)?.wanted).toBe('5');
  expect(firstDifference(rows.slice(1), rows)?.wanted).toBe('2 rows');
});

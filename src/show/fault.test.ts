import { expect, test } from 'vitest';
import { faultOf } from './fault.ts';

const rows = [{ hour: new Date(0), price: 1 }];
const encoding = { x: { field: 'hour', type: 'temporal' }, y: { field: 'price', type: 'quantitative' } };

test('a sound chart has no fault', () => {
  expect(faultOf({ data: { values: rows }, mark: 'line', encoding })).toBeUndefined();
  expect(faultOf({ data: { values: rows }, layer: [{ mark: { type: 'rule' }, encoding }] })).toBeUndefined();
  const transform = [{ calculate: 'datum.price * 2', as: 'twice' }];
  const made = { ...encoding, y: { field: 'twice', type: 'quantitative' } };
  expect(faultOf({ data: { values: rows }, transform, mark: 'bar', encoding: made })).toBeUndefined();
});

test('what would stay empty or fail without a word is named', () => {
  const wrong = { ...encoding, y: { field: 'prize', type: 'quantitative' } };
  expect(faultOf({ data: { values: rows }, mark: 'line', encoding: wrong })).toBe(
    'The rows have no column "prize". They have "hour", "price".',
  );
  expect(faultOf({ data: { values: [] }, mark: 'line', encoding })).toMatch('There are no rows to draw');
  expect(faultOf({ data: { values: rows }, mark: 'lin', encoding })).toMatch('There is no mark "lin"');
  const odd = { ...encoding, x: { field: 'hour', type: 'time' } };
  expect(faultOf({ data: { values: rows }, mark: 'line', encoding: odd })).toMatch('There is no type "time"');
});

import { expect, test } from 'vitest';
import { parseModel } from './read.ts';
import { coverSpans, joinSpans, spansOf, widen } from './spans.ts';

const at = (text: string) => new Date(`2026-03-${text}Z`);
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });
const instant = (text: string) => span(text, text);
const model = (unit: string) =>
  parseModel(
    'gold.x',
    `-- purpose: A model for this test.\n-- grain: [a]\n-- sources: []\n-- slice: { unit: ${unit}, source: b, target: b }\nselect 1 as a`,
  );

test('an instant touches its whole slice', () => {
  expect(spansOf(model('hour'), [instant('02T10:30')])).toEqual([span('02T10:00', '02T11:00')]);
  expect(spansOf(model('day'), [instant('02T10:30')])).toEqual([span('02T00:00', '03T00:00')]);
  expect(spansOf(model('month'), [instant('31T10:30')])).toEqual([
    { from: at('01T00:00'), to: new Date('2026-04-01T00:00Z') },
  ]);
});

test('a span that ends where a slice begins does not touch that slice', () => {
  expect(spansOf(model('hour'), [span('02T10:10', '02T12:00')])).toEqual([span('02T10:00', '02T12:00')]);
});

test('neighbours become one span, distant slices stay apart', () => {
  const touched = ['02T13:00', '02T10:30', '02T11:59', '02T13:30'].map(instant);
  expect(spansOf(model('hour'), touched)).toEqual([span('02T10:00', '02T12:00'), span('02T13:00', '02T14:00')]);
  expect(joinSpans([span('02T10:00', '02T10:01'), span('02T10:30', '02T10:31')])).toHaveLength(1);
});

test('a span inside another one adds nothing', () => {
  expect(joinSpans([span('02T10:00', '02T14:00'), span('02T11:00', '02T12:00')])).toEqual([
    span('02T10:00', '02T14:00'),
  ]);
});

test('a span widens by hours', () => {
  expect(widen(span('02T10:00', '02T11:00'), 2, 3)).toEqual(span('02T08:00', '02T14:00'));
});

test('few spans stay apart, very many become the one that covers them', () => {
  const days = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      from: new Date(Date.UTC(2024, 0, 1 + 2 * n)),
      to: new Date(Date.UTC(2024, 0, 2 + 2 * n)),
    }));
  expect(coverSpans(days(32))).toEqual(days(32));
  expect(coverSpans(days(33))).toEqual([{ from: days(1)[0]!.from, to: days(33).at(-1)!.to }]);
});

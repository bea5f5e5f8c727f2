import { expect, test } from 'vitest';
import { shown } from '../show/shown.ts';
import { card } from './card.ts';

test('whatever a card is about stays text', () => {
  const hostile = '<img src=x onerror="x()">';
  const parts = [hostile, { code: hostile }, { closed: hostile, parts: [hostile] }];
  const { 'text/html': html, 'text/plain': plain } = card('error', hostile, parts)[shown]() as Record<string, string>;
  expect(html).not.toContain('<img');
  expect(html!.split('&#60;img').length - 1).toBe(5);
  expect(plain!.split(hostile).length - 1).toBe(5);
});

import { expect, test } from 'vitest';
import { toCsv } from './csv.ts';

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', '＠SUM(A1)'])(
  'a text that would run as a formula is defused: %j',
  text => {
    const [, ...lines] = toCsv([{ id: text }]).split('\r\n');
    expect(lines.join('\r\n').replace(/^"/, '')).toMatch(/^'/);
  },
);

test('a number may be negative, and quotes, commas and line ends are quoted', () => {
  expect(toCsv([{ a: -1.5, b: 'x"y', c: 'x,y', d: 'x\ny', e: null }])).toBe('a,b,c,d,e\r\n-1.5,"x""y","x,y","x\ny",');
});

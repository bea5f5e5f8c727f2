import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastWords, openLog } from './log.ts';

const log = join(mkdtempSync(join(tmpdir(), 'ticklake-log-')), 'x.log');

test.each([
  [
    '{"msg":"starts"}\nIO Error: no connection: refused\n\tIs the server running?\n',
    'IO Error: no connection: refused',
  ],
  ['{"msg":"starts"}\nRangeError: too far\n    at x (y.ts:1:2)\n', 'RangeError: too far'],
  ['Cannot start: no room\n\nNode.js v24\n', 'Cannot start: no room'],
  ['one\ntwo\n', 'two'],
])('the last words of %j', (text, words) => {
  writeFileSync(log, text);
  expect(lastWords(log)).toBe(words);
});

test('keys and tokens are left out of a log, in an error of axios too', () => {
  let line = '';
  const log = openLog('feed', {
    write: text => {
      line += text;
    },
  });
  const secret = 'CG-secret';
  const headers = { accept: 'text', 'x-cg-demo-api-key': secret };
  log.warn({ apiKey: secret, market: { token: secret }, headers, error: { config: { headers } } }, 'asked');
  expect(JSON.parse(line)).toMatchObject({ service: 'feed', level: 'warn', msg: 'asked', headers: { accept: 'text' } });
  expect(line).not.toContain(secret);
});

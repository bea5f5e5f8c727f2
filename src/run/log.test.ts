import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastWords } from './log.ts';

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

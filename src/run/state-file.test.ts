import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readState, showState, writeState } from './state-file.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'ticklake-'));

test('a state is written whole, in place of the one before, and read again', () => {
  const file = join(folder(), 'deeper', 'state.json');
  expect(readState(file)).toBeUndefined();
  for (const at of [1, 2]) writeState(file, { at });
  expect(readState(file)).toBe('{\n  "at": 2\n}\n');
});

test('a state that cannot be written leaves nothing behind, and what is only shown ends no work', () => {
  const at = folder();
  const file = join(at, 'state.json');
  mkdirSync(join(file, 'in the way'), { recursive: true });
  expect(() => writeState(file, {})).toThrow(/EISDIR|ENOTEMPTY/);
  showState(file, {});
  expect(readdirSync(at)).toEqual(['state.json']);
});

import { appendFileSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { copyJournal, journalFile, note, readJournal } from './journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'journal-'));
beforeAll(() => void vi.stubEnv('TICKLAKE_WORKSPACE', folder));
afterAll(() => vi.unstubAllEnvs());

test('what is noted is read again, and a line cut off in the middle, or of no entry, is passed over', () => {
  expect(readJournal()).toEqual([]);
  expect(copyJournal()).toBeUndefined();
  note({ did: 'open', station: '00-welcome' }, new Date(0));
  appendFileSync(journalFile(), '{"at": "20\nnull\n7\n{}\n');
  note({ did: 'check', station: '00-welcome', exercise: '0.1', verdict: 'correct' }, new Date(1000));
  expect(readJournal()).toEqual([
    { at: '1970-01-01T00:00:00.000Z', did: 'open', station: '00-welcome' },
    { at: '1970-01-01T00:00:01.000Z', did: 'check', station: '00-welcome', exercise: '0.1', verdict: 'correct' },
  ]);
});

test('a copy lies beside it', () => {
  copyJournal(new Date(0));
  expect(readdirSync(folder).sort()).toEqual(['progress-1970-01-01T000000.jsonl', 'progress.jsonl']);
});

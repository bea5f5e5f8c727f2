import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inWorkspace } from '../workspace/place.ts';
import type { Verdict } from './grade.ts';

/** What can happen in a station. */
type Event =
  | { did: 'open' }
  | { did: 'check'; exercise: string; verdict: Verdict['kind'] }
  /** Forget what came before of this exercise, or of the whole station. */
  | { did: 'reset'; exercise?: string };

/** One line of the journal; `at` is a time in UTC. */
export type Entry = Event & { station: string; at: string };

/** The learner's own file. It only grows, so that two notebooks can write to it at once. */
export const journalFile = (): string => inWorkspace('progress.jsonl');

/** Add what happened just now. */
export function note(entry: Event & { station: string }, at: Date = new Date()): void {
  mkdirSync(dirname(journalFile()), { recursive: true });
  appendFileSync(journalFile(), `${JSON.stringify({ at: at.toISOString(), ...entry })}\n`);
}

/** Read all entries in order; a line that was cut off in the middle, or is none of ours, is left out. */
export function readJournal(): Entry[] {
  if (!existsSync(journalFile())) return [];
  return readFileSync(journalFile(), 'utf8')
    .split('\n')
    .flatMap(line => {
      try {
        const entry = JSON.parse(line) as Entry | null;
        return typeof entry?.station === 'string' ? [entry] : [];
      } catch {
        return [];
      }
    });
}

/** Keep a copy of the journal beside it; gives its path, or nothing when there is no journal. */
export function copyJournal(at: Date = new Date()): string | undefined {
  if (!existsSync(journalFile())) return undefined;
  const copy = inWorkspace(`progress-${at.toISOString().slice(0, 19).replaceAll(':', '')}.jsonl`);
  copyFileSync(journalFile(), copy);
  return copy;
}

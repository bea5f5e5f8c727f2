import { setTimeout as sleep } from 'node:timers/promises';
import { hidePasswords } from './location.ts';

/** What a statement may meet although it did nothing wrong: another host's commit, a catalog that is locked for a moment. */
const passing = /database is locked|transaction conflict|write-write conflict|could not serialize|deadlock detected/i;

/** Will the same do if it is tried again? */
export const isPassing = (error: unknown): boolean => error instanceof Error && passing.test(error.message);

/**
 * Do it again while what it met passes, for about a second. The catalog is told not to wait by itself, since
 * SQLite as DuckDB builds it waits whole seconds for locks that last a tenth of a millisecond.
 *
 * @throws the first error, when trying again fails otherwise: in a transaction, which the error has ended
 */
export async function again<T>(work: () => Promise<T>, passes: (error: unknown) => boolean = isPassing): Promise<T> {
  let first: unknown;
  for (let pauseMs = 1, left = 12; ; pauseMs = Math.min(pauseMs * 2, 150), left--) {
    try {
      return await work();
    } catch (error) {
      first ??= error;
      if (left === 0 || !passes(error)) throw hidePasswords(first);
    }
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}

import { join } from 'node:path';
import pRetry, { AbortError } from 'p-retry';
import type { Location } from './location.ts';
import type { Session, Tx } from './session.ts';
import { takeTurn } from './turn.ts';

/** What a transaction may meet although it did nothing wrong: another host's commit, a catalog that is locked for a moment. */
const passing = /database is locked|transaction conflict|write-write conflict|could not serialize|deadlock detected/i;

/** Will the same transaction do if it is tried again? */
export const isPassing = (error: unknown): boolean => error instanceof Error && passing.test(error.message);

/**
 * Run `work` in one transaction: take the cross-process turn, begin, work, commit with a message, give the turn back.
 *
 * An error rolls everything back and is thrown; after a conflict or a lock the whole is done again, so `work` must read
 * what it needs inside the transaction and change nothing outside of it.
 */
export function writeIn<T>(session: Session, at: Location, message: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return pRetry(
    async () => {
      using _turn = await takeTurn(join(at.side, 'turn.sqlite'));
      try {
        return await transact(session, message, work);
      } catch (error) {
        if (isPassing(error)) throw error;
        throw new AbortError(error instanceof Error ? error : new Error(String(error)));
      }
    },
    { retries: 20, minTimeout: 10, maxTimeout: 500, randomize: true },
  );
}

async function transact<T>(session: Session, message: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  await session.run('begin');
  try {
    const done = await work(session);
    await session.run('call lake.set_commit_message($author, $message)', { author: 'ticklake', message });
    await session.run('commit');
    return done;
  } catch (error) {
    // A commit that failed has already ended the transaction.
    await session.run('rollback').catch(() => {});
    await session.run('use lake');
    throw error;
  }
}

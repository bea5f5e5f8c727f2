import { join } from 'node:path';
import pRetry from 'p-retry';
import { takeTurn } from '../run/turn.ts';
import { isPassing } from './again.ts';
import { lend } from './lend.ts';
import type { Location } from './location.ts';
import type { Session, Tx } from './session.ts';

/**
 * Run `work` in one transaction: take the cross-process turn, begin, work, commit with a message, give the turn back.
 *
 * An error rolls everything back and is thrown; after a conflict or a lock the whole is done again, so `work` must read
 * what it needs inside the transaction and change nothing outside of it.
 *
 * @throws when it is not our turn after `patienceMs` (a minute); what `work` threw
 */
export function writeIn<T>(
  session: Session,
  at: Location,
  message: string,
  work: (tx: Tx) => Promise<T>,
  { patienceMs, beforeCommit }: { patienceMs?: number; beforeCommit?: BeforeCommit } = {},
): Promise<T> {
  return pRetry(
    async () => {
      using _turn = await takeTurn(join(at.side, 'turn.sqlite'), patienceMs);
      return await transact(session, message, work, beforeCommit);
    },
    { retries: 20, minTimeout: 10, maxTimeout: 500, randomize: true, shouldRetry: ({ error }) => isPassing(error) },
  );
}

/** Called when all is done but the commit; what it returns is disposed of after that. What it throws rolls everything back. */
export type BeforeCommit = () => Promise<Disposable>;

async function transact<T>(
  session: Session,
  message: string,
  work: (tx: Tx) => Promise<T>,
  beforeCommit?: BeforeCommit,
): Promise<T> {
  await session.run('begin');
  const { tx, takeBack } = lend(session);
  try {
    const done = await work(tx);
    if ((await takeBack()) > 0)
      throw new Error(
        `Cannot commit "${message}": a statement was still running when its function ended. Nothing was written. Put "await" before every tx.run and tx.rows.`,
      );
    await session.run('call lake.set_commit_message($author, $message)', { author: 'ticklake', message });
    using _held = await beforeCommit?.();
    await session.run('commit');
    return done;
  } catch (error) {
    await takeBack();
    // A commit that failed has already ended the transaction.
    await session.run('rollback').catch(() => {});
    await session.run('use lake');
    throw error;
  }
}

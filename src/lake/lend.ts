import type { Session, Tx } from './session.ts';

/** A session on loan to one transaction. */
export type Loan = {
  tx: Tx;
  /** Take it back: from now on it refuses. Waits for what still runs, and says how many statements that were. */
  takeBack(): Promise<number>;
};

/**
 * Lend a session to the function of a transaction. A statement that nobody awaits would otherwise run on after the commit or
 * the rollback, outside of any transaction.
 */
export function lend(session: Session): Loan {
  const running = new Set<Promise<unknown>>();
  let over = false;
  const watch = async <T>(statement: () => Promise<T>): Promise<T> => {
    if (over)
      throw new Error(
        'Cannot use this transaction: its function has ended. Put "await" before every statement in it, and use "tx" nowhere else.',
      );
    const done = statement();
    running.add(done);
    try {
      return await done;
    } finally {
      running.delete(done);
    }
  };
  const tx: Tx = {
    connection: session.connection,
    run: (sql, params) => watch(() => session.run(sql, params)),
    rows: (sql, params) => watch(() => session.rows(sql, params)),
    frame: (sql, params) => watch(() => session.frame(sql, params)),
    insertFrame: (table, frame, where) => watch(() => session.insertFrame(table, frame, where)),
  };
  const takeBack = async () => {
    over = true;
    const left = [...running];
    await Promise.allSettled(left);
    return left.length;
  };
  return { tx, takeBack };
}

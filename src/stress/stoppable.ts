import { interruptible } from '../lake/interrupt.ts';
import type { Lake } from '../lake/open.ts';

/** A lake whose writes end when the signal comes: the statement under way is interrupted, and its transaction rolled back. */
export const stoppable = (lake: Lake, signal: AbortSignal): Lake => ({
  ...lake,
  write: (message, work, beforeCommit) =>
    lake.write(message, tx => interruptible(tx.connection, signal, () => work(tx)), beforeCommit),
});

import type { Lake } from '../lake/open.ts';

/** A lake whose writes end when the signal comes: the statement under way is interrupted, and its transaction rolled back. */
export function stoppable(lake: Lake, signal: AbortSignal): Lake {
  return {
    ...lake,
    write: (message, work, beforeCommit) =>
      lake.write(
        message,
        async tx => {
          const interrupt = () => tx.connection.interrupt();
          signal.throwIfAborted();
          signal.addEventListener('abort', interrupt);
          try {
            return await work(tx);
          } finally {
            signal.removeEventListener('abort', interrupt);
          }
        },
        beforeCommit,
      ),
  };
}

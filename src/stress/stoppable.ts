import type { Lake } from '../lake/open.ts';

const everyMs = 20;

/** A lake whose writes end when the signal comes: the statement under way is interrupted, and its transaction rolled back. */
export function stoppable(lake: Lake, signal: AbortSignal): Lake {
  return {
    ...lake,
    write: (message, work, beforeCommit) =>
      lake.write(
        message,
        async tx => {
          // An interrupt is lost on a statement that has not quite begun, so it is repeated.
          let interrupting: NodeJS.Timeout | undefined;
          const interrupt = () => {
            interrupting = setInterval(() => tx.connection.interrupt(), everyMs);
          };
          signal.throwIfAborted();
          signal.addEventListener('abort', interrupt);
          try {
            return await work(tx);
          } finally {
            signal.removeEventListener('abort', interrupt);
            clearInterval(interrupting);
          }
        },
        beforeCommit,
      ),
  };
}

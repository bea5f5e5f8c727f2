import type { DuckDBConnection } from '@duckdb/node-api';

const everyMs = 20;

/**
 * Do some work on a connection, whose statements a signal interrupts; without a signal just do it.
 *
 * @throws the signal's reason when it came before the work, else what the interrupted statement says
 */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  // An interrupt is lost on a statement that has not quite begun, so it is repeated.
  let interrupting: NodeJS.Timeout | undefined;
  const interrupt = () => {
    interrupting = setInterval(() => connection.interrupt(), everyMs);
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', interrupt);
  try {
    return await work();
  } finally {
    signal?.removeEventListener('abort', interrupt);
    clearInterval(interrupting);
  }
}

/** A place to wait for the next change of something that others change. */
export type Turnstile = {
  /** Let everyone through who waits now. */
  turn(): void;
  /** Wait for the next turn, for the signal, or for so many milliseconds, whatever comes first. */
  next(signal: AbortSignal, limitMs?: number): Promise<void>;
};

/** Make a turnstile. */
export function turnstile(): Turnstile {
  let waiting = Promise.withResolvers<void>();
  return {
    turn: () => {
      waiting.resolve();
      waiting = Promise.withResolvers();
    },
    next: (signal, limitMs) =>
      new Promise(resolve => {
        const timer = limitMs === undefined ? undefined : setTimeout(done, limitMs);
        function done() {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        }
        if (signal.aborted) return done();
        signal.addEventListener('abort', done);
        void waiting.promise.then(done);
      }),
  };
}

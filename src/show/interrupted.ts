import { kernel } from './output.ts';

let current: AbortController | undefined;

/**
 * Give the signal that aborts when the learner stops the cell (the square button, or Ctrl-C in a command). A loop that awaits
 * goes on after an interrupt unless it watches this signal; with it the cell ends in good order instead of with an error.
 *
 * @example for await (const message of consume({ topics, signal: interrupted() })) show(message)
 */
export function interrupted(): AbortSignal {
  if (!current) {
    const controller = new AbortController();
    current = controller;
    process.once('SIGINT', () => {
      current = undefined;
      controller.abort(new Error('Interrupted: you stopped this cell.'));
    });
  }
  kernel()?.endsItself();
  return current.signal;
}

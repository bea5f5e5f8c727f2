import { mimeOf } from './mime.ts';
import type { Bundle } from './shown.ts';

/** What the kernel's launcher (infra/jupyter/kernel/messages.cjs) offers to the code of cells. */
type Kernel = {
  write(output: Bundle & { displayId?: string; update?: boolean }): void;
  /** Say that this cell ends by itself when interrupted, so that it need not be cut off. */
  endsItself(): void;
  /** Whether the cell before this one failed. */
  lastFailed: boolean;
};

/** The kernel this code runs in; undefined in tests and commands. */
export const kernel = (): Kernel | undefined =>
  (globalThis as Record<symbol, unknown>)[Symbol.for('ticklake.kernel')] as Kernel;

/**
 * Show a value in the middle of a cell as the last value of a cell would be shown: rows and frames as tables, a vega-lite
 * spec as a chart. Outside a notebook it is printed as text.
 */
export function display(value: unknown): void {
  write(bundleOf(value));
}

/**
 * Reserve a place under the cell whose content can be replaced.
 *
 * @returns `show(value)`: the first call shows the value, every later one replaces what is there.
 */
export function place(): { show(value: unknown): void } {
  const displayId = crypto.randomUUID();
  let update = false;
  return {
    show(value) {
      write({ ...bundleOf(value), displayId, update });
      update = true;
    },
  };
}

const bundleOf = (value: unknown): Bundle => mimeOf(value) ?? { data: { 'text/plain': String(value) } };

function write(output: Bundle & { displayId?: string; update?: boolean }): void {
  const to = kernel();
  if (to) to.write(output);
  else console.log(output.data['text/plain'] ?? '');
}

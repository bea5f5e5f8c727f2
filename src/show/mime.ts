import { dress, isSpec } from './chart.ts';
import { type Bundle, shown } from './shown.ts';
import { isFrame, isRows, table } from './table.ts';

/**
 * Recognise what a value is and give its forms for a notebook: frames and rows as tables, a vega-lite spec as a chart, and
 * whatever describes itself by `Symbol.for('Jupyter.display')`. Undefined for everything else, which is shown as text.
 */
export function mimeOf(value: unknown): Bundle | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isFrame(value) || isRows(value)) return mimeOf(table(value));
  const { toFrame } = value as { toFrame?: unknown };
  if (typeof toFrame === 'function') return mimeOf(toFrame.call(value));
  if (isSpec(value)) return { data: dress(value) };
  const describe = (value as Record<symbol, unknown>)[shown];
  return typeof describe === 'function' ? { data: describe.call(value) } : undefined;
}

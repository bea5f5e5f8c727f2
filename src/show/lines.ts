import type { Spec } from './chart.ts';

export interface LineOptions<R> {
  /** Column along the bottom; dates make a UTC axis. */
  x: keyof R & string;
  y: keyof R & string;
  /** Column that tells the lines apart. */
  colour?: keyof R & string;
  /** The finding, as a sentence. */
  title?: string;
  /** Unit and span. */
  subtitle?: string;
  /** Name of the y axis with its unit; the column's name when missing. */
  unit?: string;
  /** `log` where lines differ by orders of magnitude; `rank` puts 1 on top. */
  scale?: 'linear' | 'log' | 'rank';
}

/**
 * Describe a line chart as a vega-lite spec, which a cell shows as its last value and a learner may change first.
 *
 * @param rows Rows in any order; rows with a null y leave a gap.
 * @example lines(hours, { x: 'hour', y: 'avg_price_usd', colour: 'coin_id', scale: 'log', unit: 'USD' })
 */
export function lines<R extends object>(rows: readonly R[], options: LineOptions<R>): Spec {
  const { x, y, colour, title, subtitle, unit = y, scale = 'linear' } = options;
  const scales = { linear: { zero: false }, log: { type: 'log' }, rank: { reverse: true, zero: false, nice: false } };
  const axis = scale === 'rank' ? { title: unit, format: 'd', tickMinStep: 1 } : { title: unit };
  return {
    data: { values: rows },
    ...(title && { title: { text: title, ...(subtitle && { subtitle }) } }),
    mark: {
      type: 'line',
      point: rows.length <= 60,
      ...(scale === 'rank' && { interpolate: 'step-after' }),
    },
    encoding: {
      x: { field: x, type: typeOf(rows[0]?.[x]), title: x },
      y: { field: y, type: 'quantitative', scale: scales[scale], axis },
      ...(colour && { color: { field: colour, type: 'nominal', title: colour } }),
      tooltip: [
        { field: x, type: typeOf(rows[0]?.[x]), title: x },
        ...(colour ? [{ field: colour, type: 'nominal', title: colour }] : []),
        { field: y, type: 'quantitative', title: unit, format: ',.7~g' },
      ],
    },
  };
}

function typeOf(value: unknown): 'temporal' | 'quantitative' | 'nominal' {
  if (value instanceof Date) return 'temporal';
  return typeof value === 'number' || typeof value === 'bigint' ? 'quantitative' : 'nominal';
}

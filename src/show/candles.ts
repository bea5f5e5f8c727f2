import type { Spec } from './chart.ts';
import { directionColours } from './theme.ts';

const plotWidth = 500;

export interface CandleOptions {
  /** The finding, as a sentence. */
  title?: string;
  /** Unit and span. */
  subtitle?: string;
  /** Further columns to draw as lines over the candles, such as moving averages. */
  averages?: string[];
}

/**
 * Describe a candlestick chart of one coin as a vega-lite spec: a thin line from low to high, a body from open to close,
 * green where the close is not below the open.
 *
 * @param rows Rows with one date column and columns whose names begin with open, high, low and close (USD).
 * @throws When the rows have no such columns.
 * @example candles(await lake.rows(`from gold.crypto_hourly_ohlc where coin_id = 'bitcoin'`), { title: 'Bitcoin fell' })
 */
export function candles(rows: readonly object[], options: CandleOptions = {}): Spec {
  const { title, subtitle, averages = [] } = options;
  const [time, open, high, low, close] = columnsOf(rows[0] ?? {});
  const values = rows as readonly Record<string, unknown>[];
  const width = Math.max(1.5, Math.min(14, (plotWidth / rows.length) * 0.65));
  const color = {
    condition: { test: `datum['${close}'] >= datum['${open}']`, value: directionColours.up },
    value: directionColours.down,
  };
  const price = (field: string) => ({ field, type: 'quantitative', title: 'price (USD)', scale: { zero: false } });
  const tooltip = [
    { field: time, type: 'temporal', title: 'hour' },
    ...[open, high, low, close].map(field => ({ field, type: 'quantitative', format: ',.6~g' })),
  ];
  const folded = averages.map(name => ({
    mark: { type: 'line', strokeWidth: 2 },
    encoding: { y: price(name), color: { datum: name, type: 'nominal', title: null } },
  }));
  return {
    data: { values },
    ...(title && { title: { text: title, ...(subtitle && { subtitle }) } }),
    encoding: { x: { field: time, type: 'temporal', title: time } },
    layer: [
      { mark: { type: 'rule', strokeWidth: 1.2 }, encoding: { y: price(low), y2: { field: high }, color, tooltip } },
      {
        mark: { type: 'bar', width, cornerRadius: 0 },
        encoding: { y: price(open), y2: { field: close }, color, tooltip },
      },
      ...folded,
    ],
  };
}

function columnsOf(row: object): [time: string, open: string, high: string, low: string, close: string] {
  const names = Object.keys(row);
  const time = names.find(name => (row as Record<string, unknown>)[name] instanceof Date);
  const prices = ['open', 'high', 'low', 'close'].map(word => names.find(name => name.startsWith(word)));
  const found = [time, ...prices];
  if (found.every(name => name !== undefined)) return found as [string, string, string, string, string];
  throw new Error(
    `Cannot draw candles: found columns ${names.join(', ') || 'none'}; wanted a date and open…, high…, low…, close….`,
  );
}

import { columnFormat, type FormattedCell } from './format.ts';
import { escapeHtml, type Shown, shown } from './shown.ts';

/** A row as DuckDB, Kafka or a literal gives it: column name to value. */
export type Row = Record<string, unknown>;

/** The part of a Polars frame that a table needs. Frames are known by it, so that Polars is not loaded to show rows. */
export type Frame = { columns: string[]; height: number; head(rows: number): Frame; toRecords(): Row[] };

type Cell = FormattedCell & { missing?: boolean };
type Column = { name: string; note?: string; align: 'left' | 'right'; cells: Cell[] };
type Layout = { columns: Column[]; rowCount: number; total: number; title?: string };

/** A browser that has to lay out more than this stands still. */
const mostRows = 2000;

/**
 * Make a table of rows or of a Polars frame. As the last value of a cell, rows and frames become one by themselves; call
 * this to choose the number of rows or to give a title.
 *
 * @param rows Rows, whose columns are those of all shown rows in order of first appearance; or a frame.
 * @param options `limit`: rows shown (20 by default, 2,000 at most), the rest is counted. `title`: a line above the table.
 * @example table(await lake.rows('from gold.crypto_hourly_stats'), { limit: 5, title: 'Hourly prices' })
 */
export function table(rows: readonly object[] | Frame, options: { limit?: number; title?: string } = {}): Shown {
  const limit = Math.min(options.limit ?? 20, mostRows);
  const [head, total] = isFrame(rows)
    ? [rows.head(limit).toRecords(), rows.height]
    : [rows.slice(0, limit) as Row[], rows.length];
  const names = isFrame(rows) ? rows.columns : [...new Set(head.flatMap(row => Object.keys(row)))];
  const layout = { columns: names.map(name => column(name, head)), rowCount: head.length, total, title: options.title };
  return { [shown]: () => ({ 'text/html': htmlOf(layout), 'text/plain': textOf(layout) }) };
}

/** Tell whether a value is a Polars frame. */
export function isFrame(value: object): value is Frame {
  // Not by `in`: a Polars frame answers that for its columns alone.
  const { columns, height, toRecords } = value as Partial<Frame>;
  return Array.isArray(columns) && typeof height === 'number' && typeof toRecords === 'function';
}

/** Tell whether a value is a list of rows: plain objects, at least one. */
export function isRows(value: object): value is Row[] {
  return Array.isArray(value) && value.length > 0 && value.slice(0, 20).every(isRow);
}

function isRow(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function column(name: string, rows: Row[]): Column {
  const values = rows.map(row => row[name]);
  const { align, note, write } = columnFormat(name, values);
  const cells = values.map(value =>
    value === null || value === undefined ? { text: 'null', missing: true } : write(value),
  );
  return { name, note, align, cells };
}

const style = `<style>
.tl-table { overflow-x: auto; margin: 2px 0 6px; }
.tl-table table { border-collapse: collapse; font-size: var(--jp-content-font-size1, 14px); font-variant-numeric: tabular-nums; margin: 0; }
.tl-table caption { text-align: left; white-space: nowrap; font-weight: 600; padding: 0 0 6px 12px; color: var(--jp-ui-font-color1, inherit); }
.tl-table th { border-bottom: 2px solid var(--jp-border-color1, #8888); font-weight: 600; }
.tl-table th, .tl-table td { padding: 3px 10px; white-space: nowrap; vertical-align: baseline; }
.tl-table small { font-weight: 400; color: var(--jp-ui-font-color2, #767676); }
.tl-table i { color: var(--jp-ui-font-color2, #767676); }
.tl-table p { margin: 4px 12px; color: var(--jp-ui-font-color2, #767676); font-size: var(--jp-ui-font-size1, 13px); }
</style>`;

function htmlOf({ columns, rowCount, total, title }: Layout): string {
  const align = (column: Column) => `style="text-align:${column.align}"`;
  const head = columns.map(column => {
    const note = column.note ? ` <small>${column.note}</small>` : '';
    return `<th scope="col" ${align(column)}>${escapeHtml(column.name)}${note}</th>`;
  });
  const body = Array.from({ length: rowCount }, (_, row) => {
    const cells = columns.map(column => `<td ${align(column)}${cellHtml(column.cells[row] as Cell)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  const caption = title ? `<caption>${escapeHtml(title)}</caption>` : '';
  const note = countNote(rowCount, total);
  return `${style}<div class="tl-table"><table>${caption}<thead><tr>${head.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>${note && `<p>${note}</p>`}</div>`;
}

function cellHtml({ text, full, missing }: Cell): string {
  if (missing) return `><i>${text}</i>`;
  return `${full ? ` title="${escapeHtml(full)}"` : ''}>${escapeHtml(text)}`;
}

function textOf({ columns, rowCount, total, title }: Layout): string {
  const written = columns.map(column => {
    const name = column.note ? `${column.name} (${column.note})` : column.name;
    const cells = [name, ...column.cells.map(cell => cell.text)];
    const width = Math.max(...cells.map(cell => cell.length));
    return cells.map(cell => (column.align === 'right' ? cell.padStart(width) : cell.padEnd(width)));
  });
  const lines = Array.from({ length: rowCount + 1 }, (_, row) =>
    written
      .map(cells => cells[row])
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines, countNote(rowCount, total)].filter(Boolean).join('\n');
}

function countNote(rowCount: number, total: number): string {
  if (total === 0) return 'no rows';
  if (rowCount === total) return '';
  return `… ${(total - rowCount).toLocaleString('en-US')} more of ${total.toLocaleString('en-US')} rows`;
}

import { escapeHtml, type Shown, shown } from './shown.ts';
import { layerColours } from './theme.ts';

/** One column of a real table, as `duckdb_columns()` and `information_schema.columns` name it. */
export type ColumnRow = { table_name: string; column_name: string; data_type: string };

type Line = { name: string; type: string; key: '' | 'PK' | 'FK' };
type Box = { name: string; lines: Line[]; x: number; y: number; width: number; height: number };

const lineHeight = 23;
const headHeight = 32;
const gapX = 96;
const gapY = 28;
const letter = 7.6;

/**
 * Draw tables and the keys that join them, facts in the middle and dimensions at their sides.
 *
 * @param columns Columns of the real tables, in order.
 * @param keys The key column of each dimension: table name to column name. A column of that name elsewhere refers to it.
 * @example diagram(await lake.rows(`select table_name, column_name, data_type from duckdb_columns()
 *   where schema_name = 'star'`), { dim_crypto: 'crypto_key', dim_time: 'time_key' })
 */
export function diagram(columns: readonly ColumnRow[], keys: Record<string, string>): Shown {
  const tables = Map.groupBy(columns, column => column.table_name);
  const boxes = [...tables].map(([name, rows]) => boxOf(name, rows, keys));
  const dimensions = boxes.filter(box => box.name in keys);
  const facts = boxes.filter(box => !(box.name in keys));
  const half = Math.ceil(dimensions.length / 2);
  const [width, height] = arrange([dimensions.slice(0, half), facts, dimensions.slice(half)]);
  const links = facts.flatMap(fact =>
    dimensions.flatMap(dimension => link(fact, dimension, keys[dimension.name] ?? '')),
  );
  const names = (list: Box[]) => list.map(box => box.name).join(', ');
  const words = `Diagram: ${names(facts)} refer to ${names(dimensions)}`;
  const svg = `<svg role="img" aria-label="${escapeHtml(words)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="max-width:100%;height:auto;font-family:var(--jp-ui-font-family, system-ui, sans-serif)">${links.join('')}${boxes.map(draw).join('')}</svg>`;
  return { [shown]: () => ({ 'text/html': svg, 'text/plain': textOf(boxes, words) }) };
}

function boxOf(name: string, rows: ColumnRow[], keys: Record<string, string>): Box {
  const foreign = new Set(Object.entries(keys).flatMap(([table, key]) => (table === name ? [] : [key])));
  const lines = rows.map(({ column_name, data_type }): Line => {
    const key = keys[name] === column_name ? 'PK' : foreign.has(column_name) ? 'FK' : '';
    return { name: column_name, type: data_type.replace('TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ'), key };
  });
  const longest = Math.max(name.length + 2, ...lines.map(line => line.name.length + line.type.length * 0.85 + 8));
  return { name, lines, x: 0, y: 0, width: longest * letter, height: headHeight + lines.length * lineHeight + 8 };
}

/** Put boxes into columns, each centred upon the highest; gives width and height of the whole. */
function arrange(groups: Box[][]): [width: number, height: number] {
  const filled = groups.filter(group => group.length > 0);
  const heightOf = (group: Box[]) => group.reduce((sum, box) => sum + box.height + gapY, -gapY);
  const height = Math.max(...filled.map(heightOf)) + 4;
  let x = 2;
  for (const group of filled) {
    const width = Math.max(...group.map(box => box.width));
    let y = (height - heightOf(group)) / 2;
    for (const box of group) {
      Object.assign(box, { x, y, width });
      y += box.height + gapY;
    }
    x += width + gapX;
  }
  return [Math.ceil(x - gapX + 2), Math.ceil(height)];
}

function draw({ name, lines, x, y, width, height }: Box): string {
  const texts = lines.map((line, index) => {
    const at = y + headHeight + (index + 0.5) * lineHeight + 8;
    const key =
      line.key &&
      `<text x="${x + 10}" y="${at}" font-size="10" font-weight="700" fill="${layerColours.star}">${line.key}</text>`;
    const weight = line.key ? 'font-weight="600"' : '';
    return `${key}<text x="${x + 34}" y="${at}" ${weight} style="fill:var(--jp-ui-font-color1, currentColor)">${escapeHtml(line.name)}</text><text x="${x + width - 10}" y="${at}" text-anchor="end" font-size="11" style="fill:var(--jp-ui-font-color2, #767676)">${escapeHtml(line.type)}</text>`;
  });
  return `<g font-size="13"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" style="fill:var(--jp-layout-color1, transparent)" stroke="${layerColours.star}" stroke-width="1.5"/><path d="M${x} ${y + headHeight}v${7 - headHeight}a7 7 0 0 1 7 -7h${width - 14}a7 7 0 0 1 7 7v${headHeight - 7}z" fill="${layerColours.star}"/><text x="${x + 12}" y="${y + 21}" font-size="14" font-weight="700" fill="#fff">${escapeHtml(name)}</text>${texts.join('')}</g>`;
}

/** A line from every reference to the key it refers to, "n" at the one end and "1" at the other. */
function link(fact: Box, dimension: Box, key: string): string[] {
  const row = (box: Box) => box.lines.findIndex(line => line.name === key);
  if (row(fact) < 0 || row(dimension) < 0) return [];
  const level = (box: Box) => box.y + headHeight + (row(box) + 0.5) * lineHeight + 4;
  const toRight = dimension.x > fact.x;
  const [fromX, toX] = toRight ? [fact.x + fact.width, dimension.x] : [fact.x, dimension.x + dimension.width];
  const bend = (toX - fromX) / 2;
  const side = toRight ? 1 : -1;
  const [fromY, toY] = [level(fact), level(dimension)];
  const word = (text: string, x: number, y: number) =>
    `<text x="${x}" y="${y - 6}" text-anchor="middle" font-size="12" style="fill:var(--jp-ui-font-color2, #767676)">${text}</text>`;
  return [
    `<path d="M${fromX} ${fromY}C${fromX + bend} ${fromY} ${toX - bend} ${toY} ${toX} ${toY}" fill="none" stroke="#8A8A8A" stroke-width="1.6"/>`,
    word('n', fromX + 11 * side, fromY),
    word('1', toX - 10 * side, toY),
  ];
}

function textOf(boxes: Box[], words: string): string {
  const tables = boxes.map(
    box => `${box.name}: ${box.lines.map(line => (line.key ? `${line.name} (${line.key})` : line.name)).join(', ')}`,
  );
  return [words, ...tables].join('\n');
}

/** A value of a row: text, number, or nothing. */
export type Cell = string | number | null | undefined;

/** What makes a spreadsheet take a text for a formula, as a regular expression (OWASP, CSV injection). */
export const formula = '^[=+\\-@\\t\\r\\n＝＋－＠]';

/**
 * Rows as CSV (RFC 4180), without the last line's end. A text that a spreadsheet would run as a formula gets an apostrophe before
 * it; one that some spreadsheets part at a semicolon or a tab is quoted.
 */
export function toCsv(rows: readonly Record<string, Cell>[]): string {
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))];
  const isFormula = new RegExp(formula);
  const cell = (value: Cell) => {
    const text = String(value ?? '');
    const safe = typeof value === 'string' && isFormula.test(text) ? `'${text}` : text;
    return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [names.map(cell).join(','), ...rows.map(row => names.map(name => cell(row[name])).join(','))].join('\r\n');
}

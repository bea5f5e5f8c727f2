import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Cell, toCsv } from './csv.ts';

/** Write rows as a CSV file, whole or not at all: a reader never finds half of it. */
export function writeCsv(file: string, rows: readonly Record<string, Cell>[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${toCsv(rows)}\r\n`);
  renameSync(`${file}.new`, file);
}

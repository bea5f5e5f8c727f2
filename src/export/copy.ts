import { identifier, literal } from '../lake/rows.ts';
import { formula } from '../report/csv.ts';
import type { Column } from './source.ts';

/** What DuckDB writes: one file of it, or a folder of `column=value` folders. */
export type Form = { format: 'parquet' | 'csv'; partitionBy: readonly string[]; formulas: boolean };

/**
 * Write the COPY that turns rows into files. Parquet is compressed by zstd; CSV is that of RFC 4180 in UTF-8: a header, comma,
 * CRLF, quotes where they are needed; NULL is an empty field, an empty text `""`.
 *
 * @param from - what stands after "from"
 * @param place - the file, or the folder if it is partitioned
 * @throws when a column to partition by is not there, or no other would be left
 */
export function copyStatement(from: string, columns: readonly Column[], place: string, form: Form): string {
  const { format, partitionBy } = form;
  for (const name of partitionBy)
    if (!columns.some(column => column.name === name))
      throw new Error(
        `Cannot partition by "${name}": no such column. Take some of ${columns.map(({ name }) => name).join(', ')}.`,
      );
  if (new Set(partitionBy).size === columns.length) throw new Error('Cannot partition by every column: none is left.');
  const options = [
    ...(format === 'parquet' ? ['format parquet', 'compression zstd'] : ['format csv', 'header', `new_line e'\\r\\n'`]),
    ...(partitionBy.length > 0 ? [`partition_by (${partitionBy.map(identifier).join(', ')})`] : []),
  ];
  const chosen =
    format === 'csv' && !form.formulas
      ? columns.map(column => (partitionBy.includes(column.name) ? identifier(column.name) : withoutFormula(column)))
      : ['*'];
  return `copy (select ${chosen.join(', ')} from ${from}) to ${literal(place)} (${options.join(', ')})`;
}

const numbersAndTimes =
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN|DATE|TIME.*|(STRUCT|MAP)\(.*\)|.*\[\d*\])$/;

/** A column whose texts no spreadsheet runs: an apostrophe goes before those that look like a formula, also in the header. */
function withoutFormula({ name, type }: Column): string {
  const column = identifier(name);
  const title = new RegExp(formula).test(name) ? identifier(`'${name}`) : column;
  if (numbersAndTimes.test(type)) return `${column} as ${title}`;
  const text = `${column}::varchar`;
  return `case when regexp_matches(${text}, ${literal(formula)}) then '''' || ${text} else ${text} end as ${title}`;
}

import '../run/plain-errors.ts';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { exportTables, isFolder } from '../export/export.ts';
import type { Progress } from '../export/watch.ts';
import { openLake } from '../lake/open.ts';
import { endingSignal } from '../run/ending.ts';

const program = new Command('npm run export --')
  .description('Write tables of the lake for other tools: each replaces its earlier export as a whole, or not at all.')
  .argument('<table...>', 'tables of silver, gold or star, such as gold.crypto_hourly_ohlc')
  .requiredOption('--to <place>', 'a folder, s3://bucket/prefix or postgres://user@host/database')
  .addOption(new Option('--format <format>', 'of files').choices(['parquet', 'csv']))
  .option('--partition-by <columns>', 'a folder for each value of these columns, separated by commas')
  .addOption(new Option('--version <number>', 'the lake as it was at this snapshot').argParser(Number).conflicts('at'))
  .option('--at <time>', 'the lake as it was then, such as 2026-11-22T10:00:00Z')
  .option('--formulas', 'leave texts in CSV as they are, also those that a spreadsheet would run (=, +, -, @)')
  .parse();
const options = program.opts<{
  to: string;
  format?: 'parquet' | 'csv';
  partitionBy?: string;
  version?: number;
  at?: string;
  formulas?: true;
}>();
const { to, format, formulas } = options;
const partitionBy = options.partitionBy?.split(',').map(name => name.trim());
const when = options.version ?? (options.at === undefined ? undefined : new Date(options.at));
if (when !== undefined && Number.isNaN(when.valueOf()))
  throw new Error('Cannot look back to that: --version wants a number, --at a time such as 2026-11-22T10:00:00Z.');

const signal = endingSignal();
await using lake = await openLake({ readOnly: true });
const begun = performance.now();
let shown = begun;
const place = isFolder(to) ? resolve(to) : to;
const exports = program.args.map(table => ({ table, format, partitionBy, to: place }));
const done = await exportTables(lake, exports, { when, formulas, signal, onProgress: show }).catch(error => {
  if (!signal.aborted) throw error;
  console.error('The export was ended. What was exported before is as it was.');
  process.exit(130);
});
for (const { table, place, version, rows } of done)
  console.log(`${table}: ${rows.toLocaleString('en')} rows of version ${version} in ${place}`);

/** One line that changes in a terminal, one every ten seconds elsewhere; nothing of what is over within two seconds. */
function show({ table, step, rows, of, rowsPerSecond }: Progress) {
  const now = performance.now();
  if (now - begun < 2000 || (!process.stderr.isTTY && now - shown < 10_000)) return;
  shown = now;
  const words = `${table}: ${step} ${rows.toLocaleString('en')} of ${of.toLocaleString('en')} rows, ${rowsPerSecond.toLocaleString('en')} a second`;
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${words}${rows === of ? '\n' : ''}` : `${words}\n`);
}

import '../run/plain-errors.ts';
import { existsSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { gather } from '../course/report.ts';
import { toCsv } from '../report/csv.ts';

const program = new Command('npm run reports --')
  .description("Gather a room's reports (see npm run progress -- --report) into one table.")
  .argument('<folder>', 'the folder with the reports')
  .option('--csv <file>', 'write the table as CSV')
  .option('--json', 'print it as JSON')
  .parse();
const [folder] = program.args as [string];
const options = program.opts<{ csv?: string; json?: true }>();

if (!existsSync(folder)) throw new Error(`There is no folder ${folder}. Give the one with the reports.`);
const { rows, refused } = gather(folder);
if (options.csv) writeFileSync(options.csv, `${toCsv(rows)}\r\n`);
if (options.json) console.log(JSON.stringify({ rows, refused }, null, 2));
else console.table(rows.map(({ file, ...row }) => row));
for (const { file, reason } of refused) console.error(`Left out ${file}: ${reason}.`);
if (options.csv) console.log(`Wrote ${options.csv}.`);

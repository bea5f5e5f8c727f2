import '../run/plain-errors.ts';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { openLake } from '../lake/open.ts';
import { quickReport, readReport } from '../report/daily.ts';
import { writeCsv } from '../report/write.ts';
import { exit } from '../run/exit.ts';
import { inState } from '../run/paths.ts';

const options = new Command('npm run report --')
  .description('Write the daily report, one row a day, from gold.market_daily_report.')
  .option('--fast', 'compute it now from bronze, or from the prices where that is not kept; gold need not be there')
  .option('--stress', 'of the lake that "npm run stress" made')
  .option('--to <file>', 'where it goes', 'Final_Report.csv')
  .option('--json', 'print it as JSON instead')
  .parse()
  .opts<{ fast?: true; stress?: true; to: string; json?: true }>();

const lake = await openLake({ readOnly: true, ...(options.stress && { path: inState('stress', 'catalog.sqlite') }) });
const rows = await (options.fast ? quickReport(lake) : readReport(lake));
await lake.close();
if (options.json) console.log(JSON.stringify(rows, null, 2));
else {
  const file = resolve(options.to);
  writeCsv(file, rows);
  console.log(`Wrote ${rows.length} days to ${file}.`);
}
await exit(0);

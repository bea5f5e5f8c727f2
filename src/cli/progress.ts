import '../run/plain-errors.ts';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { forget, forgettable } from '../course/forget.ts';
import { progressNow, rowText } from '../course/progress.ts';
import { reportOf } from '../course/report.ts';

const program = new Command('npm run progress --')
  .description('Show how far you are: exercises solved and minutes spent, station by station.')
  .option('--json', 'print it as JSON')
  .option('--report [file]', 'write a report to hand in')
  .option('--name <name>', 'the name in the report', userInfo().username)
  .option('--reset <what>', 'forget one exercise (4.2), one station (04-silver) or all; a copy is kept')
  .option('--notebooks', 'with --reset: put the notebooks back as they were handed out; yours are kept beside them')
  .parse();
const options = program.opts<{ json?: true; report?: string | true; name: string; reset?: string; notebooks?: true }>();

if (options.reset) {
  const names = await forgettable();
  if (!names.includes(options.reset))
    throw new Error(`Cannot forget "${options.reset}". Take one of ${names.join(', ')}.`);
  const { stations, exercise, copies } = await forget(options.reset, options.notebooks ?? false);
  console.log(`Forgotten: ${exercise ?? stations.join(', ')}.`);
  for (const copy of copies) console.log(`Kept: ${copy}`);
} else {
  const stations = await progressNow();
  if (options.report) {
    const file = resolve(options.report === true ? `ticklake-report-${fileName(options.name)}.json` : options.report);
    writeFileSync(file, `${JSON.stringify(reportOf(stations, options.name), null, 2)}\n`);
    console.log(`Wrote ${file}. Hand it in as it is.`);
  } else if (options.json) console.log(JSON.stringify(stations, null, 2));
  else for (const station of stations) console.log(rowText(station));
}

function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase() || 'me';
}

import '../run/plain-errors.ts';
import { Command } from 'commander';
import { lakeAt, lakeExists } from '../lake/location.ts';
import { openLake } from '../lake/open.ts';
import { layers } from '../pipeline/tables.ts';
import { verify } from '../pipeline/verify.ts';
import { exit } from '../run/exit.ts';

const places = [...layers, 'all'] as const;
const program = new Command('npm run verify --')
  .description('Check the lake: each table against its grain, its audits and what it is made of. The exit code tells.')
  .argument('[layer]', places.join(', '), 'all')
  .option('--json', 'print every check as JSON')
  .parse();
const place = places.find(name => name === program.args[0]) ?? (program.args[0] ? undefined : 'all');
if (!place) throw new Error(`There is no layer "${program.args[0]}". Take one of ${places.join(', ')}.`);

// Open for writing, so that what is behind can be brought up to date; but a lake is not made here.
if (!lakeExists(lakeAt())) await openLake({ readOnly: true });
const lake = await openLake();
const checks = await verify(lake, place);
const failed = checks.filter(({ ok }) => !ok);
if (program.opts().json) console.log(JSON.stringify({ ok: failed.length === 0, checks }, null, 2));
else {
  for (const { ok, name, found, wanted } of checks)
    console.log(ok ? `ok      ${name} (${found})` : `FAILED  ${name}: found ${found}, wanted ${wanted}`);
  console.log(`${checks.length - failed.length} held, ${failed.length} failed`);
}
await lake.close();
await exit(failed.length === 0 ? 0 : 1);

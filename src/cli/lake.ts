import '../run/plain-errors.ts';
import { Command } from 'commander';
import { filesOf, type LakeFile, snapshots } from '../lake/history.ts';
import { lakeAt, lakeExists } from '../lake/location.ts';
import { type Maintenance, maintain } from '../lake/maintain.ts';
import { openLake } from '../lake/open.ts';
import { parseDuration, showBytes } from '../run/amounts.ts';
import { exit } from '../run/exit.ts';
import { inState } from '../run/paths.ts';

const program = new Command('npm run lake --').description("Look after the lake's files and its history.");
const place = () => (program.opts<{ stress?: true }>().stress ? inState('stress', 'catalog.sqlite') : undefined);
const json = () => program.opts<{ json?: true }>().json === true;
program
  .option('--stress', 'the lake that "npm run stress" made, not that of the running system')
  .option('--json', 'print as JSON');

program
  .command('history')
  .description('the snapshots that queries can go back to, oldest first')
  .action(async () => {
    await using lake = await openLake({ path: place(), readOnly: true });
    const all = await snapshots(lake);
    if (json()) console.log(JSON.stringify(all, null, 2));
    else
      console.table(
        all.map(({ version, at, message }) => ({
          version,
          at: at.toISOString(),
          message: message?.slice(0, 80) ?? '',
        })),
      );
  });

program
  .command('files')
  .description('the Parquet files of each table, with their bytes, and the files that name deleted rows')
  .argument('[table]', 'only of this one, file by file: gold.market_daily_report')
  .action(async (table?: string) => {
    await using lake = await openLake({ path: place(), readOnly: true });
    if (table !== undefined) {
      const files = await filesOf(lake, table);
      console.log(json() ? JSON.stringify(files, null, 2) : files.map(showFile).join('\n'));
      return;
    }
    const tables = await lake.rows<{ name: string }>(
      `select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'lake' order by name`,
    );
    const rows = [];
    for (const { name } of tables) {
      const files = await filesOf(lake, name);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      rows.push({ table: name, files: files.length, bytes, deletes: files.filter(file => file.deletes).length });
    }
    if (json()) console.log(JSON.stringify(rows, null, 2));
    else console.table(rows.map(row => ({ ...row, bytes: showBytes(row.bytes) })));
  });

program
  .command('compact')
  .description(
    'write files with deleted rows anew and merge small ones; rows stay, and so does the history of a quarter of an hour',
  )
  .action(() => tidy());

program
  .command('vacuum')
  .description('the same, then let go of all snapshots older than --keep and delete the files that only they need')
  .option('--keep <time>', 'how far back queries may go', '15m')
  .action(async ({ keep }: { keep: string }) => {
    const keepMs = parseDuration(keep);
    await tidy({ keepMs }, 2); // files that a round replaces are deleted by the next
  });

await program.parseAsync();
await exit(0);

async function tidy(options: { keepMs?: number } = {}, rounds = 1): Promise<void> {
  if (!lakeExists(lakeAt(place()))) await openLake({ path: place(), readOnly: true });
  await using lake = await openLake({ path: place() });
  const sum = { cleaned: 0, rewritten: 0, merged: 0, expired: 0, orphans: 0, durationMs: 0 };
  for (let round = 0; round < rounds; round++) {
    const done = await maintain(lake, options);
    if (!done)
      throw new Error(
        'Another process is at it (the running pipeline tidies its lake by itself). Try again in a moment.',
      );
    if (done.failed) throw new Error(`Cannot go on: ${done.failed}. What was done before stays done; try again.`);
    if (done.readsUnderWay)
      throw new Error(
        'Cannot go on: somebody reads the lake (an export, "verify", a query of a notebook) and needs its old files. What was done before stays done; try again when that has ended.',
      );
    for (const what of Object.keys(sum) as (keyof typeof sum)[]) sum[what] += done[what];
  }
  console.log(json() ? JSON.stringify(sum) : summary(sum));
}

function showFile({ path, bytes, deletes }: LakeFile): string {
  return `${showBytes(bytes).padStart(9)}  ${path}${deletes ? '  (with deleted rows)' : ''}`;
}

function summary({
  cleaned,
  rewritten,
  merged,
  expired,
  orphans,
  durationMs,
}: Omit<Maintenance, 'failed' | 'readsUnderWay'>): string {
  return `${rewritten} files written anew, ${merged} merged, ${expired} snapshots let go, ${cleaned + orphans} files deleted, in ${(durationMs / 1000).toFixed(1)} s`;
}

import { readFileSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { openLake } from '../../src/lake/open.ts';
import { literal } from '../../src/lake/rows.ts';
import { type DailyReport, readReport } from '../../src/report/daily.ts';
import { showBytes } from '../../src/run/amounts.ts';
import { inRoot } from '../../src/run/paths.ts';
import type { StressSummary } from '../../src/stress/stress.ts';
import { temporaryFolder } from './parts/begin.ts';
import { compareReports } from './parts/compare-reports.ts';
import { percentile } from './parts/figures.ts';
import { bringSpark, runSpark } from './parts/spark.ts';

// How long does the high-volume work take beside PySpark, with Delta (every table compacted by OPTIMIZE, silver by ZORDER) and on plain
// Parquet? Whole processes on the same machine, two threads each, the same rows: ours makes them, Spark reads them from one Parquet
// file. Ours runs before and after each peer, since a machine is not the same from one quarter of an hour to the next.
// The reports are held against each other, row for row. Ours looks for files that nothing needs, as VACUUM does; since that is slow in
// Delta, the ratio stands there without it too.
// npm run bench -- stress [--rows 144000] [--times 3] [--formats delta,parquet]

const options = new Command('npm run bench -- stress')
  .option('--rows <number>', 'about so many rows', Number, 144_000)
  .option('--times <number>', 'runs of ours before and after each peer, of which the median counts', Number, 3)
  .option('--formats <list>', "the peer's", text => text.split(','), ['delta', 'parquet'])
  .option('--memory <size>', 'of each', '3g')
  .parse()
  .opts<{ rows: number; times: number; formats: string[]; memory: string }>();
const coins = options.rows <= 1_000_000 ? 200 : 2000;
const days = Math.max(1, Math.round(options.rows / coins / 24));

await bringSpark();
const state = temporaryFolder('stress');
const input = join(state, 'rows.parquet');
const rows: Record<string, object> = {};
const load = () => Number(loadavg()[0]!.toFixed(1));
let summary: StressSummary | undefined;

/** Run ours so many times, each in an empty folder; settles with the seconds of each. */
async function runOurs(times: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let run = 0; run < times; run++) {
    rmSync(join(state, 'stress'), { recursive: true, force: true });
    const started = performance.now();
    const args = ['--coins', `${coins}`, '--days', `${days}`, '--memory', `${options.memory}B`.toUpperCase(), '--json'];
    const { stdout } = await execa(process.execPath, [inRoot('src', 'cli', 'stress.ts'), ...args], {
      cwd: inRoot(),
      // as `npm run stress` starts it
      env: { TICKLAKE_STATE: state, NODE_COMPILE_CACHE: inRoot('.ticklake', 'cache', 'compiled') },
    });
    seconds.push((performance.now() - started) / 1000);
    summary = JSON.parse(stdout) as StressSummary;
  }
  return seconds;
}

let before = await runOurs(options.times);

const lake = await openLake({ path: join(state, 'stress', 'catalog.sqlite'), memory: '2GB', readOnly: true });
const session = await lake.session();
await session.run(`copy (select * from bronze.market_rows) to ${literal(input)} (format parquet)`);
const wanted = await readReport(lake);
await lake.close();

for (const format of options.formats as ('delta' | 'parquet')[]) {
  const report = join(state, `${format}.json`);
  const peer = await runSpark({ format, input, out: join(state, format), report, memory: options.memory });
  const found = readFileSync(report, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as DailyReport);
  const differences = compareReports(found, wanted);
  if (differences.length > 0)
    throw new Error(`Spark on ${format} reports otherwise: ${differences.slice(0, 3).join('; ')}`);
  const after = await runOurs(options.times);
  const ours = percentile([...before, ...after], 0.5);
  rows[`Spark, ${format}`] = {
    seconds: round(peer.seconds),
    'of them vacuum': round(peer.vacuum),
    ticklake: round(ours),
    ratio: round(peer.seconds / ours),
    'without vacuum': round((peer.seconds - peer.vacuum) / ours),
    load: load(),
  };
  before = after;
}
console.log(`${(coins * days * 24).toLocaleString('en')} rows; ${wanted.length} days, the same in every report`);
console.log(`At most ${showBytes(summary!.peakBytes)} of memory for ours.`);
console.table(rows);

function round(value: number): number {
  return Number(value.toPrecision(3));
}

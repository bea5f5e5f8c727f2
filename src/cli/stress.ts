import '../run/plain-errors.ts';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { openLake } from '../lake/open.ts';
import { parseBytes, showBytes } from '../run/amounts.ts';
import { endingSignal } from '../run/ending.ts';
import { exit } from '../run/exit.ts';
import { inState } from '../run/paths.ts';
import { tryTurn } from '../run/turn.ts';
import { bar, showRate } from '../stress/bar.ts';
import { mostDays, rowsOf } from '../stress/spans.ts';
import { peakMemory, type Stage, type StageWork, stressStages } from '../stress/stress.ts';
import { checkDisk, explainTrouble } from '../stress/trouble.ts';

const leastMemory = 512 * 1024 * 1024;
const ownMemory = 256 * 1024 * 1024; // of the process beside DuckDB's

const options = new Command('npm run stress --')
  .description('Make coins × days × 24 rows and take them from bronze to the daily report, in a lake of its own.')
  .option('--coins <number>', 'how many coins', whole(100_000), 200)
  .option('--days <number>', 'how many days, hour by hour', whole(mostDays), 30)
  .option('--memory <size>', 'memory of the whole process, such as 3GB', size, '3GB')
  .option('--threads <number>', "DuckDB's threads", whole(256), 2)
  .option('--seed <number>', 'the same seed makes the same rows', whole(2 ** 31), 1)
  .option('--report <file>', 'where the report goes', inState('stress', 'Final_Report.csv'))
  .option('--json', 'print the summary as JSON')
  .parse()
  .opts<{
    coins: number;
    days: number;
    memory: string;
    threads: number;
    seed: number;
    report: string;
    json?: true;
  }>();
const folder = inState('stress');
checkDisk(folder, rowsOf(options.coins, options.days));

const signal = endingSignal();
using turn = tryTurn(join(folder, 'run.sqlite'));
if (!turn) throw new Error(`Cannot begin: another stress run is at work in ${folder}. Wait until it has ended.`);
const memory = Math.floor((parseBytes(options.memory) - ownMemory) * 0.8);
const lake = await openLake({
  path: inState('stress', 'catalog.sqlite'),
  memory: `${memory}B`,
  threads: options.threads,
});
const work = stressStages(lake, { ...options, memory, signal });
const done: Stage[] = [];
try {
  if (options.json) for (const stage of work.stages) await run(stage);
  else await showing(work.stages);
} catch (error) {
  await lake.close();
  if (signal.aborted) {
    console.error('\nStopped. The lake is as the stage before left it; the next run begins anew.');
    process.exit(130);
  }
  const stage = work.stages[done.length]?.name ?? 'the run';
  throw explainTrouble(error, stage, options.memory, folder);
}
const summary = work.summary(
  done,
  done.reduce((sum, { seconds }) => sum + seconds, 0),
);
await lake.close();
if (options.json) console.log(JSON.stringify(summary, null, 2));
else {
  console.table(
    done.map(({ name, rows, seconds, peakBytes }) => ({
      name,
      rows,
      seconds: Number(seconds.toFixed(2)),
      'memory so far': showBytes(peakBytes),
    })),
  );
  const { rows, seconds, peakBytes, files, bytes, report } = summary;
  console.log(
    `${rows.toLocaleString('en')} rows in ${seconds.toFixed(1)} s (${showRate(rows, seconds * 1000)}), at most ${showBytes(peakBytes)} of memory`,
  );
  console.log(`${files.before} files before compaction, ${files.after} after, ${showBytes(bytes)}`);
  console.log(`Wrote ${report}.`);
}
await exit(0);

async function run(stage: StageWork, told: (rows: number, ms: number) => void = () => {}): Promise<void> {
  signal.throwIfAborted();
  const started = performance.now();
  const rows = await stage.run(sofar => told(sofar, performance.now() - started));
  const seconds = (performance.now() - started) / 1000;
  done.push({ name: stage.name, rows, seconds, peakBytes: peakMemory() });
}

/** Run the stages as a list with a bar each. */
async function showing(stages: StageWork[]): Promise<void> {
  const { Listr } = await import('listr2');
  const tasks = stages.map(stage => ({
    title: stage.name,
    task: (_: unknown, task: { output: string; title: string }) =>
      run(stage, (rows, ms) => {
        if (process.stdout.isTTY) task.output = bar(rows, stage.rows, ms);
      }),
  }));
  await new Listr(tasks, { registerSignalListeners: false }).run();
}

function whole(most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Wanted a whole number from 1 to ${most.toLocaleString('en')}.`);
  };
}

function size(text: string): string {
  let bytes = 0;
  try {
    bytes = parseBytes(text);
  } catch {
    throw new InvalidArgumentError('Wanted a size such as 3GB.');
  }
  if (bytes < leastMemory) throw new InvalidArgumentError(`Wanted at least ${showBytes(leastMemory)}.`);
  return text;
}

import { maintain } from '../lake/maintain.ts';
import type { Lake } from '../lake/open.ts';
import { openScope } from '../models/bind.ts';
import { createTables } from '../models/create.ts';
import type { Model } from '../models/model.ts';
import { readModel } from '../models/read.ts';
import { replace } from '../models/refresh.ts';
import { readReport } from '../report/daily.ts';
import { writeCsv } from '../report/write.ts';
import { generatedRows } from './generate.ts';
import { cutDays, rowsOf } from './spans.ts';
import { stoppable } from './stoppable.ts';

const leastRowGroup = 2048; // of DuckDB

export type StressOptions = {
  coins: number;
  days: number;
  /** The same seed gives the same rows. */
  seed: number;
  /** The file of the report. */
  report: string;
  /** Bytes that the lake's DuckDB may have; more of them make fewer and larger statements. */
  memory: number;
  /** Ends the run: what is under way is rolled back. */
  signal: AbortSignal;
};

/**
 * One stage of the run; `rows` is what went through it: the run's rows, of which gold makes a line a day and compaction none anew; for
 * the report its lines. `peakBytes` is the most that the process had in memory up to the end of the stage: it never falls, and where it
 * rises a stage took more than all before it.
 */
export type Stage = { name: string; rows: number; seconds: number; peakBytes: number };

export type StressSummary = {
  rows: number;
  stages: Stage[];
  /** of all, without the start of the process */
  seconds: number;
  /** the most that the process had in memory, in bytes */
  peakBytes: number;
  files: { before: number; after: number };
  /** bytes of the files after compaction */
  bytes: number;
  report: string;
};

/** A stage that can be run; `told` hears how many of its rows are done. */
export type StageWork = { name: string; rows: number; run(told: (rows: number) => void): Promise<number> };

/**
 * The stages of the high-volume work, to be run one after another: made-up answers go into bronze.market_rows (the days of the run
 * are replaced in one transaction, others stay), from there into silver, gold, and the report. Each that fills a table is one
 * transaction, so that a run that ends early leaves the lake as the stage before left it, and the next run replaces it.
 */
export function stressStages(opened: Lake, { coins, days, seed, report, memory, signal }: StressOptions) {
  const lake = stoppable(opened, signal);
  const rows = rowsOf(coins, days);
  const spans = cutDays(coins, days, memory);
  const models = [generatedRows, readModel('silver.market_prices'), readModel('gold.market_daily_report')];
  const files = { before: 0, after: 0 };
  let bytes = 0;

  const fill = (model: Model): StageWork => ({
    name: model.name,
    rows,
    run: told =>
      lake.write(`stress: ${model.name}, ${coins} coins, ${days} days`, async tx => {
        await tx.run('set variable seed = $seed', { seed });
        await tx.run('set variable coins = $coins', { coins });
        for (const [at, span] of spans.entries()) {
          signal.throwIfAborted();
          await replace(tx, model, span);
          told(Math.round((rows * (at + 1)) / spans.length));
        }
        return rows;
      }),
  });
  const prepare: StageWork = {
    name: 'tables',
    rows: 0,
    run: async () => {
      await createTables(lake, models);
      await openScope(lake, models);
      // Row groups that are less than half full wait for the end of their statement, where one thread writes them all.
      const size = Math.max(leastRowGroup, Math.floor(rowsOf(coins, 1) / 3));
      await lake.write('set the size of row groups', tx =>
        tx.run(`call lake.set_option('parquet_row_group_size', $size)`, { size }),
      );
      return 0;
    },
  };
  const compact: StageWork = {
    name: 'compaction',
    rows,
    run: async () => {
      files.before = (await countFiles(lake)).files;
      const done = await maintain(lake);
      if (done?.failed) throw new Error(done.failed);
      if (!done || done.readsUnderWay)
        throw new Error(
          'Cannot compact the lake: another process reads or tidies it. Run this again when that has ended.',
        );
      const found = await countFiles(lake);
      files.after = found.files;
      bytes = found.bytes;
      return rows;
    },
  };
  const write: StageWork = {
    name: 'report',
    rows: days,
    run: async () => {
      const lines = await readReport(lake);
      writeCsv(report, lines);
      return lines.length;
    },
  };
  return {
    stages: [prepare, ...models.map(fill), compact, write],
    summary: (stages: Stage[], seconds: number): StressSummary => ({
      rows,
      stages,
      seconds,
      peakBytes: peakMemory(),
      files,
      bytes,
      report,
    }),
  };
}

/** The most that this process has had in memory until now, in bytes. */
export const peakMemory = (): number => process.resourceUsage().maxRSS * 1024;

/** The Parquet files of the lake's tables, with those of deleted rows. */
async function countFiles(lake: Lake): Promise<{ files: number; bytes: number }> {
  const [found] = await lake.rows<{ files: number; bytes: number }>(
    `select
       coalesce(sum(file_count + delete_file_count), 0)::bigint as files,
       coalesce(sum(file_size_bytes + delete_file_size_bytes), 0)::bigint as bytes
     from ducklake_table_info('lake')`,
  );
  return found!;
}

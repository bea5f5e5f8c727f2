import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Lake } from '../lake/open.ts';
import { takeTurn } from '../run/turn.ts';
import type { Form } from './copy.ts';
import { folderTarget } from './folder.ts';
import { postgresTarget } from './postgres.ts';
import { s3Target } from './s3.ts';
import { findSource } from './source.ts';
import type { Target } from './target.ts';
import type { Watch } from './watch.ts';

/** A table for other tools. */
export type Export = {
  /** of silver, gold or star: "gold.crypto_hourly_ohlc" */
  table: string;
  /** of files; a database has none. Default: parquet */
  format?: 'parquet' | 'csv';
  /** columns, outermost first */
  partitionBy?: readonly string[];
  /** a folder, s3://bucket/prefix or postgres://user@host/database */
  to: string;
};

/** What was exported. */
export type Exported = { table: string; place: string; version: number; rows: number; durationMs: number };

/** How to export: at which snapshot (a version, or an instant), and with texts that look like formulas as they are. */
export type ExportOptions = Watch & { when?: number | Date; formulas?: boolean };

/**
 * Export tables of one snapshot. Each takes the place of its earlier export as a whole or not at all; all are taken out of
 * the lake before the first is put in its place. Rows go from DuckDB to files or databases, within the lake's memory limit.
 *
 * @throws what went wrong, with the earlier exports as they were; the signal's reason when it was ended
 * @example
 * await exportTables(lake, [{ table: 'gold.features_hourly', partitionBy: ['coin_id'], to: 'exports' }]);
 */
export async function exportTables(
  lake: Lake,
  exports: readonly Export[],
  { when, formulas = false, ...watch }: ExportOptions = {},
): Promise<Exported[]> {
  if (exports.length === 0) return [];
  const begun = performance.now();
  const aside = join(lake.at.side, 'tmp', 'exports');
  const targets = exports.map(one => targetOf(one, lake, aside, formulas, watch));
  refuseTwice(targets);
  using _turn = await takeTurn(join(lake.at.side, 'exports.sqlite'), 10 * 60_000, watch.signal);
  rmSync(aside, { recursive: true, force: true }); // what a killed export left
  mkdirSync(aside, { recursive: true });
  try {
    const staged = await lake.snapshot(async session => {
      const staged: { version: number; rows: number }[] = [];
      for (const [at, target] of targets.entries()) {
        const source = await findSource(session, exports[at]!.table, when);
        staged.push({ version: source.version, rows: await target.stage(session, source) });
      }
      return staged;
    });
    const done: Exported[] = [];
    for (const [at, target] of targets.entries()) {
      watch.signal?.throwIfAborted();
      await target.deliver();
      const durationMs = Math.round(performance.now() - begun);
      done.push({ table: exports[at]!.table, place: target.place, ...staged[at]!, durationMs });
    }
    return done;
  } finally {
    for (const target of targets) await target.discard();
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Is it a folder, and nothing that somebody meant as the address of a database or a bucket? */
export const isFolder = (to: string): boolean =>
  !/^[a-z][a-z0-9+.-]+:/i.test(to) && !/\b(?:host|dbname|user|password)\s*=/i.test(to);

function targetOf(one: Export, lake: Lake, aside: string, formulas: boolean, watch: Watch): Target {
  const { table, format = 'parquet', partitionBy = [], to } = one;
  if (!/^(silver|gold|star)\.[a-z_]\w*$/.test(table))
    throw new Error(
      `Cannot export "${table}": wanted a table of silver, gold or star, such as gold.crypto_hourly_ohlc.`,
    );
  const form: Form = { format, partitionBy, formulas };
  if (isFolder(to)) return folderTarget(table, to, lake.at, form, watch);
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(to) ?? [];
  if (scheme === 'postgres' || scheme === 'postgresql') {
    if (partitionBy.length > 0)
      throw new Error(`Cannot partition ${table} in a database: partitions are those of files. Leave them out.`);
    if (/@.*@/.test(to.split('/')[2]!))
      throw new Error('Cannot read the address of the database: an "@" inside of a password is written %40.');
    return postgresTarget(table, to, aside, watch);
  }
  if (scheme === 's3') return s3Target(table, to, aside, form, watch);
  throw new Error(
    `Cannot export to ${scheme ? `${scheme}://…` : 'that'}: wanted a folder, s3://bucket/prefix or postgres://user@host/database.`,
  );
}

function refuseTwice(targets: readonly Target[]) {
  const places = targets.map(({ place }) => place);
  const twice = places.find((place, at) => places.indexOf(place) < at);
  if (twice) throw new Error(`Cannot export two tables to one place: ${twice}. Give one of them another.`);
}

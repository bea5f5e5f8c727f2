import { join } from 'node:path';
import { tryTurn } from '../run/turn.ts';
import type { Lake, Params, Tx } from './open.ts';
import { keepReadsOut, ReadsUnderWay } from './read-lock.ts';

/** What a round of maintenance did, in files and snapshots. */
export type Maintenance = {
  cleaned: number;
  rewritten: number;
  merged: number;
  expired: number;
  orphans: number;
  /** Was the rest left for the next round, since reads that need the old files were under way? */
  readsUnderWay: boolean;
  /** What could not be done, if anything. */
  failed: string | null;
  durationMs: number;
};

/** Every query reads the catalog's list of all files that some kept snapshot needs; an hour of them took a third of the time. */
const defaultKeepMs = 15 * 60_000;

/** A quick round leaves larger files alone: merged every time, a day's file would be written anew dozens of times. */
const smallBytes = 4 * 1024 * 1024;

/** Files with deleted rows that a quick round leaves to a table. */
const fewDeletes = 8;

/**
 * Keep the lake small and quick: delete the files that the round before replaced, write those anew that hold deleted rows,
 * merge small files, let snapshots older than the kept period go, delete what killed writers left behind.
 *
 * One process at a time does this; when another is at it, nothing is done. Rows stay as they are, and so does every
 * snapshot of the kept period. Replaced files live until the next round, so that reads under way find theirs.
 *
 * @param keepMs - how far back time travel reaches
 * @param quick - merge only files below 4 MiB, leave tables with few deletes, and do not look for files of killed writers (which lists
 *   the whole data folder)
 * @returns undefined when another process is at it
 */
export async function maintain(
  lake: Lake,
  { keepMs = defaultKeepMs, quick = false }: { keepMs?: number; quick?: boolean } = {},
): Promise<Maintenance | undefined> {
  using turn = tryTurn(join(lake.at.side, 'maintenance.sqlite'));
  if (!turn) return undefined;
  const started = performance.now();
  const done: Omit<Maintenance, 'durationMs'> = {
    cleaned: 0,
    rewritten: 0,
    merged: 0,
    expired: 0,
    orphans: 0,
    readsUnderWay: false,
    failed: null,
  };
  try {
    done.cleaned = await cleanUp(lake);
    await rewriteFiles(lake, quick ? fewDeletes : 0, rewritten => {
      done.rewritten += rewritten;
    });
    await mergeFiles(lake, quick ? smallBytes : undefined, merged => {
      done.merged += merged;
    });
    done.expired = await expire(lake, new Date(Date.now() - keepMs));
    if (!quick) done.orphans = await deleteOrphans(lake);
  } catch (error) {
    // The rest is for the next round. What fails here is put off too: no row depends on it, and landing must go on.
    if (error instanceof ReadsUnderWay) done.readsUnderWay = true;
    else done.failed = error instanceof Error ? error.message : String(error);
  }
  return { ...done, durationMs: Math.round(performance.now() - started) };
}

/**
 * Write files anew whose rows are partly deleted. A refresh deletes a slice from the file that holds it and adds another
 * file; merging leaves files with deleted rows alone, so that they would pile up.
 */
const rewriteFiles = async (lake: Lake, leave: number, count: (rewritten: number) => void): Promise<void> =>
  inEach(
    lake,
    await tablesWhere(lake, 'delete_file_count > $leave', { leave }),
    'rewrite files',
    `call ducklake_rewrite_data_files('lake', $name, schema => $schema, delete_threshold => 0)`,
    {},
    count,
  );

const mergeFiles = async (lake: Lake, below: number | undefined, count: (merged: number) => void): Promise<void> =>
  inEach(
    lake,
    await tablesWhere(lake, 'file_count > 1'),
    'merge small files',
    `call ducklake_merge_adjacent_files('lake', $name, schema => $schema${below ? ', max_file_size => $below' : ''})`,
    below ? { below } : {},
    count,
  );

/** Call what works on the files of a table; one transaction a table, so that what lands meanwhile never waits for all of them. */
async function inEach(
  lake: Lake,
  tables: Table[],
  what: string,
  call: string,
  params: { [name: string]: number },
  count: (files: number) => void,
): Promise<void> {
  for (const table of tables)
    await write(lake, `${what} of ${table.schema}.${table.name}`, async tx => {
      const rows = await tx.rows<{ files_processed: number }>(call, { ...table, ...params });
      return rows.reduce((sum, row) => sum + row.files_processed, 0);
    }).then(count);
}

type Table = { schema: string; name: string };

/** Tables of the lake, by what `ducklake_table_info` says of them. */
const tablesWhere = (lake: Lake, condition: string, params?: Params) =>
  lake.rows<Table>(
    `select schema_name as schema, table_name as name from duckdb_tables() where database_name = 'lake'
     and table_name in (select table_name from ducklake_table_info('lake') where ${condition})`,
    params,
  );

/** Let go of snapshots by their versions: over a SQLite catalog `older_than` would let go of all. The newest stays. */
const expire = (lake: Lake, keepFrom: Date): Promise<number> =>
  write(lake, 'expire old snapshots', async tx => {
    const old = await tx.rows<{ version: number }>(
      `select snapshot_id as version from lake.snapshots()
       where snapshot_time < $keepFrom and snapshot_id < (select max(snapshot_id) from lake.snapshots())`,
      { keepFrom },
    );
    if (old.length === 0) return 0;
    const versions = old.map(({ version }) => version);
    return (await tx.rows(`call ducklake_expire_snapshots('lake', versions => $versions)`, { versions })).length;
  });

/** Delete files that an earlier round replaced: whoever still read them has ended. */
const cleanUp = (lake: Lake): Promise<number> =>
  lake.write('delete replaced files', async tx => {
    using _alone = await keepReadsOut(lake.at);
    return (await tx.rows(`call ducklake_cleanup_old_files('lake', cleanup_all => true)`)).length;
  });

/** Every writer holds the turn, so that no file is half written while this one looks. */
const deleteOrphans = (lake: Lake): Promise<number> =>
  write(
    lake,
    'delete orphaned files',
    async tx => (await tx.rows(`call ducklake_delete_orphaned_files('lake', cleanup_all => true)`)).length,
  );

/** Write what takes rows away from the catalog: no read is under way at the commit. */
const write = <T>(lake: Lake, message: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  lake.write(message, work, () => keepReadsOut(lake.at));

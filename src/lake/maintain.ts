import { join } from 'node:path';
import type { Lake } from './open.ts';
import { tryTurn } from './turn.ts';

/** What a round of maintenance did, in files and snapshots. */
export type Maintenance = { merged: number; expired: number; cleaned: number; orphans: number; durationMs: number };

const hourMs = 3_600_000;

/**
 * Keep the lake small and quick: merge small files, let snapshots older than the kept period go, delete the files that no
 * snapshot needs, and those that a killed writer left behind.
 *
 * One process at a time does this; when another is at it, nothing is done. Rows stay as they are, and so does every
 * snapshot of the kept period.
 *
 * @param keepMs - how far back time travel reaches
 * @param orphans - look for files of killed writers too (lists the whole data folder)
 * @returns undefined when another process is at it
 */
export async function maintain(
  lake: Lake,
  { keepMs = hourMs, orphans = true }: { keepMs?: number; orphans?: boolean } = {},
): Promise<Maintenance | undefined> {
  using turn = tryTurn(join(lake.at.side, 'maintenance.sqlite'));
  if (!turn) return undefined;
  const started = performance.now();
  const keepFrom = new Date(Date.now() - keepMs);
  const merged = await lake.write('merge small files', async tx => {
    const rows = await tx.rows<{ files_processed: number }>('call lake.merge_adjacent_files()');
    return rows.reduce((sum, row) => sum + row.files_processed, 0);
  });
  const expired = await lake.write('expire old snapshots', async tx => {
    // By version: over a SQLite catalog `older_than` lets every snapshot go. The newest is the lake itself.
    const old = await tx.rows<{ version: number }>(
      `select snapshot_id as version from lake.snapshots()
       where snapshot_time < $keepFrom and snapshot_id < (select max(snapshot_id) from lake.snapshots())`,
      { keepFrom },
    );
    if (old.length === 0) return 0;
    const versions = old.map(({ version }) => version);
    return (await tx.rows(`call ducklake_expire_snapshots('lake', versions => $versions)`, { versions })).length;
  });
  // Files are deleted at once, whatever becomes of the transaction. Inside the turn nobody else is in the middle of a write.
  const cleaned = await lake.write(
    'delete files of expired snapshots',
    async tx => (await tx.rows(`call ducklake_cleanup_old_files('lake', cleanup_all => true)`)).length,
  );
  const found = orphans
    ? await lake.write(
        'delete files of killed writers',
        async tx => (await tx.rows(`call ducklake_delete_orphaned_files('lake', cleanup_all => true)`)).length,
      )
    : 0;
  return { merged, expired, cleaned, orphans: found, durationMs: Math.round(performance.now() - started) };
}

import { keeps } from './keeps.ts';
import type { Lake } from './open.ts';

/** One committed transaction. */
export type Snapshot = { version: number; at: Date; message: string | null; changes: unknown };

/** One Parquet file of a table, and the rows deleted from it since it was written, if any. */
export type LakeFile = { path: string; bytes: number; deletes: string | null };

/** The lake's snapshots, oldest first. */
export const snapshots = (lake: Lake): Promise<Snapshot[]> =>
  lake.rows<Snapshot>(
    `select snapshot_id as version, snapshot_time as at, commit_message as message, changes
     from lake.snapshots() order by snapshot_id`,
  );

/**
 * Write a table's name so that a query sees it as it was.
 *
 * @param when - a snapshot's version, or an instant
 * @example
 * await lake.rows(`select count(*) from ${asOf('bronze.crypto_ticks_raw', 42)}`);
 */
export function asOf(table: string, when: number | Date): string {
  if (!/^[a-z_]\w*(\.[a-z_]\w*)*$/i.test(table))
    throw new Error(`Cannot look back at "${table}": wanted a table's name such as bronze.crypto_ticks_raw.`);
  if (typeof when === 'number') {
    if (Number.isSafeInteger(when) && when >= 0) return `${table} at (version => ${when})`;
    throw new Error(`Cannot look back to version ${when}: wanted a number of snapshots(lake).`);
  }
  return `${table} at (timestamp => timestamptz '${when.toISOString()}')`;
}

/**
 * The Parquet files that make up a table now.
 *
 * @throws when the lake has no such table
 */
export async function filesOf(lake: Lake, table: string): Promise<LakeFile[]> {
  const [schema = '', name = ''] = table.split('.');
  const files = lake.rows<LakeFile>(
    `select data_file as path, data_file_size_bytes as bytes, delete_file as deletes
     from ducklake_list_files('lake', $name, schema => $schema)`,
    { schema, name },
  );
  return files.catch(async error => {
    if (await keeps(lake, table)) throw error;
    throw new Error(`The lake has no table "${table}". "npm run lake -- files" lists all.`);
  });
}

import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { takeTurn } from '../run/turn.ts';
import { again } from './again.ts';
import type { Location } from './location.ts';
import { ownPlace } from './own-place.ts';
import { literal } from './rows.ts';

/** A catalog of one's own, which nobody changes; disposing of it deletes it. */
export type Pinned = { at: Location; [Symbol.dispose](): void };

/**
 * Copy a lake's SQLite catalog as it stands now. It names the same Parquet files, so a read that keeps clean-ups out
 * (read-lock.ts) finds them all.
 *
 * Nobody commits meanwhile, since this holds the turn to write, for some 50 ms. The copy is made by DuckDB: a second SQLite in
 * this process that opened the file would, on closing it, let go of the locks that DuckDB's own has on it.
 *
 * @param connection - with the lake attached
 */
export async function pinCatalog(connection: DuckDBConnection, at: Location): Promise<Pinned> {
  const file = `${ownPlace(at.side, 'pinned')}.sqlite`;
  const remove = () => {
    for (const part of ['', '-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
  };
  const copy = `"${basename(file, '.sqlite')}"`;
  try {
    await connection.run(`attach ${literal(file)} as ${copy} (type sqlite)`);
    try {
      using _turn = await takeTurn(join(at.side, 'turn.sqlite'));
      await again(() => connection.run(`copy from database __ducklake_metadata_lake to ${copy}`));
    } finally {
      await connection.run(`detach ${copy}`);
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { at: { ...at, catalog: `sqlite:${file}` }, [Symbol.dispose]: remove };
}

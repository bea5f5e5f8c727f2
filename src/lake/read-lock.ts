import { join } from 'node:path';
import { NotMyTurn, share, type Turn, takeTurn } from '../run/turn.ts';
import type { Location } from './location.ts';

/*
 * DuckDB asks a SQLite catalog over a new connection for each of its tables, inside a transaction too, up to the highest row
 * number that the transaction has seen. A commit between two such questions may take rows away from the catalog: a merge those
 * of the merged files, a delete the one that named the rows deleted before from the same file. What replaces them lies above that
 * number, so that the read would miss rows, or see deleted ones, without a word. Hence a read looks whether anybody has
 * committed meanwhile, and is done again then; one that many commits fall into, and a look at a snapshot, have a copy of the
 * catalog to themselves (open.ts, pin.ts).
 *
 * The copy names the same Parquet files. So every read shares this lock, and what deletes files, or merges them, commits alone.
 */

const fileOf = (at: Location) => join(at.side, 'reads.sqlite');

/** Some read is under way for longer than a merge waits: leave it for the next round. */
export class ReadsUnderWay extends Error {
  constructor() {
    super('Cannot put away old files now: somebody reads the lake.');
    this.name = 'ReadsUnderWay';
  }
}

/** Begin a read. It waits for a merge's commit, some milliseconds, and for nothing else. */
export const beginRead = (at: Location): Promise<Turn> => share(fileOf(at));

/**
 * Keep reads out for a moment.
 *
 * @throws ReadsUnderWay when one has been under way all the time
 */
export const keepReadsOut = (at: Location): Promise<Turn> =>
  takeTurn(fileOf(at), 300).catch(error => {
    throw error instanceof NotMyTurn ? new ReadsUnderWay() : error;
  });

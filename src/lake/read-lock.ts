import { join } from 'node:path';
import { NotMyTurn, share, type Turn, takeTurn } from '../run/turn.ts';
import type { Location } from './location.ts';

/*
 * DuckDB asks a SQLite catalog over a new connection for each of its tables, inside a transaction too, up to the highest row
 * number that the transaction has seen. A commit between two such questions may take rows away from the catalog: a merge those
 * of the merged files, a delete the one that named the rows deleted before from the same file. What replaces them lies above that
 * number, so that the read would miss rows, or see deleted ones, without a word. Hence two locks:
 *
 * - `looks.sqlite`: a read shares it, and every commit waits for the reads that are under way, for a moment only: by then a
 *   longer one has long asked the catalog for its files, and reads them. A look at a snapshot has a catalog of its own.
 * - `reads.sqlite`: every read shares it to its end, snapshots too. What deletes files, or replaces them in number, commits alone.
 */

const fileOf = (at: Location) => join(at.side, 'reads.sqlite');
const looksOf = (at: Location) => join(at.side, 'looks.sqlite');
const momentMs = 200; // a look at the catalog takes some 10

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

/** Begin to look at the catalog. It waits for a commit, some milliseconds. */
export const beginLooking = (at: Location): Promise<Turn> => share(looksOf(at));

/** Keep looks out while something is committed; a read that has been under way for long is past its look. */
export const keepLooksOut = (at: Location): Promise<Turn | undefined> =>
  takeTurn(looksOf(at), momentMs).catch(error => {
    if (!(error instanceof NotMyTurn)) throw error;
    return undefined;
  });

import { join } from 'node:path';
import { NotMyTurn, share, type Turn, takeTurn } from '../run/turn.ts';
import type { Location } from './location.ts';

/*
 * Reads and merges keep out of each other's way: many reads may be under way at once, and no merge commits meanwhile.
 *
 * DuckDB asks a SQLite catalog over a new connection for each of its tables, inside a transaction too, up to the highest row
 * number that the transaction has seen. A merge that commits between two such questions takes away the rows of the merged
 * files, and the row of the file that replaces them lies above that number: the read would miss their rows without a word.
 * Nobody else takes rows away from the catalog, so readers need not keep out of the way of those who land.
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

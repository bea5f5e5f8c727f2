import { inState } from '../run/paths.ts';
import { type Turn, takeTurn } from '../run/turn.ts';

/** The file of the turn, in the state. */
export const startTurnFile = 'start.sqlite';

/**
 * Take the turn that `npm start` holds as long as it lives, and a reset while it removes. Two that ask at the very same
 * moment may both be refused at first, so it asks for half a second.
 *
 * @throws NotMyTurn when another one holds it
 */
export const takeStartTurn = (): Promise<Turn> => takeTurn(inState(startTurnFile), 500);

import { resetWorkspace } from '../workspace/fill.ts';
import { exercisesOf, findExercise, stationsWithExercises } from './exercises.ts';
import { copyJournal, note } from './journal.ts';

/** What was kept when something was forgotten: the paths of the copies. */
export type Forgotten = { stations: string[]; exercise?: string; copies: string[] };

/**
 * Forget what is noted of one exercise ("4.2"), of one station ("04-silver"), or of "all". A copy of the journal is kept.
 *
 * @param notebooks also put the notebooks as they are handed out in place of the learner's, which are kept beside them
 * @throws when there is no such exercise or station
 */
export async function forget(what: string, notebooks: boolean, at: Date = new Date()): Promise<Forgotten> {
  const known = stationsWithExercises();
  const stations = what === 'all' ? known : known.filter(name => name === what);
  const exercise = stations.length === 0 ? await findExercise(what) : undefined;
  const copy = copyJournal(at);
  if (exercise) {
    if (notebooks)
      throw new Error(`Cannot put back a part of a notebook. Give its station instead: ${exercise.station}.`);
    note({ did: 'reset', station: exercise.station, exercise: what }, at);
    return { stations: [exercise.station], exercise: what, copies: copy ? [copy] : [] };
  }
  for (const station of stations) note({ did: 'reset', station }, at);
  const kept = notebooks ? stations.flatMap(station => resetWorkspace({ name: `${station}.ipynb`, at })) : [];
  return { stations, copies: [...(copy ? [copy] : []), ...kept] };
}

/** Everything that can be named to be forgotten. */
export const forgettable = async (): Promise<string[]> => {
  const stations = stationsWithExercises();
  const ids = await Promise.all(stations.map(async name => (await exercisesOf(name)).map(({ id }) => id)));
  return ['all', ...stations, ...ids.flat()];
};

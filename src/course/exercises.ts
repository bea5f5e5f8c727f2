import { existsSync } from 'node:fs';
import { inRoot } from '../run/paths.ts';
import type { Exercise } from './exercise.ts';
import { stations } from './stations.ts';

/** An exercise and the station that it belongs to. */
export type Placed = { station: string; exercise: Exercise };

const fileOf = (station: string) => inRoot('notebooks', station, 'exercises.ts');

/** Names of the stations that have exercises, in order. */
export const stationsWithExercises = (): string[] =>
  stations.map(({ name }) => name).filter(name => existsSync(fileOf(name)));

/** The exercises of a station, in order; none when it has no file of them. */
export async function exercisesOf(station: string): Promise<readonly Exercise[]> {
  if (!existsSync(fileOf(station))) return [];
  const { exercises } = (await import(fileOf(station))) as { exercises: readonly Exercise[] };
  return exercises;
}

/**
 * Find an exercise by its id.
 *
 * @param id station and place, "4.2"
 * @throws when there is none; the message names those of the station
 */
export async function findExercise(id: string): Promise<Placed> {
  const number = /^\d+/.exec(id)?.[0].padStart(2, '0');
  const station = stationsWithExercises().find(name => name.startsWith(`${number}-`));
  if (!station)
    throw new Error(`There is no exercise "${id}". Ids are a station and a place, such as '${await anId()}'.`);
  const all = await exercisesOf(station);
  const exercise = all.find(one => one.id === id);
  if (exercise) return { station, exercise };
  throw new Error(`There is no exercise "${id}". Station ${station} has ${all.map(one => one.id).join(', ')}.`);
}

const anId = async () => (await exercisesOf(stationsWithExercises()[0]!))[0]?.id;

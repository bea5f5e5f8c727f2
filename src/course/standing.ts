import type { Entry } from './journal.ts';

/** How an exercise stands. */
export type Standing = {
  /** Answers that were checked and not blank; those after the first correct one do not count. */
  tries: number;
  /** When it was first solved. */
  solvedAt?: string;
};

/** How a station stands; minutes are those in which something was noted, with breaks left out. */
export type StationStanding = { exercises: Map<string, Standing>; minutes: number; lastAt?: string };

const breakMs = 10 * 60_000;

/** What the journal says of each station, by name. */
export function standings(journal: readonly Entry[]): Map<string, StationStanding> {
  const stations = new Map<string, StationStanding>();
  for (const entry of journal) {
    const station: StationStanding = stations.get(entry.station) ?? { exercises: new Map(), minutes: 0 };
    stations.set(entry.station, station);
    const gapMs = station.lastAt ? Date.parse(entry.at) - Date.parse(station.lastAt) : 0;
    if (gapMs > 0 && gapMs < breakMs) station.minutes += gapMs / 60_000;
    station.lastAt = entry.at;
    apply(station, entry);
  }
  return stations;
}

/** How one exercise stands; untouched when the journal does not know it. */
export function standingOf(journal: readonly Entry[], station: string, exercise: string): Standing {
  return standings(journal).get(station)?.exercises.get(exercise) ?? untouched();
}

const untouched = (): Standing => ({ tries: 0 });

function apply({ exercises }: StationStanding, entry: Entry): void {
  if (entry.did === 'open') return;
  if (entry.did === 'reset') {
    if (entry.exercise) exercises.delete(entry.exercise);
    else exercises.clear();
    return;
  }
  const standing = exercises.get(entry.exercise) ?? untouched();
  exercises.set(entry.exercise, standing);
  if (standing.solvedAt || entry.verdict === 'unanswered') return;
  standing.tries++;
  if (entry.verdict === 'correct') standing.solvedAt = entry.at;
}

import { escapeHtml, type Shown, shown } from '../show/shown.ts';
import { colours } from '../show/theme.ts';
import { exercisesOf, stationsWithExercises } from './exercises.ts';
import { readJournal } from './journal.ts';
import { standings } from './standing.ts';
import { stationPlan } from './stations.ts';

/** How far a learner is in one station. */
export type StationProgress = {
  station: string;
  title: string;
  /** Exercises solved, and all there are. */
  solved: number;
  exercises: number;
  minutes: number;
  /** By exercise, in order. */
  details: {
    id: string;
    title: string;
    level: string;
    solved: boolean;
    tries: number;
  }[];
};

/** Read from the journal how far the learner is, station by station. */
export async function progressNow(): Promise<StationProgress[]> {
  const standing = standings(readJournal());
  const all = stationsWithExercises().map(async (station): Promise<StationProgress> => {
    const mine = standing.get(station);
    const details = (await exercisesOf(station)).map(({ id, title, level }) => {
      const { solvedAt, tries = 0 } = mine?.exercises.get(id) ?? {};
      return { id, title, level, solved: solvedAt !== undefined, tries };
    });
    const solved = details.filter(one => one.solved).length;
    const minutes = Math.round(mine?.minutes ?? 0);
    return { station, title: stationPlan(station).title, solved, exercises: details.length, minutes, details };
  });
  return Promise.all(all);
}

/** Show the map of the stations: exercises solved and minutes spent. */
export async function progress(): Promise<Shown> {
  const stations = await progressNow();
  const solved = stations.reduce((sum, station) => sum + station.solved, 0);
  const all = stations.reduce((sum, station) => sum + station.exercises, 0);
  const words = `${solved} of ${all} exercises solved`;
  return {
    [shown]: () => ({
      'text/html': `<div style="max-width:760px;font-size:var(--jp-content-font-size1,14px);color:var(--jp-ui-font-color1,inherit)"><p style="margin:0 0 6px"><strong>${words}</strong></p><table style="border-collapse:collapse;margin:0">${head}<tbody>${stations.map(rowHtml).join('')}</tbody></table></div>`,
      'text/plain': [words, ...stations.map(rowText)].join('\n'),
    }),
  };
}

const cell = 'style="padding:4px 12px;text-align:left;white-space:nowrap"';
const head = `<thead><tr>${['Station', 'Exercises', '', 'Minutes'].map(name => `<th scope="col" ${cell}>${name}</th>`).join('')}</tr></thead>`;

function rowHtml({ station, title, solved, exercises, minutes, details }: StationProgress): string {
  const marks = details.map(one => {
    const [sign, word, colour] = markOf(one);
    const told = escapeHtml(`${one.id} ${one.title}: ${word}`);
    return `<span role="img" aria-label="${told}" title="${told}" style="color:${colour};margin-right:3px">${sign}</span>`;
  });
  return `<tr><td ${cell}>${station.slice(0, 2)} · ${escapeHtml(title)}</td><td ${cell}>${marks.join('')}</td><td ${cell}>${solved} of ${exercises}</td><td ${cell}>${minutes}</td></tr>`;
}

/** A station's line in a terminal. */
export function rowText({ station, solved, exercises, minutes, details }: StationProgress): string {
  const marks = details.map(one => markOf(one)[0]).join('');
  return `${station.padEnd(14)} ${marks.padEnd(8)} ${solved} of ${exercises}, ${minutes} min`;
}

function markOf({ solved, tries }: StationProgress['details'][number]): [sign: string, word: string, colour: string] {
  if (solved) return ['●', 'solved', colours.green];
  return tries > 0 ? ['◐', 'tried', colours.orange] : ['○', 'open', colours.grey];
}

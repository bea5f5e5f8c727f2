import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { inRoot } from '../run/paths.ts';
import type { StationProgress } from './progress.ts';

const reportShape = z.object({
  report: z.literal('ticklake'),
  name: z.string().max(200),
  version: z.string(),
  /** When it was written, UTC. */
  at: z.iso.datetime(),
  stations: z.array(
    z
      .object({
        station: z.string().regex(/^\d\d-[\w-]{1,40}$/),
        solved: z.number(),
        exercises: z.number(),
        minutes: z.number(),
        details: z.array(z.object({ id: z.string(), solved: z.boolean(), tries: z.number() }).loose()),
      })
      .loose(),
  ),
});

/** What a learner hands in: what was done, when, on which version. */
export type Report = z.infer<typeof reportShape>;

/** Make the report of how far a learner is; `name` is whatever they call themselves. */
export function reportOf(stations: readonly StationProgress[], name: string, at: Date = new Date()): Report {
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as { version: string };
  return { report: 'ticklake', name, version, at: at.toISOString(), stations: [...stations] };
}

/** One row of a room: a learner, how far they are, and what is to be said of their file. */
export type RoomRow = {
  file: string;
  name: string;
  version: string;
  at: string;
  solved: number;
  exercises: number;
  minutes: number;
} & Record<string, string | number>;

/** Files of a room that are no reports, with the reason. */
export type Refused = { file: string; reason: string };

const mostBytes = 1_000_000;

/**
 * Gather the reports of a room: every *.json of a folder. Of one name the latest counts.
 *
 * @returns one row a learner, by name, with the exercises solved of each station in a column; and what could not be read
 */
export function gather(folder: string): { rows: RoomRow[]; refused: Refused[] } {
  const refused: Refused[] = [];
  const latest = new Map<string, { file: string; report: Report }>();
  for (const file of readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()) {
    const report = readReport(join(folder, file));
    if (typeof report === 'string') refused.push({ file, reason: report });
    else if (report.at > (latest.get(report.name)?.report.at ?? '')) latest.set(report.name, { file, report });
  }
  const rows = [...latest.values()].map(({ file, report }) => rowOf(basename(file), report));
  return { rows: rows.sort((a, b) => a.name.localeCompare(b.name)), refused };
}

function readReport(path: string): Report | string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return 'no file';
  if (found.size > mostBytes) return 'larger than a report can be';
  try {
    const parsed = reportShape.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : 'no report of ticklake';
  } catch {
    return 'no JSON';
  }
}

function rowOf(file: string, { name, version, at, stations }: Report): RoomRow {
  const sum = (column: 'solved' | 'exercises' | 'minutes') => stations.reduce((total, one) => total + one[column], 0);
  const each = Object.fromEntries(
    stations.map(({ station, solved, exercises }) => [station, `${solved}/${exercises}`]),
  );
  return {
    file,
    name,
    version,
    at,
    solved: sum('solved'),
    exercises: sum('exercises'),
    minutes: sum('minutes'),
    ...each,
  };
}

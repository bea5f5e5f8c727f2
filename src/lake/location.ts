import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inState } from '../run/paths.ts';
import { lakeLocation } from '../run/settings.ts';

/** Where a lake's parts lie. */
export type Location = {
  /** what DuckLake attaches: "sqlite:/…/catalog.sqlite" or "postgres:dbname=…" */
  catalog: string;
  kind: 'sqlite' | 'postgres';
  /** folder of the Parquet files */
  data: string;
  /** side files of the processes that share this lake: turns and temporary files */
  side: string;
};

/**
 * Say where a lake lies: the given catalog file or connection, `TICKLAKE_CATALOG`, or this run's own.
 *
 * @param path - a catalog file, or "postgres:dbname=… host=…"
 */
export function lakeAt(path = lakeLocation()): Location {
  if (path.startsWith('postgres:')) {
    const side = inState('lake');
    return { catalog: path, kind: 'postgres', data: join(side, 'data'), side };
  }
  const file = resolve(path.replace(/^sqlite:/, ''));
  const side = dirname(file);
  return { catalog: `sqlite:${file}`, kind: 'sqlite', data: join(side, 'data'), side };
}

/** Does the lake's catalog exist? Of a PostgreSQL catalog only attaching tells, so this says yes. */
export const lakeExists = (location: Location): boolean =>
  location.kind === 'postgres' || existsSync(location.catalog.slice('sqlite:'.length));

/** A text that may name a catalog, such as an error of DuckDB's, with the passwords left out. */
export const withoutPasswords = (text: string): string =>
  text
    .replace(/(password\s*=\s*)('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|(?:\\.|[^\s\\])+)/gi, '$1…')
    .replace(/(\bpostgres(?:ql)?:\/\/[^\s:@/]*:)[^\s"']+@/gi, '$1…@');

/** The same error with the passwords left out of what it says: DuckDB tells where it could not find a catalog any more. */
export function hidePasswords<Thrown>(error: Thrown): Thrown {
  if (error instanceof Error) {
    error.message = withoutPasswords(error.message);
    error.stack &&= withoutPasswords(error.stack);
  }
  return error;
}

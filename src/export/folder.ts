import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Location } from '../lake/location.ts';
import type { Session } from '../lake/session.ts';
import { root } from '../run/paths.ts';
import { copyStatement, type Form } from './copy.ts';
import { type FilesLabel, labelFile, labelOf, readLabel } from './label.ts';
import type { Source } from './source.ts';
import { mend, putInPlace } from './swap.ts';
import type { Target } from './target.ts';
import { runWatched, type Watch } from './watch.ts';

/**
 * A table in a folder of its own, `<to>/<table>/`: one file or `column=value` folders, and a label. It is written beside that
 * folder and takes its place in one step.
 *
 * @throws when that folder is there and no export of ours, or lies in the lake; when a relative one leaves the project
 */
export function folderTarget(table: string, to: string, at: Location, form: Form, watch: Watch): Target {
  const parent = checkFolder(to, at);
  const place = join(parent, table);
  checkPlace(place, table);
  const fresh = join(parent, `.${table}.${randomBytes(4).toString('hex')}${freshEnding}`);
  return {
    place,
    async stage(session: Session, source: Source) {
      cleanUp(parent, table);
      mkdirSync(fresh, { recursive: true });
      const file = form.partitionBy.length > 0 ? fresh : join(fresh, `${table}.${form.format}`);
      const copy = copyStatement(source.from, source.columns, file, form);
      const rows = await runWatched(session.connection, copy, { table, step: 'reading', of: source.rows }, watch);
      const label: FilesLabel = {
        ...labelOf(source, rows),
        format: form.format,
        partition_by: [...form.partitionBy],
        files: filesIn(fresh),
      };
      writeFileSync(join(fresh, labelFile), `${JSON.stringify(label, null, 2)}\n`);
      return rows;
    },
    async deliver() {
      checkPlace(place, table);
      putInPlace(fresh, place);
    },
    async discard() {
      rmSync(fresh, { recursive: true, force: true });
    },
  };
}

const freshEnding = '.part';

/** The folder in which tables are put, as it really lies. */
function checkFolder(to: string, { side, data }: Location): string {
  const folder = resolve(root, to);
  if (!isAbsolute(to) && isIn(relative(root, folder), '..'))
    throw new Error(`Cannot export to ${to}: it leads out of the project. Give the whole path if you mean it.`);
  const real = realOf(folder);
  for (const own of [side, data].map(realOf))
    if (!isIn(relative(own, real), '..'))
      throw new Error(`Cannot export to ${to}: the lake itself lies there. Take another folder.`);
  return real;
}

const isIn = (path: string, first: string) => path === first || path.startsWith(`${first}${sep}`);

/** A path with the symbolic links of what is there resolved. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realOf(dirname(path)), path.slice(dirname(path).length));
  }
}

/** What is in our place must be an export of ours, and hold nothing else: it will be deleted. */
function checkPlace(place: string, table: string) {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (!found) return;
  const label = found.isDirectory() ? readLabel(place) : undefined;
  if (label?.table !== table)
    throw new Error(
      `Cannot export to ${place}: what is there is no export of ${table}. Move it, or take another folder.`,
    );
  const foreign = filesIn(place).find(file => !label.files.includes(file));
  if (foreign)
    throw new Error(`Cannot export to ${place}: it holds ${foreign}, which the export did not write. Move it away.`);
}

/** The files of an export, its label left out. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .filter(file => file !== labelFile)
    .sort();

/** Delete what killed exports of this table left, or put it back. */
function cleanUp(parent: string, table: string) {
  mkdirSync(parent, { recursive: true });
  for (const entry of readdirSync(parent, { withFileTypes: true })) {
    const [, id, aside] =
      new RegExp(`^\\.${RegExp.escape(table)}\\.([0-9a-f]{8})\\.part(\\.aside)?$`).exec(entry.name) ?? [];
    if (!id || !entry.isDirectory()) continue;
    const left = join(parent, entry.name);
    if (aside) mend(left, join(parent, table));
    else rmSync(left, { recursive: true });
  }
}

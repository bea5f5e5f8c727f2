import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { inRoot } from '../run/paths.ts';
import { writeState } from '../run/state-file.ts';
import { inWorkspace } from './place.ts';

/** What happened to one page: its name in the workspace, and the copy or update that now lies beside it. */
export interface Filled {
  name: string;
  outcome: 'added' | 'refreshed' | 'current' | 'kept' | 'update beside';
  /** File beside the learner's own that holds the update. */
  beside?: string;
}

/** Name of a delivered notebook to the hash of its cells, and of updates laid beside to theirs. */
type Manifest = Record<string, string>;

export interface FillOptions {
  /** Folder with one folder a station, each with one notebook. */
  from?: string;
  /** The learner's folder. */
  to?: string;
}

/**
 * Bring every page of the course into the learner's folder: a notebook a station, and the glossary. A notebook whose cells
 * the learner changed is never touched: a newer version is laid beside it as `<name>.update.ipynb`. Outputs do not count as changes. A notebook that the learner
 * deleted comes again.
 *
 * @returns One entry a notebook, in the order of the stations.
 * @throws When a notebook of the course cannot be read.
 */
export function fillWorkspace({ from = inRoot('notebooks'), to = inWorkspace() }: FillOptions = {}): Filled[] {
  mkdirSync(to, { recursive: true });
  const manifest = readManifest(to);
  const filled = coursePages(from).map(source => fillOne(source, to, manifest));
  writeManifest(to, manifest);
  return filled;
}

/**
 * Put the course's version of one notebook, or of all, in place of the learner's, whose version stays beside it as
 * `<name>.<time>.ipynb` when its cells differ.
 *
 * @param options `name`: file name in the workspace, all when missing. `at`: the time that names the copies.
 * @returns The copies made, by file name.
 * @throws When there is no notebook of that name in the course.
 */
export function resetWorkspace(options: FillOptions & { name?: string; at: Date }): string[] {
  const { from = inRoot('notebooks'), to = inWorkspace(), name, at } = options;
  mkdirSync(to, { recursive: true });
  const sources = coursePages(from).filter(source => name === undefined || basename(source) === name);
  if (name !== undefined && sources.length === 0) {
    const known = coursePages(from).map(source => basename(source));
    throw new Error(`Cannot reset ${name}: the course has no such notebook, only ${known.join(', ') || 'none'}.`);
  }
  const manifest = readManifest(to);
  const stamp = at.toISOString().slice(0, 19).replaceAll(':', '-');
  const copies = sources.flatMap(source => {
    const target = join(to, basename(source));
    const copy = beside(target, stamp);
    const changed = existsSync(target) && hashOf(target) !== hashOf(source);
    if (changed) renameSync(target, copy);
    deliver(source, target, manifest);
    return changed ? [basename(copy)] : [];
  });
  writeManifest(to, manifest);
  return copies;
}

function fillOne(source: string, to: string, manifest: Manifest): Filled {
  const name = basename(source);
  const target = join(to, name);
  const wanted = hashOf(source);
  if (!existsSync(target)) {
    deliver(source, target, manifest);
    return { name, outcome: 'added' };
  }
  const present = hashOf(target);
  if (present === wanted) {
    manifest[name] = wanted;
    return { name, outcome: 'current' };
  }
  if (present === manifest[name]) {
    deliver(source, target, manifest);
    return { name, outcome: 'refreshed' };
  }
  if (manifest[name] === wanted) return { name, outcome: 'kept' };
  const update = beside(target, 'update');
  const delivered = manifest[basename(update)];
  const found = existsSync(update) ? hashOf(update) : undefined;
  const removedByLearner = found === undefined && delivered === wanted;
  const changedByLearner = found !== undefined && found !== delivered && found !== wanted;
  if (removedByLearner || changedByLearner) return { name, outcome: 'kept' };
  deliver(source, update, manifest);
  return { name, outcome: 'update beside', beside: basename(update) };
}

function deliver(source: string, target: string, manifest: Manifest): void {
  // Copied under another name first, so that a full disk or a kill leaves no half notebook.
  const part = `${target}.part`;
  copyFileSync(source, part);
  renameSync(part, target);
  manifest[basename(target)] = hashOf(source);
}

const beside = (target: string, word: string): string =>
  join(dirname(target), `${basename(target, extname(target))}.${word}${extname(target)}`);

/** The pages of the course: notebooks, `<station>/<station>.ipynb`, in order, and the glossary that they link to. */
function coursePages(from: string): string[] {
  if (!existsSync(from)) return [];
  const stations = readdirSync(from, { withFileTypes: true }).filter(entry => entry.isDirectory());
  const notebooks = stations.map(({ name }) => join(from, name, `${name}.ipynb`)).sort();
  return [...notebooks, join(from, 'GLOSSARY.md')].filter(existsSync);
}

/** Hash of what a learner writes: kind and text of every cell. A file that is no notebook counts with all its bytes. */
function hashOf(file: string): string {
  const text = readFileSync(file, 'utf8');
  return createHash('sha256').update(cellsOf(text)).digest('hex');
}

function cellsOf(text: string): string {
  try {
    const cells = JSON.parse(text).cells as { cell_type: string; source: string | string[] }[];
    return JSON.stringify(cells.map(cell => [cell.cell_type, [cell.source].flat().join('')]));
  } catch {
    return text;
  }
}

const manifestFile = (to: string) => join(to, '.delivered.json');

function readManifest(to: string): Manifest {
  try {
    return JSON.parse(readFileSync(manifestFile(to), 'utf8'));
  } catch {
    return {};
  }
}

const writeManifest = (to: string, manifest: Manifest) => writeState(manifestFile(to), manifest);

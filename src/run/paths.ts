import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Find the project folder: `TICKLAKE_ROOT`, or the nearest folder upwards whose package.json is named "ticklake". */
function findRoot(): string {
  if (process.env.TICKLAKE_ROOT) return process.env.TICKLAKE_ROOT;
  for (let at = process.cwd(); ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'ticklake') return at;
    if (dirname(at) === at)
      throw new Error(`Cannot find the ticklake folder above ${process.cwd()}. Change into it, or set TICKLAKE_ROOT.`);
  }
}

/** Absolute path of the project folder. */
export const root = findRoot();

/** Absolute path inside the project folder. */
export const inRoot = (...parts: string[]): string => join(root, ...parts);

/** Absolute path among the fetched tools (Node, Kafka's jars), which every run shares. */
export const inTools = (...parts: string[]): string => join(root, '.ticklake', 'tools', ...parts);

/** Absolute path inside the state of this run (run file, logs, broker, lake); `TICKLAKE_STATE` moves it, as tests do. */
export const inState = (...parts: string[]): string =>
  join(process.env.TICKLAKE_STATE || join(root, '.ticklake', 'state'), ...parts);

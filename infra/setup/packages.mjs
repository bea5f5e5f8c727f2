import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { findNode, root } from './places.mjs';
import { run } from './run.mjs';

const proof = "import('nodejs-polars').then(({ default: pl }) => pl.DataFrame({ a: [1] }))";

/** The npm packages of the lock file. npm's own record of what it installed is the stamp: it is written last. */
export const packages = {
  title: 'npm packages',
  done: () => isInstalled(read('package-lock.json'), read('node_modules/.package-lock.json')),
  async install(say) {
    await npm(this.title, ['ci'], { cwd: root, say });
    await run('Loading Polars', findNode(), ['-e', proof], { say });
  },
};

/**
 * Whether npm's record names all that the lock file wants; what is optional or for another platform may be missing,
 * but not Polars' own native package.
 */
export function isInstalled(lock, record) {
  if (!lock || !record) return false;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== '');
  const polars = path => /^node_modules\/nodejs-polars-/.test(path);
  return (
    wanted.every(([path, { version, optional }]) => {
      const found = record.packages[path];
      return found ? found.version === version : optional === true;
    }) && Object.keys(record.packages).some(polars)
  );
}

function read(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8'));
  } catch {
    return undefined;
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { findNode, root } from './places.mjs';
import { run } from './run.mjs';
import { hasStamp, setStamp, stampOf } from './stamp.mjs';

const proof = "import('nodejs-polars').then(({ default: pl }) => pl.DataFrame({ a: [1] }))";

const folder = 'infra/setup/patches';
/** Mends of packages, by their paths in the project. */
export const patches = readdirSync(join(root, folder)).map(name => `${folder}/${name}`);
const patcher = join(root, 'node_modules', 'patch-package', 'index.js');
const patchStamp = join(root, 'node_modules', '.patches.stamp');
const stamp = () => patches.map(stampOf).join();

/**
 * The npm packages of the lock file, with what `patches` mends in them. npm's own record of what it installed is the stamp
 * of the first, ours that of the second.
 *
 * In kafkajs: a sending copied all its messages again for each of them, a reading all headers of a message for each header;
 * a batch of some 100,000 records overran the stack; a timer was set to the past, of which Node warns.
 */
export const packages = {
  title: 'npm packages',
  done: () =>
    isInstalled(read('package-lock.json'), read('node_modules/.package-lock.json')) && hasStamp(patchStamp, stamp()),
  async install(say) {
    await npm(this.title, ['ci'], { cwd: root, say });
    await run('Patching kafkajs', findNode(), [patcher, '--patch-dir', folder, '--error-on-fail'], { say });
    setStamp(patchStamp, stamp());
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

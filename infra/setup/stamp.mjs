import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './places.mjs';

/** A stamp stands for work that was finished: it is a hash of the file that the work followed. */
export const stampOf = file =>
  createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex');

export function hasStamp(place, stamp) {
  try {
    return readFileSync(place, 'utf8') === stamp;
  } catch {
    return false;
  }
}

export function setStamp(place, stamp) {
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(`${place}.new`, stamp);
  renameSync(`${place}.new`, place);
}

export const removeStamp = place => rmSync(place, { force: true });

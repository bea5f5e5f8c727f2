import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { inRoot } from '../run/paths.ts';

/** How the name of a folder ends that was put aside. */
const asideEnding = '.aside';

/**
 * Put a folder in the place of another, which is deleted. Whoever looks, and whoever comes after a kill, finds one or the other.
 *
 * Node cannot let two folders change places in one step, and the system can; a file system that cannot (some network shares)
 * has no folder there for an instant, which `mend` makes good after a kill.
 */
export function putInPlace(fresh: string, place: string): void {
  if (existsSync(place)) replace(fresh, place);
  else renameSync(fresh, place);
}

function replace(fresh: string, place: string) {
  if (exchange(fresh, place)) {
    rmSync(fresh, { recursive: true });
    return;
  }
  const aside = `${fresh}${asideEnding}`;
  renameSync(place, aside);
  renameSync(fresh, place);
  rmSync(aside, { recursive: true });
}

/** A folder that was put aside by a process that was killed in that instant comes back. */
export function mend(aside: string, place: string): void {
  if (existsSync(place)) rmSync(aside, { recursive: true });
  else renameSync(aside, place);
}

const swap = `
import ctypes, os, sys
a, b = map(os.fsencode, sys.argv[1:])
c = ctypes.CDLL(None)
done = c.renamex_np(a, b, 2) if sys.platform == "darwin" else c.renameat2(-100, a, -100, b, 2)
sys.exit(0 if done == 0 else 1)`;

/** Let two folders change places; says whether the file system could. */
const exchange = (one: string, other: string): boolean =>
  spawnSync(inRoot('.venv', 'bin', 'python'), ['-I', '-S', '-c', swap, one, other], { stdio: 'ignore' }).status === 0;

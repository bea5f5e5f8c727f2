import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findJavaHome } from './places.mjs';
import { run } from './run.mjs';

/** Java's archive of its own classes, which the runtime comes without: it makes the broker start faster. */
export const java = {
  title: "Java's class archive",
  done() {
    const home = findJavaHome();
    return home !== undefined && readdirSync(join(home, 'lib', 'server')).some(file => /^classes.*\.jsa$/.test(file));
  },
  install: say => run("Making Java's class archive", join(findJavaHome(), 'bin', 'java'), ['-Xshare:dump'], { say }),
};

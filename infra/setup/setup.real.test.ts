import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inRoot } from '../../src/run/paths.ts';

// Copies of the project, filled from what is already fetched: packages come from the package managers' caches or by link.
const folder = mkdtempSync(join(tmpdir(), 'ticklake-setup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

vi.setConfig({ testTimeout: 300_000 }); // real installs, also on a busy machine

const notCopied = ['.git', '.ticklake', '.venv', 'node_modules', 'workspace'];
function copyProject(name: string, linked: string[]): string {
  const copy = join(folder, name);
  cpSync(inRoot(), copy, { recursive: true, filter: path => !notCopied.includes(relative(inRoot(), path)) });
  mkdirSync(join(copy, '.ticklake', 'tools'), { recursive: true });
  for (const path of linked) if (existsSync(inRoot(path))) symlinkSync(inRoot(path), join(copy, path));
  return copy;
}

const tools = '.ticklake/tools';
const node = `${tools}/node`;
const packages = 'node_modules';
const venv = '.venv';
const kafkaFolder = join(tools, 'kafka');

/** Run set-up under the Node of `npm start`: Node 20 where the machine has one. */
function setUp(
  copy: string,
  { wrap = [] as string[], path = process.env.PATH, command: asked = ['setup'], env: more = {} } = {},
) {
  const foreign = /^npm_|^(TICKLAKE_ROOT|INIT_CWD)$/;
  const clean = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const env = { ...Object.fromEntries(clean), PATH: path, ...more };
  const [command, ...args] = [...wrap, oldNode, 'infra/setup/bootstrap.mjs', ...asked];
  const child = spawn(command!, args, { cwd: copy, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (said += data));
  const code = new Promise<number | null>(resolve => child.once('close', resolve));
  return { pid: child.pid!, code, said: () => said };
}

/** Set-up fails with one sentence about what happened and one about the mend: no stack, nothing else. */
async function failure(copy: string, options?: Parameters<typeof setUp>[1]): Promise<string> {
  const run = setUp(copy, options);
  expect(await run.code).toBe(1);
  expect(run.said()).not.toMatch(/^\s+at /m);
  return run.said().trim().split('\n').at(-1)!;
}

let oldNode = process.execPath;
beforeAll(() => {
  const own = new Set([inRoot(node), inRoot(packages)]);
  const folders = process.env.PATH!.split(':').filter(path => ![...own].some(mine => path.startsWith(mine)));
  oldNode = folders.map(path => join(path, 'node')).find(path => existsSync(path)) ?? process.execPath;
});

/** Run a shell line as root of a private view of the file system; undefined where that is not allowed. */
async function privately(script: string): Promise<string[] | undefined> {
  const wrap = ['unshare', '--mount', '--map-root-user', 'sh', '-c', `${script} && exec "$@"`, 'sh'];
  const [command, ...args] = [...wrap, 'true'];
  const code = await new Promise(resolve =>
    spawn(command!, args)
      .once('error', () => resolve(1))
      .once('close', resolve),
  );
  return code === 0 ? wrap : undefined;
}

test('a set-up that was cut off again and again goes on to the end, and has nothing to do then', async () => {
  const copy = copyProject('cut', [node]);
  const cutWhen = async (condition: () => boolean) => {
    const run = setUp(copy);
    await vi.waitFor(() => expect(condition(), run.said()).toBe(true), { timeout: 200_000, interval: 20 });
    process.kill(-run.pid, 'SIGKILL');
    expect(await run.code).toBeNull();
  };
  cpSync(inRoot(kafkaFolder), join(copy, kafkaFolder), {
    recursive: true,
    filter: path => basename(path) !== 'lib',
  });
  await cutWhen(() => existsSync(join(copy, packages)) && readdirSync(join(copy, packages)).length > 20);
  await cutWhen(() => existsSync(join(copy, venv, 'bin', 'uv')));
  await cutWhen(
    () => existsSync(join(copy, kafkaFolder, 'lib')) && readdirSync(join(copy, kafkaFolder, 'lib')).length > 2,
  );
  const last = setUp(copy);
  expect(await last.code, last.said()).toBe(0);
  expect(last.said()).toContain('ticklake is set up. Start it with "npm start".');
  const again = setUp(copy);
  expect(await again.code).toBe(0);
  expect(again.said().trim()).toBe('ticklake is set up already. Start it with "npm start".');
}, 600_000);

test('a pack sets up another folder without a network and without what was fetched before', async () => {
  const file = join(folder, 'pack.tar.gz');
  const packing = setUp(inRoot(), { command: ['pack', file] });
  expect(await packing.code, packing.said()).toBe(0);

  const room = copyProject('room', []);
  const nothing = join(folder, 'nothing');
  const env = { HOME: nothing, npm_config_cache: nothing, UV_CACHE_DIR: nothing, PIP_CACHE_DIR: nothing };
  const offline = {
    ...env,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    npm_config_proxy: 'http://127.0.0.1:9',
  };
  const run = setUp(room, { command: ['setup', '--from', file], env: offline });
  expect(await run.code, run.said()).toBe(0);
  expect(run.said()).toContain('ticklake is set up already.'); // nothing was left to fetch
  const jupyter = execFileSync(join(room, '.venv/bin/jupyter-lab'), ['--version'], { encoding: 'utf8' });
  expect(jupyter).toMatch(/^\d+\.\d+/);
  expect(readFileSync(join(room, '.venv/bin/jupyter-lab'), 'utf8')).toContain(`#!${join(room, '.venv/bin/python')}`);

  writeFileSync(
    join(room, 'infra/kafka/jars.lock.json'),
    readFileSync(join(room, 'infra/kafka/jars.lock.json'), 'utf8').trim(),
  );
  expect(await failure(room, { command: ['setup', '--from', file], env })).toMatch(
    /^pack.tar.gz was made from another version of the project. Make one/,
  );
  writeFileSync(file, 'not this');
  expect(await failure(room, { command: ['setup', '--from', file], env })).toMatch(/pack.tar.gz is damaged or no pack/);
  expect(existsSync(join(room, packages, '.package-lock.json'))).toBe(true); // what was there stays
});

test('a pack that lacks a part takes nothing away', async () => {
  const copy = copyProject('lacking', []);
  const own = join(copy, packages, 'own');
  mkdirSync(own, { recursive: true });
  const inside = join(folder, 'inside');
  mkdirSync(join(inside, '.ticklake'), { recursive: true });
  const file = join(folder, 'lacking.tar.gz');
  const say = async (note: string) => {
    writeFileSync(join(inside, '.ticklake/pack.json'), note);
    execFileSync('tar', ['-czf', file, '-C', inside, '.ticklake']);
    return failure(copy, { command: ['setup', '--from', file] });
  };
  expect(await say('null')).toMatch(/lacking.tar.gz is not made by "npm run pack"/);
  const version = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  }).trim();
  const locks = ['package-lock.json', 'infra/setup/node/package-lock.json', 'infra/setup/requirements.lock'];
  const patch = 'infra/setup/patches/kafkajs+2.2.4.patch';
  const stamps = [...locks, patch, 'infra/kafka/jars.lock.json'].map(lock =>
    createHash('sha256')
      .update(readFileSync(join(copy, lock)))
      .digest('hex'),
  );
  const machine = `${process.platform}-${process.arch}`;
  expect(await say(JSON.stringify({ machine, python: version, locks: stamps }))).toMatch(
    /lacking.tar.gz lacks node_modules. Make it anew/,
  );
  expect(existsSync(own)).toBe(true);
});

test('a broken Python environment is made anew', async () => {
  const copy = copyProject('venv', [node, packages, kafkaFolder]);
  mkdirSync(join(copy, venv, 'bin'), { recursive: true });
  symlinkSync('/no/such/python', join(copy, venv, 'bin', 'python'));
  const run = setUp(copy);
  expect(await run.code, run.said()).toBe(0);
});

test('a jar with a wrong hash is named and thrown away', async () => {
  const copy = copyProject('jar', [node, packages, venv]);
  cpSync(inRoot(kafkaFolder), join(copy, kafkaFolder), { recursive: true });
  const jar = 'kafka-clients-4.3.1.jar';
  const fetched = join(copy, kafkaFolder, '.m2/repository/org/apache/kafka/kafka-clients/4.3.1', jar);
  for (const path of [fetched, join(copy, kafkaFolder, 'lib', jar)]) {
    rmSync(path);
    writeFileSync(path, 'not this');
  }
  expect(await failure(copy)).toMatch(
    /^kafka-clients-4.3.1.jar is not the file that .*jars.lock.json names: .* run the same command again/,
  );
  expect(existsSync(fetched)).toBe(false);
});

test('a read-only folder is named', async context => {
  const copy = copyProject('read-only', []);
  const wrap = await privately(`mount --bind "${copy}" "${copy}" && mount -o remount,ro,bind "${copy}"`);
  if (!wrap) context.skip('this machine lets us mount nothing');
  // The working folder was entered before the mount: enter it again.
  const enter = [...wrap!, 'sh', '-c', 'cd "$PWD" && exec "$@"', 'sh'];
  expect(await failure(copy, { wrap: enter })).toMatch(
    /^Cannot write to .*read-only: it is read-only for you. Move the project/,
  );
});

test('a full disk is named before anything is fetched, and while files are written', async context => {
  const copy = copyProject('full', [node, packages, venv]);
  cpSync(inRoot(kafkaFolder), join(copy, kafkaFolder), { recursive: true, filter: path => basename(path) !== 'lib' });
  const lib = join(copy, kafkaFolder, 'lib');
  mkdirSync(lib);
  const whileWriting = await privately(`mount -t tmpfs -o size=4m none "${lib}"`);
  if (!whileWriting) context.skip('this machine lets us mount nothing');
  expect(await failure(copy, { wrap: whileWriting! })).toMatch(/^The disk is full. Make room for about 1.5 GB/);

  const bare = copyProject('full-at-start', []);
  const atStart = await privately(
    `mount -t tmpfs -o size=64m none "${bare}" && cp -r "${copy}/infra" "${copy}"/*.json "${bare}"`,
  );
  const enter = [...atStart!, 'sh', '-c', 'cd "$PWD" && exec "$@"', 'sh'];
  expect(await failure(bare, { wrap: enter })).toMatch(/^The disk is full. Make room for about 1.5 GB/);
});

test.each([
  ['no Python at all', '', /^Cannot find Python: ticklake needs Python 3.10 or newer. Install it/],
  ['a Python that is too old', 'echo 3.9', /^Python 3.9 is too old: ticklake needs Python 3.10 or newer. Install it/],
  [
    'a Python without venv',
    'case "$*" in *venv*) exit 1;; *) echo 3.12;; esac',
    /^Python 3.12 is here, but without venv. Install it/,
  ],
])('%s is named, with the mend', async (name, script, message) => {
  const copy = copyProject(name, [node, packages, kafkaFolder]);
  const programs = join(copy, 'programs');
  mkdirSync(programs);
  for (const program of ['sh', 'uname']) symlinkSync(`/bin/${program}`, join(programs, program));
  if (script) {
    writeFileSync(join(programs, 'python3'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, 'python3'), 0o755);
  }
  expect(await failure(copy, { path: programs })).toMatch(message);
});

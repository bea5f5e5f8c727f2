import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { inRoot } from '../../src/run/paths.ts';

// Set-up is plain JavaScript without types.
const load = (file: string) => import(/* @vite-ignore */ inRoot('infra', 'setup', file));

test('native Windows and an old Node are refused with the way on', async () => {
  const { refusal } = await load('refusal.mjs');
  expect(refusal('win32', '24.0.0')).toContain('wsl --install');
  expect(refusal('linux', '18.20.1')).toMatch(/^Node 18.20.1 is too old: ticklake needs Node 20 or newer/);
  expect(refusal('linux', '20.0.0')).toBeUndefined();
  expect(refusal('darwin', '24.1.0')).toBeUndefined();
});

test.each([
  ['npm error nospc ENOSPC: no space left on device, write', /^The disk is full/],
  ['Error: EROFS: read-only file system, mkdir', /^Cannot write to \/here: it is read-only/],
  ["Error: EACCES: permission denied, mkdir '/here/node_modules'", /^Cannot write to \/here: it is read-only/],
  [
    "npm error Error: EACCES: permission denied, mkdir '/home/me/.npm/x'",
    /may not write to \/home\/me\/.npm\/x, where npm/,
  ],
  [
    'npm error code EACCES\nnpm error syscall open\nnpm error path /home/me/.npm/_cacache/tmp/1',
    /may not write to \/home\/me\/.npm/,
  ],
  [
    'error: Failed to initialize cache at `/home/me/.cache/uv`\n  Caused by: Permission denied (os error 13)',
    /may not write to \/home\/me\/.cache\/uv,/,
  ],
  ['npm error code EINTEGRITY', /wrong hash/],
  ['error: Hash mismatch for `x==1`', /wrong hash/],
  ['THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE', /wrong hash/],
  ['npm error code EAI_AGAIN', /no way to the network/],
  ['error: Failed to fetch: dns error: failed to lookup address information', /no way to the network/],
  ['Error: Command returned non-zero exit status 1: ensurepip', /^Python has no venv here/],
  ['first\nthe last word\n╰───╯\n', /^Step failed: the last word. All it said is in/],
])('"%s" is told in plain words', async (said, message) => {
  const { explain } = await load('setup-error.mjs');
  expect(explain('Step', said, '/here').message).toMatch(message);
});

test('npm packages are installed when its record names all that the lock wants', async () => {
  const { isInstalled } = await load('packages.mjs');
  const polars = { 'node_modules/nodejs-polars-linux-x64-gnu': { version: '1.0.0', optional: true } };
  const lock = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, ...polars } };
  const a = { 'node_modules/a': { version: '1.0.0' } };
  expect(isInstalled(lock, { packages: { ...a, ...polars } })).toBe(true);
  expect(isInstalled(lock, { packages: a })).toBe(false); // npm skipped Polars' native package
  expect(isInstalled(lock, { packages: polars })).toBe(false);
  expect(isInstalled(lock, { packages: { 'node_modules/a': { version: '0.9.0' }, ...polars } })).toBe(false);
  expect(isInstalled(lock, undefined)).toBe(false);
});

test('npm brings the packages of development too, whatever NODE_ENV says', async () => {
  const { npm } = await load('npm.mjs');
  const cwd = mkdtempSync(join(tmpdir(), 'npm-'));
  const program = join(cwd, 'npm-cli.js');
  writeFileSync(program, 'console.log(process.argv.slice(2).join(" "))');
  vi.stubEnv('npm_execpath', program);
  const said: string[] = [];
  await npm('npm', ['ci'], { cwd, say: (line: string) => said.push(line) });
  vi.unstubAllEnvs();
  expect(said.join()).toMatch(/^ci .*--include=dev .*--prefix /);
});

test('the lock of uv is cut out of the whole lock, with its hashes alone', async () => {
  const { lockOf } = await load('python.mjs');
  const text = lockOf('uv', readFileSync(inRoot('infra/setup/requirements.lock'), 'utf8'));
  expect(text.match(/^\S+==/gm)).toHaveLength(1);
  expect(text).toMatch(/^uv==[\d.]+ \\\n {4}--hash=sha256:/);
  expect(() => lockOf('uv', 'pip==1\n')).toThrow(/git checkout/);
});

test('no lock names an address to fetch from, and npm knows the package of every platform', () => {
  const locks = ['package-lock.json', 'infra/setup/node/package-lock.json', 'infra/setup/requirements.lock'];
  for (const lock of [...locks, 'infra/kafka/jars.lock.json'])
    expect(readFileSync(inRoot(lock), 'utf8')).not.toMatch(/"resolved"|--index-url|--find-links|@ https?:/);
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .filter(name => !Object.keys(packages).some(path => path.endsWith(`node_modules/${name}`)));
  expect(missing).toEqual([]); // `npm ci` refuses a lock without them
});

test('one set-up works at a time, and none waits for one that is gone or for itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ticklake-'));
  for (const name of ['turn.mjs', 'places.mjs'])
    cpSync(inRoot('infra', 'setup', name), join(folder, 'infra', 'setup', name));
  mkdirSync(join(folder, '.ticklake'));
  const { takeTurn } = await import(/* @vite-ignore */ join(folder, 'infra', 'setup', 'turn.mjs'));
  const file = join(folder, '.ticklake', 'setup.pid');
  for (const gone of ['', '4194305', String(process.pid)]) {
    writeFileSync(file, gone);
    const endTurn = await takeTurn();
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    endTurn();
    expect(existsSync(file)).toBe(false);
  }
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  writeFileSync(file, String(other.pid));
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const mine = takeTurn();
  await vi.waitFor(() => expect(log).toHaveBeenCalledWith(expect.stringContaining(`(pid ${other.pid}) is at work`)));
  expect(readFileSync(file, 'utf8')).toBe(String(other.pid));
  other.kill('SIGKILL');
  (await mine)();
  log.mockRestore();
});

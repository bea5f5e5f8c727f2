import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inRoot } from '../run/paths.ts';
import type { Run } from '../run/run-file.ts';
import { takeTurn } from '../run/turn.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 }); // real starts, also on a busy machine

let state: string;
let started: ChildProcess[];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'ticklake-start-'));
  started = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const child of started)
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGTERM');
  await allGone();
  rmSync(state, { recursive: true, force: true });
});

/** Run a command of package.json in a process group of its own, as a terminal does. */
function npm(args: string[], wrap: string[] = [], input: 'ignore' | 'pipe' = 'ignore') {
  const env = { ...process.env, TICKLAKE_STATE: state, TICKLAKE_WORKSPACE: join(state, 'workspace') };
  const [command, ...rest] = [...wrap, 'npm', ...args];
  const child = spawn(command!, rest, { cwd: inRoot(), env, detached: true, stdio: [input, 'pipe', 'pipe'] });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', data => (said += data));
  const code = new Promise<number | null>(resolve => child.once('close', resolve));
  return { child, code, said: () => said, signal: (name: NodeJS.Signals) => process.kill(-child.pid!, name) };
}

async function npmStart(only: string, wrap: string[] = []) {
  const start = npm(['start', '--', '--no-open', '--only', only], wrap);
  await vi.waitFor(
    () => {
      if (start.child.exitCode !== null) return;
      expect(start.said()).toContain('Stop everything with');
    },
    { timeout: 150_000 },
  );
  expect(start.said()).toContain('Stop everything with');
  return start;
}

const readRun = () => JSON.parse(readFileSync(join(state, 'run.json'), 'utf8')) as Run;

/** Everything that was started for this state, whoever its parent is by now. */
function processes(): string[] {
  return readdirSync('/proc').flatMap(pid => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TICKLAKE_STATE=${state}`)) return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 250)}`];
    } catch {
      return []; // no process, or not ours, or gone meanwhile
    }
  });
}

const allGone = () => vi.waitFor(() => expect(processes()).toEqual([]), { timeout: 60_000, interval: 200 });

/** Start a kernel, which JupyterLab puts into a session of its own. */
async function startKernel(): Promise<void> {
  const page = new URL(readRun().services.jupyter!.address!);
  const headers = { authorization: `token ${page.searchParams.get('token')}` };
  const answer = await fetch(new URL('/api/kernels', page), { method: 'POST', headers, body: '{"name":"tslab"}' });
  expect(answer.status).toBe(201);
  await vi.waitFor(() => expect(processes().join('\n')).toContain('launch.cjs'), { timeout: 60_000 });
}

test('npm start tells what runs and where, a second one says so, a dead broker comes back, Ctrl-C ends all', async () => {
  const squatter = createServer();
  await new Promise<void>(resolve => squatter.once('error', () => resolve()).listen(18080, '127.0.0.1', resolve));
  const start = await npmStart('broker,market,feed,jupyter');
  squatter.close();
  const run = readRun();
  expect(Object.keys(run.services).sort()).toEqual(['broker', 'feed', 'jupyter', 'market']);
  expect(start.said()).toMatch(/market +runs .*\(its usual port is taken\)/);
  for (const { address } of Object.values(run.services)) expect(start.said()).toContain(address ?? '–');
  expect(statSync(join(state, 'run.json')).mode & 0o777).toBe(0o600);
  const node = readFileSync(`/proc/${run.services.market!.pid}/cmdline`, 'utf8').split('\0')[0]!;
  expect(node).toBe(process.execPath); // Node 24, whatever stands first on PATH

  const second = npm(['start']);
  expect(await second.code).toBe(0);
  expect(second.said()).toContain('ticklake already runs');
  expect(second.said()).toContain(run.services.jupyter!.address);

  process.kill(run.services.broker!.pid!, 'SIGKILL');
  await vi.waitFor(
    () => {
      const { pid, address, state } = readRun().services.broker!;
      expect(state).toBe('ready');
      expect(pid).not.toBe(run.services.broker!.pid);
      expect(address).toBe(run.services.broker!.address);
    },
    { timeout: 90_000, interval: 200 },
  );
  expect(start.said()).toContain('broker: it was ended by SIGKILL; starting it again in 0.5 s');

  start.signal('SIGINT');
  await start.code; // npm dies of the signal itself
  expect(start.said()).toContain('Everything has ended.');
  await allGone();
});

test('of two npm start at once one starts, and the other says so', async () => {
  const both = [
    npm(['start', '--', '--no-open', '--only', 'broker']),
    npm(['start', '--', '--no-open', '--only', 'broker']),
  ];
  const first = await Promise.race(both.map(async one => ((await one.code) === 0 ? one : undefined)));
  expect(first?.said()).toContain('ticklake already runs');
  await vi.waitFor(() => expect(readRun().services.broker!.state).toBe('ready'), { timeout: 90_000, interval: 200 });
  const stop = npm(['run', 'stop']);
  expect(await stop.code).toBe(0);
  expect(stop.said()).toContain('Everything has ended.');
  for (const one of both) await one.code;
});

test('reset leaves alone what is started while it asks', async context => {
  if (!existsSync('/usr/bin/script')) context.skip('this machine has no script(1) to make a terminal');
  mkdirSync(join(state, 'lake'));
  const reset = npm(['run', 'reset'], ['sh', '-c', 'exec script -qefc "$*" /dev/null', 'sh'], 'pipe');
  await vi.waitFor(() => expect(reset.said()).toContain('[y/N]'), { timeout: 60_000 });
  const start = await npmStart('market');
  reset.child.stdin!.end('y\n');
  expect(await reset.code).toBe(1);
  expect(reset.said()).toContain('Cannot reset while ticklake runs');
  expect(readRun().services.market!.state).toBe('ready');
  start.signal('SIGINT');
  await allGone();
});

test('reset leaves alone what is just starting, and removes what rests', async () => {
  const starting = await takeTurn(join(state, 'start.sqlite'));
  mkdirSync(join(state, 'lake'));
  const refused = npm(['run', 'reset', '--', '--yes']);
  expect(await refused.code).toBe(1);
  expect(refused.said()).toContain('just starting');
  expect(existsSync(join(state, 'lake'))).toBe(true);
  starting.release();
  expect(await npm(['run', 'reset', '--', '--yes']).code).toBe(0);
  expect(existsSync(state)).toBe(false);
});

test('reset removes no file of a lake whose catalog it cannot empty', async () => {
  vi.stubEnv('TICKLAKE_CATALOG', 'postgres:dbname=x host=127.0.0.1 port=1 user=u password=geheim');
  mkdirSync(join(state, 'lake'));
  const refused = npm(['run', 'reset', '--', '--yes']);
  expect(await refused.code).toBe(1);
  expect(refused.said()).toContain('Connection refused');
  expect(refused.said()).not.toContain('geheim');
  expect(existsSync(join(state, 'lake'))).toBe(true);
});

test('kill -9 of the supervisor leaves no process, and the next start works', async () => {
  await npmStart('broker,market,jupyter');
  await startKernel();
  process.kill(readRun().pid, 'SIGKILL');
  const next = await npmStart('broker,market'); // waits until the old ones are gone
  const stop = npm(['run', 'stop']);
  expect(await stop.code).toBe(0);
  expect(await next.code).toBe(0);
  await allGone();
});

test('kill -9 of npm leaves no process', async () => {
  const start = await npmStart('broker,market,jupyter');
  await startKernel();
  start.child.kill('SIGKILL');
  await allGone();
});

test('closing the terminal leaves no process', async () => {
  const start = await npmStart('broker,market,jupyter');
  await startKernel();
  start.signal('SIGHUP');
  await allGone();
});

test('everything starts without a way to the network', async context => {
  const lone = ['unshare', '--net', '--map-root-user', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const [command, ...rest] = [...lone, 'true'];
  const allowed = await new Promise(resolve =>
    spawn(command!, rest)
      .once('error', () => resolve(1))
      .once('close', resolve),
  );
  if (allowed !== 0) context.skip('this machine lets us make no network of our own');
  const start = await npmStart('broker,market,feed,jupyter', lone);
  start.signal('SIGINT');
  await allGone();
});

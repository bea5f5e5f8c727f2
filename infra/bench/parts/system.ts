import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFeedStatus } from '../../../src/feed/status.ts';
import { readStatus } from '../../../src/pipeline/status.ts';
import { spawnLeashed } from '../../../src/run/leash.ts';
import { inRoot, inState } from '../../../src/run/paths.ts';
import { type Run, readLastRun, type ServiceName } from '../../../src/run/run-file.ts';

/** A system that `npm start` brought up, in the state and workspace that the environment names. */
export type System = {
  /** Milliseconds from the command to the service being ready; settles when it is. */
  ready(name: ServiceName): Promise<number>;
  /** The same to the printed table. */
  table: Promise<number>;
  run(): Run;
  /** As Ctrl-C does; settles when everything has ended. */
  stop(): Promise<void>;
};

/** Give the command `npm start`, in a process group of its own, as a terminal does; it ends with this process. */
export function startSystem(): System {
  const started = performance.now();
  const log = inState('logs', 'npm-start.log');
  rmSync(log, { force: true });
  const npm = spawnLeashed('npm', ['start', '--', '--no-open'], { cwd: inRoot(), log });
  const said = () => readFileSync(log, 'utf8');
  const early = npm.exited.then(() => Promise.reject(new Error(`npm start ended: ${said()}`)));
  early.catch(() => {});
  const msTo = async (reached: () => boolean) => {
    await until(() => !npm.running() || reached(), 10);
    return performance.now() - started;
  };
  const ready = (name: ServiceName) => msTo(() => readLastRun()?.services[name]?.state === 'ready');
  const stop = async () => {
    process.kill(-npm.pid, 'SIGINT');
    await npm.exited;
    await until(() => processes().length === 0);
  };
  return {
    ready: name => Promise.race([early, ready(name)]),
    table: Promise.race([early, msTo(() => said().includes('Stop everything with'))]),
    run: () => readLastRun()!,
    stop,
  };
}

/** Wait until the feed is in step with the market's clock and what it brought is in every table. */
export const untilHistoryLanded = (): Promise<void> =>
  until(() => {
    const status = readStatus();
    const models = Object.values(status?.models ?? {});
    const newest = Math.max(...models.map(({ landing_id }) => landing_id));
    // The models are refreshed one after another while polls go on coming.
    const inStep = models.length > 0 && models.every(({ landing_id }) => landing_id >= newest - 20);
    return readFeedStatus()?.state === 'live' && status!.lag < 5 && inStep;
  }, 200);

/** Every process that was started for this state, by its command line; whoever its parent is by now. */
export function processes(): { pid: number; command: string }[] {
  return readdirSync('/proc').flatMap(pid => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TICKLAKE_STATE=${inState()}`)) return [];
      return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return []; // no process, or not ours, or gone meanwhile
    }
  });
}

async function until(reached: () => boolean, everyMs = 100): Promise<void> {
  for (const end = Date.now() + 600_000; !reached(); await sleep(everyMs))
    if (Date.now() > end) throw new Error('Waited ten minutes in vain.');
}

import { readFileSync, rmSync } from 'node:fs';
import { inState } from './paths.ts';
import { alive, commandOf } from './process.ts';
import { writeState } from './state-file.ts';

/** Market seconds a wall second, unless told otherwise. */
export const defaultSpeed = 60;

/** The services of the running system, in the order in which they start. */
export const serviceNames = ['broker', 'market', 'feed', 'pipeline', 'serve', 'jupyter'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface ServiceEntry {
  /** Of the service's own process; null while it is not running. */
  pid: number | null;
  /** `host:port` of the broker, a URL of the others, null where there is none. */
  address: string | null;
  /** Absolute path. */
  log: string | null;
  state: 'starting' | 'ready' | 'restarting' | 'stopped' | 'elsewhere';
}

/** What the supervisor tells everyone else: who runs, where, and since when. */
export interface Run {
  /** The supervisor's. */
  pid: number;
  /** ISO, UTC. */
  startedAt: string;
  profile: string;
  /** Market seconds a wall second. */
  speed: number;
  /** It ends by itself when its work is done: wait for that, and do not join it. */
  passing?: boolean;
  services: Partial<Record<ServiceName, ServiceEntry>>;
}

const path = () => inState('run.json');

/** Read the run file whether or not its supervisor lives; undefined when there is none (or half of one). */
export function readLastRun(): Run | undefined {
  try {
    return JSON.parse(readFileSync(path(), 'utf8')) as Run;
  } catch {
    return undefined;
  }
}

/** Read the run file of a system that runs now; undefined when none does. */
export function readRun(): Run | undefined {
  const run = readLastRun();
  return run && alive(run.pid) && /src\/cli\/(start|pipeline)\.ts/.test(commandOf(run.pid)) ? run : undefined;
}

/** Write the run file at once or not at all, readable by its owner alone: it holds JupyterLab's token. */
export function writeRun(run: Run): void {
  writeState(path(), run, { mode: 0o600 });
}

/** Remove the run file, if it is still the one of this process. */
export function removeRun(): void {
  if (readLastRun()?.pid === process.pid) rmSync(path(), { force: true });
}

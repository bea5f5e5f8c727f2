import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * The watcher of a leash, in plain sh: it waits for the end of the pipe on descriptor 3, whose other end only the
 * caller holds, then ends the whole process group: politely first, by force after five seconds. The command takes the
 * shell's own place, so its pid, exit code and signals are the real ones. `$$` is the command's pid, also in the watcher.
 */
const leash = `
(
  trap '' TERM INT HUP
  read -r _ <&3
  kill -TERM 0
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
    kill -0 $$ && sleep 0.2
  done
  kill -KILL 0
) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-
`;

const readyVariable = 'TICKLAKE_READY_FD';

export interface LeashOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** File that takes stdout and stderr, appended; nothing is kept when missing. */
  log?: string;
}

export interface Leashed {
  pid: number;
  /** Settles when the command has ended, whatever ended it. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** True until the command has ended. */
  running(): boolean;
  /** Settles with what the command passes to `tellReady`; never, if it tells nothing. */
  ready: Promise<string>;
  /** Ask the command to end (SIGTERM to it alone), force its group after `graceMs`; settles when it is gone. */
  stop(graceMs?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Start a command in a process group of its own that ends, to the last process, when this process ends for whatever
 * reason, kill -9 included, or when the command itself ends.
 *
 * @throws when the shell cannot be started; a command that is missing ends with code 127 and says so in the log.
 * @example const child = spawnLeashed('java', ['-version'], { log: inState('logs', 'java.log') });
 */
export function spawnLeashed(command: string, args: string[], options: LeashOptions = {}): Leashed {
  const output = options.log === undefined ? 'ignore' : openLog(options.log);
  const child = spawn('/bin/sh', ['-c', leash, 'leash', command, ...args], {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env), [readyVariable]: '4' },
    detached: true,
    stdio: ['ignore', output, output, 'pipe', 'pipe'],
  });
  if (typeof output === 'number') closeSync(output);
  if (child.pid === undefined) throw new Error(`Cannot start ${command}: /bin/sh could not be run in ${options.cwd}.`);
  return hold(child, child.pid);
}

function hold(child: ChildProcess, pid: number): Leashed {
  const rope = child.stdio[3]!;
  rope.on('error', () => {}); // a broken pipe only says that the watcher is gone
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(resolve => {
    child.once('exit', (code, signal) => {
      rope.destroy(); // what the command left behind in its group ends too
      resolve({ code, signal });
    });
  });
  const bell = child.stdio[4] as Readable;
  bell.on('error', () => {});
  const ready = new Promise<string>(resolve => bell.once('data', data => resolve(String(data).trim())));
  const running = () => child.exitCode === null && child.signalCode === null;
  const stop = async (graceMs = 8000) => {
    if (!running()) return;
    child.kill('SIGTERM');
    const force = setTimeout(() => killGroup(pid), graceMs);
    await exited;
    clearTimeout(force);
  };
  return { pid, exited, running, ready, stop, [Symbol.asyncDispose]: () => stop() };
}

/** Tell the process that holds the leash, if any, that this one is ready, and where it listens. */
export function tellReady(address = ''): void {
  const descriptor = Number(process.env[readyVariable]);
  delete process.env[readyVariable];
  if (descriptor) writeSync(descriptor, `${address}\n`);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // already gone
  }
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a');
}

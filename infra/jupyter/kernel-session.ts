import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inRoot } from '../../src/run/paths.ts';
import { jupyterEnvironment } from './environment.ts';

/** One output of a cell, as Jupyter's messaging describes it. */
export interface Output {
  type: 'stream' | 'display_data' | 'update_display_data' | 'error';
  name?: 'stdout' | 'stderr';
  text?: string;
  data?: Record<string, unknown>;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export interface CellRun {
  status: 'ok' | 'error' | 'aborted';
  outputs: Output[];
  /** Everything on stdout and stderr, joined. */
  text: string;
}

/** A real kernel, started as Jupyter starts it. */
export interface KernelSession {
  execute(code: string): Promise<CellRun>;
  /** Candidates at the place marked by `|` in the code. */
  complete(marked: string): Promise<string[]>;
  /** What hovering at the place marked by `|` shows; empty when there is nothing. */
  hover(marked: string): Promise<string>;
  /** Press the square button. */
  interrupt(): Promise<void>;
  /** Ask for the history, as JupyterLab does after a restart; no answer is waited for. */
  askHistory(): Promise<void>;
  pid(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Start a kernel for a test and wait until it is ready.
 *
 * @param options `cwd`: where the notebook would lie. `env`: further variables.
 */
export async function openKernel(options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<KernelSession> {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  const script = inRoot('infra', 'jupyter', 'kernel-session.py');
  const child = spawn(inRoot('.venv', 'bin', 'python'), [script, options.cwd ?? tmpdir()], {
    env: {
      ...jupyterEnvironment(folder),
      TICKLAKE_STATE: join(folder, 'state'),
      TICKLAKE_WORKSPACE: join(folder, 'workspace'),
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { ask, ready } = talk(child);
  await ready;
  const at = (marked: string) => ({ code: marked.replace('|', ''), at: marked.indexOf('|') });
  return {
    async execute(code) {
      const run = await ask<CellRun>({ do: 'execute', code });
      if (run.status !== 'ok') await afterError();
      return { ...run, text: run.outputs.map(output => output.text ?? '').join('') };
    },
    complete: async marked => (await ask<{ matches: string[] }>({ do: 'complete', ...at(marked) })).matches,
    hover: async marked =>
      (await ask<{ data: Record<string, string> }>({ do: 'inspect', ...at(marked) })).data['text/plain'] ?? '',
    interrupt: () => ask({ do: 'interrupt' }),
    askHistory: () => ask({ do: 'history' }),
    pid: async () => (await ask<{ pid: number }>({ do: 'pid' })).pid,
    async [Symbol.asyncDispose]() {
      child.stdin?.end();
      if (child.exitCode === null && child.signalCode === null)
        await new Promise(resolve => child.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Wait until a kernel takes cells again: for 200 ms after an error it cancels what is queued. */
export const afterError = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 300));

function talk(child: ChildProcess) {
  const waiting = new Map<number, { resolve(reply: never): void; reject(error: Error): void }>();
  const start = Promise.withResolvers<void>();
  let last = 0;
  createInterface({ input: child.stdout! }).on('line', line => {
    const reply = JSON.parse(line);
    if (reply.ready) start.resolve();
    else if (reply.failure) waiting.get(reply.id)?.reject(new Error(reply.failure));
    else waiting.get(reply.id)?.resolve(reply as never);
  });
  child.once('exit', code =>
    start.reject(new Error(`Cannot start the kernel: its Jupyter client ended with ${code}.`)),
  );
  const ask = <T>(request: object) => {
    const answer = Promise.withResolvers<T>();
    waiting.set(++last, answer);
    child.stdin!.write(`${JSON.stringify({ id: last, ...request })}\n`);
    return answer.promise;
  };
  return { ask, ready: start.promise };
}

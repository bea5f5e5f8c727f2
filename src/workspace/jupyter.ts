import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Leashed, spawnLeashed } from '../run/leash.ts';
import { inRoot, inState } from '../run/paths.ts';
import { inWorkspace, welcomeNotebook } from './place.ts';

export interface JupyterOptions {
  /** Port on 127.0.0.1; it must be free. */
  port: number;
  /** Secret that every request must carry; a new one when missing. */
  token?: string;
  /** File that takes JupyterLab's log; nothing is kept when missing. */
  log?: string;
  /** Notebook in the workspace that is opened first. */
  open?: string;
  /** Variables for JupyterLab and its kernels, beside those of this process. */
  env?: NodeJS.ProcessEnv;
}

interface JupyterCommand {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Where a browser enters, token included. */
  address: string;
  /** Where it answers once it is ready, token included. */
  status: string;
}

export interface Jupyter extends Pick<Leashed, 'pid' | 'exited'> {
  address: string;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Say how JupyterLab is started for this project: apart from the user's own Jupyter (settings and trust lie in
 * `workspace/.jupyter`, running things in the state), on loopback, with a token that `ps` does not show.
 */
function jupyterCommand(options: JupyterOptions): JupyterCommand {
  const { port, token = randomBytes(24).toString('hex'), open = welcomeNotebook, env } = options;
  const workspace = relative(inRoot(), inWorkspace());
  const inside = workspace !== '' && !workspace.startsWith('..');
  const root = inside ? inRoot() : inWorkspace();
  const page = ['', 'lab', 'tree', ...(inside ? workspace.split(sep) : []), open].map(encodeURI).join('/');
  const own = (name: string) => inWorkspace('.jupyter', name);
  return {
    command: inRoot('.venv', 'bin', 'jupyter'),
    args: [
      'lab',
      `--port=${port}`,
      `--ServerApp.root_dir=${root}`,
      `--ServerApp.preferred_dir=${inWorkspace()}`,
      `--LabApp.default_url=${page}`,
    ],
    cwd: root,
    env: {
      ...process.env,
      JUPYTER_TOKEN: token,
      JUPYTER_PATH: inRoot('infra', 'jupyter'),
      JUPYTER_CONFIG_PATH: inRoot('infra', 'jupyter', 'config'),
      JUPYTER_CONFIG_DIR: own('config'),
      JUPYTER_DATA_DIR: own('data'),
      JUPYTERLAB_SETTINGS_DIR: own('settings'),
      JUPYTERLAB_WORKSPACES_DIR: own('layouts'),
      JUPYTER_RUNTIME_DIR: inState('jupyter'),
      IPYTHONDIR: own('ipython'),
      JUPYTER_PREFER_ENV_PATH: '1',
      JUPYTER_PLATFORM_DIRS: '1',
      PYTHONNOUSERSITE: '1',
      TICKLAKE_NODE: process.execPath,
      ...env,
    },
    address: `http://127.0.0.1:${port}${page}?token=${token}`,
    status: `http://127.0.0.1:${port}/api/status?token=${token}`,
  };
}

const patienceMs = 60_000;

/**
 * Start JupyterLab and wait until it answers. It ends with this process, kernels included.
 *
 * @throws when it is not installed, ends early or does not answer within a minute.
 * @example await using lab = await startJupyter({ port: await getPort(), log: inState('logs', 'jupyter.log') });
 */
export async function startJupyter(options: JupyterOptions): Promise<Jupyter> {
  const { command, args, cwd, env, address, status } = jupyterCommand(options);
  const seeLog = options.log ? ` See ${options.log}.` : '';
  if (!existsSync(command)) throw new Error(`Cannot start JupyterLab: found no ${command}. Run "npm run setup".`);
  mkdirSync(inWorkspace('.jupyter'), { recursive: true });
  mkdirSync(inState('jupyter'), { recursive: true, mode: 0o700 });
  const child = spawnLeashed(command, args, { cwd, env, log: options.log });
  const end = Date.now() + patienceMs;
  while (!(await answers(status))) {
    if (child.running() && Date.now() < end) {
      await pause(100);
      continue;
    }
    const found = child.running() ? `no answer within ${patienceMs / 1000} s` : 'it ended at once';
    await child.stop();
    throw new Error(`Cannot start JupyterLab on port ${options.port}: ${found}.${seeLog}`);
  }
  const stop = () => child.stop();
  return { pid: child.pid, exited: child.exited, address, stop, [Symbol.asyncDispose]: stop };
}

async function answers(status: string): Promise<boolean> {
  try {
    return (await fetch(status, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

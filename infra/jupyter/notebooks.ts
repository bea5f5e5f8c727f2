import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { inRoot } from '../../src/run/paths.ts';
import { jupyterEnvironment } from './environment.ts';

/** How the run of one notebook went. */
export interface NotebookRun {
  path: string;
  seconds: number;
  /** Number of code cells. */
  cells: number;
  /** The cell that failed, counted from 1 over all cells, prose included; null when all went well. */
  failure: { cell: number; source: string; message: string } | null;
  /** What cells wrote to stderr. */
  warnings: string[];
}

/**
 * Run notebooks from the first cell in the real kernel, each cold: with a state folder of its own, removed afterwards.
 *
 * @param paths Absolute paths; the files are not changed.
 * @param options `jobs`: kernels at once (2). `timeoutSeconds`: limit of one cell (120). `out`: folder for executed copies.
 *   `env`: further variables for the kernels.
 * @returns One entry a notebook, in the order of `paths`.
 * @throws When Python or nbclient fails itself.
 */
export async function runNotebooks(
  paths: string[],
  options: { jobs?: number; timeoutSeconds?: number; out?: string; env?: Record<string, string> } = {},
): Promise<NotebookRun[]> {
  const { jobs = 2, timeoutSeconds = 120, out, env = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), 'notebooks-'));
  try {
    const notebooks = paths.map((path, index) => ({
      path,
      env: {
        TICKLAKE_STATE: join(folder, String(index)),
        TICKLAKE_WORKSPACE: join(folder, `${index}-workspace`),
        ...env,
      },
    }));
    const request = { notebooks, cwd: inRoot(), jobs, timeoutSeconds, out };
    const { stdout } = await execa(inRoot('.venv', 'bin', 'python'), [inRoot('infra', 'jupyter', 'run-notebooks.py')], {
      input: JSON.stringify(request),
      env: jupyterEnvironment(join(folder, 'jupyter')),
      extendEnv: false,
    });
    const runs = stdout.split('\n').map(line => JSON.parse(line) as NotebookRun);
    return runs.sort((a, b) => paths.indexOf(a.path) - paths.indexOf(b.path));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One line for a failed run: which cell, its first line, and why. */
export function describeFailure({ path, failure }: NotebookRun): string {
  if (!failure) return `${path}: passed`;
  return `${path}, cell ${failure.cell} (${failure.source.split('\n')[0]}): ${failure.message}`;
}

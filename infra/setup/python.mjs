import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { python as program, root, venv } from './places.mjs';
import { run } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { hasStamp, setStamp, stampOf } from './stamp.mjs';

const lock = 'infra/setup/requirements.lock';
const stampFile = join(venv, 'ticklake.stamp');
const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** The Python environment: JupyterLab, a Java runtime, DuckDB's extension files, jgo; all of one hash-locked file. */
export const python = {
  title: 'JupyterLab, Java and DuckDB extensions (Python packages)',
  done: () => existsSync(venv) && hasStamp(stampFile, stamp()) && answers(program, 'import jupyter_core'),
  async install(say) {
    // Always from nothing: an environment that was cut off can look whole and not be. What was fetched is in uv's cache.
    const base = findPython();
    rmSync(venv, { recursive: true, force: true });
    await run('Making the Python environment', base, ['-m', 'venv', venv], { say });
    // JupyterLab's own yarn.js is CommonJS, and the project around it says "type": "module".
    writeFileSync(join(venv, 'package.json'), '{"type":"commonjs"}\n');
    const first = join(venv, 'uv.lock');
    writeFileSync(first, lockOf('uv', readFileSync(join(root, lock), 'utf8')));
    const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
    await run(
      'Installing uv',
      program,
      ['-m', 'pip', 'install', '--require-hashes', '--no-deps', ...quiet, '-r', first],
      { say },
    );
    await run(this.title, join(venv, 'bin', 'uv'), ['pip', 'install', '--require-hashes', '-r', join(root, lock)], {
      say,
      env: { VIRTUAL_ENV: venv, UV_PYTHON_DOWNLOADS: 'never', UV_NO_CONFIG: '1' },
    });
    setStamp(stampFile, stamp());
  },
  /** Take over an environment that was made elsewhere by the same Python: a new one here gets its packages and programs. */
  async adopt(made, say) {
    const base = findPython(namesFor(versionIn(made)));
    rmSync(venv, { recursive: true, force: true });
    await run('Making the Python environment', base, ['-m', 'venv', '--without-pip', venv], { say });
    const lib = join('lib', `python${versionIn(made)}`, 'site-packages');
    for (const part of [lib, 'share', 'etc', 'package.json']) {
      rmSync(join(venv, part), { recursive: true, force: true });
      renameSync(join(made, part), join(venv, part));
    }
    for (const name of readdirSync(join(made, 'bin')).filter(name => !existsSync(join(venv, 'bin', name))))
      adoptProgram(join(made, 'bin', name), join(venv, 'bin', name));
    setStamp(stampFile, stamp());
  },
};

/** Programs begin with the path of their Python. */
function adoptProgram(from, to) {
  const bytes = readFileSync(from);
  const [first] = bytes.subarray(0, 300).toString('latin1').split('\n');
  if (!/^#!.*\/\.venv\/bin\/python/.test(first)) return renameSync(from, to);
  writeFileSync(to, Buffer.concat([Buffer.from(`#!${program}`), bytes.subarray(first.length)]), { mode: 0o755 });
}

const versionIn = folder =>
  /^version(?:_info)? = (\d+\.\d+)/m.exec(readFileSync(join(folder, 'pyvenv.cfg'), 'utf8'))[1];

/** The version of the Python that makes our environment, "3.12"; where there are several, the wanted one is taken. */
export const pythonVersion = wanted =>
  spawnSync(findPython(namesFor(wanted)), ['-I', '-c', versionCode], { encoding: 'utf8' }).stdout.trim();

const namesFor = wanted =>
  wanted ? names.toSorted((a, b) => (b === `python${wanted}`) - (a === `python${wanted}`)) : names;
const versionCode = 'import sys; print("%d.%d" % sys.version_info[:2])';

/** Its programs name the folder they lie in: moved, it is of no use. */
const stamp = () => `${stampOf(lock)} ${realpathSync(venv)}`;

/** Cut one package with its hashes out of a lock file. */
export function lockOf(name, text) {
  const start = text.search(new RegExp(`^${name}==`, 'm'));
  if (start < 0)
    throw new SetupError(`Cannot find ${name} in ${lock}: the file is damaged. Restore it ("git checkout ${lock}").`);
  const end = text.slice(start).search(/\n(?! )/);
  return `${text.slice(start, end < 0 ? undefined : start + end)}\n`;
}

/** Find a Python that can make an environment; say what is wrong with those that cannot. */
function findPython(candidates = names) {
  const found = [];
  for (const name of candidates) {
    const asked = spawnSync(name, ['-I', '-c', versionCode], {
      encoding: 'utf8',
    });
    if (asked.status !== 0) continue;
    const version = asked.stdout.trim();
    const [major, minor] = version.split('.').map(Number);
    if (major < 3 || (major === 3 && minor < 10)) found.push({ version });
    else if (answers(name, 'import venv, ensurepip')) return name;
    else found.push({ version, withoutVenv: true });
  }
  const again = 'then run the same command again.';
  const bare = found.find(({ withoutVenv }) => withoutVenv);
  if (bare)
    throw new SetupError(
      `Python ${bare.version} is here, but without venv. Install it ("sudo apt-get install python3-venv" on Debian and Ubuntu), ${again}`,
    );
  const install = '"sudo apt-get install python3 python3-venv" on Debian and Ubuntu, "brew install python" on macOS';
  const what = found[0] ? `Python ${found[0].version} is too old` : 'Cannot find Python';
  throw new SetupError(`${what}: ticklake needs Python 3.10 or newer. Install it (${install}), ${again}`);
}

function answers(command, code) {
  return spawnSync(command, ['-I', '-c', code], { stdio: 'ignore' }).status === 0;
}

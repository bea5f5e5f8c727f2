// All that set-up fetches, in one file, for a room without internet: `npm run pack`, and there `npm run setup -- --from FILE`.
import { spawn } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { node } from './node.mjs';
import { packages, patches } from './packages.mjs';
import { root } from './places.mjs';
import { withProgress } from './progress.mjs';
import { python, pythonVersion } from './python.mjs';
import { run } from './run.mjs';
import { explain, SetupError } from './setup-error.mjs';
import { stampOf } from './stamp.mjs';
import { takeTurn } from './turn.mjs';

const note = '.ticklake/pack.json';
const parts = [note, 'node_modules', '.venv', '.ticklake/tools'];
const leftOut = ['.ticklake/tools/kafka/.m2', '.ticklake/tools/kafka/cache', '.ticklake/tools/spark'];
const locks = [
  'package-lock.json',
  'infra/setup/node/package-lock.json',
  'infra/setup/requirements.lock',
  ...patches,
  'infra/kafka/jars.lock.json',
];

/** What a pack fits: native packages are made for one kind of machine and one Python, and all are of one version of the locks. */
const fits = version => ({
  machine: `${process.platform}-${process.arch}`,
  python: version,
  locks: locks.map(stampOf),
});

/**
 * Pack what is set up here, Node 24 included.
 *
 * @param file where to; made whole or not at all
 */
export async function pack(file) {
  if (!node.isBrought()) await withProgress(node.title, say => node.install(say));
  const made = fits(pythonVersion());
  const target = resolve(process.env.INIT_CWD ?? root, file ?? `ticklake-${made.machine}-python${made.python}.tar.gz`);
  const part = `${target}.part`;
  writeFileSync(join(root, note), JSON.stringify(made));
  try {
    await withProgress(`Packing into ${basename(target)}`, async say => {
      const tar = spawn('tar', ['-cf', '-', ...leftOut.map(path => `--exclude=${path}`), ...parts], { cwd: root });
      let said = '';
      tar.stderr.on('data', data => (said += data));
      const ended = new Promise(done => tar.once('close', done).once('error', done));
      let bytes = 0;
      tar.stdout.on('data', data => {
        bytes += data.length;
        say(`${Math.round(bytes / 2 ** 20)} MB read`);
      });
      await pipeline(tar.stdout, createGzip({ level: 1 }), createWriteStream(part));
      if ((await ended) !== 0 && !onlyTouched(said)) throw explain('Packing', said, target);
    });
    renameSync(part, target);
  } catch (error) {
    rmSync(part, { force: true });
    throw error.code ? explain('Packing', error.message, target) : error;
  } finally {
    rmSync(join(root, note), { force: true });
  }
  console.log(
    `${target} (${Math.round(statSync(target).size / 2 ** 20)} MB) sets up machines of the kind ${made.machine} with Python ${made.python}:\n` +
      `copy it beside the project there and run "npm run setup -- --from ${basename(target)}".`,
  );
}

/** uv links files from its cache, so that another set-up on this machine touches ours: tar sees it and minds, we do not. */
const onlyTouched = said =>
  said !== '' &&
  said
    .trim()
    .split('\n')
    .every(line => line.endsWith('file changed as we read it'));

/**
 * Bring what a pack holds into this folder, without a network. What it replaces is removed only when all of it is there.
 *
 * @throws SetupError when the file is none, or does not fit this machine or this version of the project
 */
export async function unpack(file) {
  const source = resolve(process.env.INIT_CWD ?? root, file);
  if (!statSync(source, { throwIfNoEntry: false })?.isFile())
    throw new SetupError(`Cannot find the file ${source}. Make one with "npm run pack" on a machine that is set up.`);
  const place = join(root, '.ticklake', 'unpacked');
  mkdirSync(dirname(place), { recursive: true });
  const endTurn = await takeTurn();
  try {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    await withProgress(`Unpacking ${basename(source)}`, say =>
      run('Unpacking', 'tar', ['-xzf', source, '-C', place], { say }).catch(error => {
        const broken = /gzip|tar: |EOF|end of file|format/i.test(error.message);
        throw broken ? new SetupError(`${source} is damaged or no pack. Copy it again, or make it anew.`) : error;
      }),
    );
    expectFits(readNote(join(place, note), source), source);
    const lacking = parts.find(part => !existsSync(join(place, part)));
    if (lacking) throw new SetupError(`${source} lacks ${lacking}. Make it anew with "npm run pack".`);
    for (const part of ['node_modules', '.ticklake/tools']) {
      rmSync(join(root, part), { recursive: true, force: true });
      renameSync(join(place, part), join(root, part));
    }
    if (!packages.done()) throw new SetupError(`${source} lacks npm packages. Make it anew with "npm run pack".`);
    await withProgress(python.title, say => python.adopt(join(place, '.venv'), say));
  } finally {
    rmSync(place, { recursive: true, force: true });
    endTurn();
  }
}

function readNote(path, source) {
  try {
    const { machine, python, locks } = JSON.parse(readFileSync(path, 'utf8'));
    return { machine, python, locks: [locks].flat() };
  } catch {
    throw new SetupError(`${source} is not made by "npm run pack". Give the file that it made.`);
  }
}

function expectFits(made, source) {
  const here = fits(pythonVersion(made.python));
  const wrong = [
    made.machine !== here.machine && `is for ${made.machine}, and this machine is ${here.machine}`,
    made.python !== here.python && `is for Python ${made.python}, and this machine has ${here.python}`,
    made.locks.join() !== here.locks.join() && 'was made from another version of the project',
  ].find(Boolean);
  if (wrong)
    throw new SetupError(
      `${basename(source)} ${wrong}. Make one on a machine like this one and from this version with "npm run pack".`,
    );
}

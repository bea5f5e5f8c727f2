import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, tools, venv } from './places.mjs';
import { run } from './run.mjs';
import { SetupError } from './setup-error.mjs';

const folder = join(tools, 'kafka');
const lib = join(folder, 'lib');
const repository = join(folder, '.m2', 'repository');
const wishes = join(root, 'infra', 'kafka', 'jgo.toml');

/** Kafka's jars, fetched by jgo, each checked against infra/kafka/jars.lock.json: jgo does not notice a wrong hash. */
export const kafka = {
  title: 'Apache Kafka',
  done: () => wrongJars().length === 0,
  async install(say) {
    mkdirSync(lib, { recursive: true });
    copyFileSync(wishes, join(folder, 'jgo.toml'));
    const args = [
      '--ignore-config',
      '--resolver',
      'python',
      '--file',
      join(folder, 'jgo.toml'),
      '--timeout',
      '60',
      'sync',
      '--force',
    ];
    const env = { COLOR: 'plain', HOME: folder, JGO_CACHE_DIR: join(folder, 'cache'), M2_REPO: repository };
    const fetch = () => run('Fetching Apache Kafka', join(venv, 'bin', 'jgo'), args, { cwd: folder, env, say });
    if (!readLock().every(({ coordinate }) => existsSync(fetched(coordinate)))) await fetch();
    const wanted = readLock();
    for (const { coordinate, jar, sha256 } of wanted) {
      if (!existsSync(fetched(coordinate)))
        throw new SetupError(`jgo did not bring ${jar}. Run the same command again.`);
      copyFileSync(fetched(coordinate), join(lib, `${jar}.new`));
      const found = hashOf(join(lib, `${jar}.new`));
      if (found !== sha256) {
        rmSync(fetched(coordinate), { force: true });
        rmSync(join(lib, `${jar}.new`));
        throw new SetupError(
          `${jar} is not the file that infra/kafka/jars.lock.json names: its SHA-256 is ${found}, wanted ${sha256}. It was thrown away; run the same command again to fetch it anew. If this stays, something between you and the repository changes files.`,
        );
      }
      renameSync(join(lib, `${jar}.new`), join(lib, jar));
    }
    const known = new Set(wanted.map(({ jar }) => jar));
    for (const file of readdirSync(lib)) if (!known.has(file)) rmSync(join(lib, file));
  },
};

/** Names of the jars that are missing or not those of the lock. */
export function wrongJars() {
  return readLock().flatMap(({ jar, sha256 }) => (hashOf(join(lib, jar)) === sha256 ? [] : [jar]));
}

const readLock = () => JSON.parse(readFileSync(join(root, 'infra', 'kafka', 'jars.lock.json'), 'utf8')).jars;

/** Where jgo keeps the jar of a coordinate `group:artifact:version`. */
function fetched(coordinate) {
  const [group, artifact, version] = coordinate.split(':');
  return join(repository, ...group.split('.'), artifact, version, `${artifact}-${version}.jar`);
}

function hashOf(path) {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined;
}

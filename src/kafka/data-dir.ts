import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, inTools } from '../run/paths.ts';

/**
 * List Kafka's jars.
 *
 * @returns absolute paths in a fixed order, which the class-data archive depends on
 * @throws when set-up has not brought them
 */
export function kafkaJars(): string[] {
  const lib = inTools('kafka', 'lib');
  const jars = globSync('*.jar', { cwd: lib }).sort();
  if (!jars.some(jar => jar.startsWith('kafka_')))
    throw new Error(`Cannot find Kafka's jars in ${lib}. Run "npm run setup".`);
  return jars.map(jar => join(lib, jar));
}

/**
 * Make a folder into an empty broker's data, as Kafka's own `kafka-storage format` does, but without a second Java.
 * A folder that already is one stays as it is.
 *
 * The file `bootstrap.checkpoint` holds the feature levels a new cluster begins with (metadata.version 4.3-IV0 and what
 * belongs to it); it names no cluster and no machine, so one copy serves all. `meta.properties` names cluster and folder.
 *
 * @returns the id of the cluster
 */
export function formatData(dataDir: string): string {
  const data = join(dataDir, 'data');
  const meta = join(data, 'meta.properties');
  if (!existsSync(meta)) {
    mkdirSync(data, { recursive: true });
    copyFileSync(inRoot('infra', 'kafka', 'bootstrap.checkpoint'), join(data, 'bootstrap.checkpoint'));
    const lines = ['version=1', 'node.id=1', `cluster.id=${newUuid()}`, `directory.id=${newUuid()}`];
    writeFileSync(`${meta}.new`, `${lines.join('\n')}\n`);
    renameSync(`${meta}.new`, meta);
  }
  const clusterId = /^cluster\.id=(\S+)$/m.exec(readFileSync(meta, 'utf8'))?.[1];
  if (!clusterId)
    throw new Error(`Cannot read the cluster's id from ${meta}. Move ${dataDir} away, or run "npm run reset".`);
  return clusterId;
}

/** Write the broker's settings for two ports. Returns the file's path. */
export function writeSettings(dataDir: string, ports: { port: number; controllerPort: number }): string {
  const template = readFileSync(inRoot('infra', 'kafka', 'broker.properties'), 'utf8');
  const file = join(dataDir, 'broker.properties');
  writeFileSync(
    file,
    template.replace(/\$\{(port|controllerPort)\}/g, (_, name: keyof typeof ports) => `${ports[name]}`),
  );
  return file;
}

/** Kafka writes its ids as 16 random bytes in URL-safe base64, and none that looks like a command's option. */
function newUuid(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newUuid() : id;
}

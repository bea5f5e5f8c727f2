import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { inRoot } from '../run/paths.ts';
import { type Broker, startBroker } from './broker.ts';
import { openProducer } from './produce.ts';
import { readRange } from './read.ts';
import { clusterId, ensureTopic } from './topics.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'ticklake-broker-'));
const portOf = (broker: Broker) => Number(broker.address.split(':')[1]);

const running: Broker[] = [];
async function start(options: Parameters<typeof startBroker>[0]): Promise<Broker> {
  const broker = await startBroker(options);
  running.push(broker);
  return broker;
}
afterEach(async () => {
  for (const broker of running.splice(0)) await broker.stop();
});

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const isOpen = (port: number) =>
  new Promise<boolean>(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Run a module of ours in a process of its own, in a project folder that may lack something. */
function runApart(code: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    cwd: inRoot(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('a broker keeps its messages and its name over a clean stop and over kill -9', async () => {
  const dataDir = folder();
  let broker = await start({ dataDir });
  const [name, port] = [broker.clusterId, portOf(broker)];
  expect(await clusterId([broker.address])).toBe(name);
  await ensureTopic('kept', {}, [broker.address]);
  {
    await using producer = await openProducer({ addresses: [broker.address] });
    await producer.send('kept', [{ value: 'before the stop' }]);
  }
  await broker.stop();
  expect(broker.running()).toBe(false);

  broker = await start({ dataDir, port });
  expect(portOf(broker)).toBe(port);
  expect(broker.clusterId).toBe(name);
  {
    await using producer = await openProducer({ addresses: [broker.address] });
    await producer.send('kept', [{ value: 'before the kill' }]);
  }
  process.kill(broker.pid, 'SIGKILL');
  expect(await broker.exited).toMatchObject({ signal: 'SIGKILL' });

  broker = await start({ dataDir, port });
  const messages = await readRange('kept', 0, 0n, undefined, [broker.address]);
  expect(messages.map(({ value }) => String(value))).toEqual(['before the stop', 'before the kill']);
});

test('a port in use is replaced by another', async () => {
  const first = await start({ dataDir: folder() });
  const second = await start({ dataDir: folder(), port: portOf(first) });
  expect(portOf(second)).not.toBe(portOf(first));
  expect(await clusterId([second.address])).not.toBe(first.clusterId);
});

test('a second broker on the same data is refused with the reason', async () => {
  const dataDir = folder();
  const broker = await start({ dataDir });
  await expect(startBroker({ dataDir })).rejects.toThrow(`works in ${dataDir}`);
  expect(await clusterId([broker.address])).toBe(broker.clusterId);
});

test('damaged data is refused with the reason', async () => {
  const dataDir = folder();
  mkdirSync(join(dataDir, 'data'));
  writeFileSync(join(dataDir, 'data', 'meta.properties'), 'version=1\n');
  await expect(startBroker({ dataDir })).rejects.toThrow("Cannot read the cluster's id");
});

test('what is missing is named, with what to run', async () => {
  const bare = folder();
  writeFileSync(join(bare, 'package.json'), '{"name":"ticklake"}');
  vi.stubEnv('JAVA_HOME', '');
  const tell = async (call: string) => {
    const child = runApart(
      `import { findJava } from './src/kafka/java.ts'; import { kafkaJars } from './src/kafka/data-dir.ts';
       try { ${call}; } catch (error) { console.log(error.message); }`,
      { TICKLAKE_ROOT: bare },
    );
    let said = '';
    for await (const part of child.stdout!) said += part;
    return said;
  };
  expect(await tell('findJava()')).toMatch(/Cannot find Java.*17 or newer.*"npm run setup", or set JAVA_HOME/);
  expect(await tell('kafkaJars()')).toMatch(/Cannot find Kafka's jars.*"npm run setup"/);
  vi.unstubAllEnvs();
});

test('a broker ends when its parent is killed', async () => {
  const parent = runApart(
    `import { startBroker } from './src/kafka/broker.ts';
     const broker = await startBroker({ dataDir: ${JSON.stringify(folder())} });
     console.log(JSON.stringify({ pid: broker.pid, address: broker.address }));
     setInterval(() => {}, 1000);`,
  );
  const [line] = await once(parent.stdout!, 'data');
  const { pid, address } = JSON.parse(String(line));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await vi.waitFor(async () => expect(await isOpen(Number(address.split(':')[1]))).toBe(false), { timeout: 20_000 });
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 20_000 });
});

import { type FSWatcher, mkdirSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { type Outgoing, openProducer, type Producer } from '../kafka/produce.ts';
import { ensureTopic, topicOffsets } from '../kafka/topics.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { type Leashed, spawnLeashed } from '../run/leash.ts';
import { inRoot } from '../run/paths.ts';
import { readProfile } from '../run/profile.ts';

// A limit for a hang, not for the speed: processes start by the dozen, also where a machine is busy.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

/** The topic of the default profile, which the pipeline's process reads. */
export const topic = readProfile().landed.name;

/** A running pipeline in a process of its own. */
export type PipelineProcess = Leashed & {
  /** What it has said since it started. */
  said(): string;
};

/** A broker and a state folder of a test's own; ended and removed with it. */
export type Ground = {
  state: string;
  broker: Broker;
  addresses: string[];
  /** Make the raw topic and open a producer for it. */
  open(partitions?: number): Promise<void>;
  /** Send messages to the raw topic, one after another. */
  publish(messages: Outgoing[]): Promise<void>;
  /** Start `npm run pipeline --` with these arguments; on the lake of that name, if given. */
  pipeline(args: string[], lake?: string): PipelineProcess;
  /** Run the pipeline until nothing is left to do. */
  runUntilIdle(args?: string[], lake?: string): Promise<void>;
  /** Open a lake to read. */
  read(lake?: string): Promise<Lake>;
  /** Settle after so many changes of data files, counted from now; false if `or` settles first. */
  changes(count: number, or: Promise<unknown>): Promise<boolean>;
  /** Stop the broker, or kill it, and start it on the same data and port. */
  restartBroker(how: 'stop' | 'kill'): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function openGround(): Promise<Ground> {
  const state = mkdtempSync(join(tmpdir(), 'ticklake-proof-'));
  const before = process.env.TICKLAKE_STATE;
  process.env.TICKLAKE_STATE = state;
  let broker = await startBroker({ dataDir: join(state, 'broker') });
  const addresses = [broker.address];
  const processes: Leashed[] = [];
  const lakes: Lake[] = [];
  let producer: Producer | undefined;
  let started = 0;
  const catalog = (lake: string) => join(state, lake, 'catalog.sqlite');

  const pipeline: Ground['pipeline'] = (args, lake = 'lake') => {
    const log = join(state, 'logs', `pipeline-${started++}.log`);
    const env = { ...process.env, KAFKA_BROKERS: addresses[0], TICKLAKE_STATE: state, TICKLAKE_CATALOG: catalog(lake) };
    const child = spawnLeashed(process.execPath, [inRoot('src', 'cli', 'pipeline.ts'), ...args], { env, log });
    processes.push(child);
    return { ...child, said: () => readFileSync(log, 'utf8') };
  };

  return {
    state,
    addresses,
    pipeline,
    get broker() {
      return broker;
    },
    open: async partitions => {
      await ensureTopic(topic, { partitions }, addresses);
      producer ??= await openProducer({ addresses });
    },
    publish: async messages => {
      for (let at = 0; at < messages.length; at += 50) await producer!.send(topic, messages.slice(at, at + 50));
    },
    runUntilIdle: async (args = [], lake) => {
      const child = pipeline(['--until-idle', ...args], lake);
      const { code, signal } = await child.exited;
      if (code !== 0) throw new Error(`The pipeline ended with ${code ?? signal}:\n${child.said().slice(-2000)}`);
    },
    read: async (lake = 'lake') => {
      const opened = await openLake({ path: catalog(lake), readOnly: true });
      lakes.push(opened);
      return opened;
    },
    changes: async (count, or) => {
      const folder = join(state, 'lake', 'data');
      mkdirSync(folder, { recursive: true });
      const reached = Promise.withResolvers<true>();
      let left = count;
      const watcher: FSWatcher = watch(folder, { recursive: true }, () => --left <= 0 && reached.resolve(true));
      try {
        return await Promise.race([reached.promise, or.then(() => false)]);
      } finally {
        watcher.close();
      }
    },
    restartBroker: async how => {
      const port = Number(broker.address.split(':')[1]);
      if (how === 'kill') {
        process.kill(broker.pid, 'SIGKILL');
        await broker.exited;
      } else await broker.stop();
      broker = await startBroker({ dataDir: join(state, 'broker'), port });
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(processes.map(child => child.stop(0)));
      await producer?.close().catch(() => {});
      await Promise.all(lakes.map(lake => lake.close()));
      await broker.stop();
      if (before === undefined) delete process.env.TICKLAKE_STATE;
      else process.env.TICKLAKE_STATE = before;
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** Wait until `holds` gives something. */
export async function until<T>(
  what: string,
  holds: () => Promise<T | undefined | false>,
  limitMs = 300_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (performance.now() > end) throw new Error(`Waited ${limitMs / 1000} s in vain until ${what}.`);
    await sleep(50);
  }
}

/** How many messages the raw topic holds and has held. */
export const published = async (addresses: string[]): Promise<number> =>
  (await topicOffsets(topic, addresses)).reduce((sum, { high }) => sum + Number(high), 0);

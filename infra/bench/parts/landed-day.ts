import { setTimeout as sleep } from 'node:timers/promises';
import { startBroker } from '../../../src/kafka/broker.ts';
import { openProducer } from '../../../src/kafka/produce.ts';
import { ensureTopic } from '../../../src/kafka/topics.ts';
import { firstStart } from '../../../src/market/simulation.ts';
import { type Poll, tape } from '../../../src/market/tape.ts';
import { tapeMessage } from '../../../src/pipeline/land-tape.ts';
import { readStatus } from '../../../src/pipeline/status.ts';
import { type Leashed, spawnLeashed } from '../../../src/run/leash.ts';
import { inRoot, inState } from '../../../src/run/paths.ts';
import { readProfile } from '../../../src/run/profile.ts';
import { temporaryFolder } from './begin.ts';

/** A broker and a pipeline of the default profile, with a day of the simulated market in every table. */
export type LandedDay = {
  /** Polls of the day. */
  polls: number;
  /** Publish more of them, as the feed does. */
  publish(polls: readonly Poll[]): Promise<void>;
  /** End all of it. */
  end(): Promise<void>;
};

/** Start them in a state of their own, which the environment names from now on. */
export async function landDay(name: string): Promise<LandedDay> {
  process.env.TICKLAKE_STATE = temporaryFolder(name);
  const { name: topic } = readProfile().landed;
  const broker = await startBroker({ dataDir: inState('broker') });
  process.env.KAFKA_BROKERS = broker.address;
  await ensureTopic(topic);
  const producer = await openProducer();
  const publish = (polls: readonly Poll[]) => producer.send(topic, polls.map(tapeMessage));
  const day = [...tape({ from: new Date(firstStart.getTime() - 86_400_000), to: firstStart, intervalMs: 30_000 })];
  for (let at = 0; at < day.length; at += 100) await publish(day.slice(at, at + 100));
  const pipeline = startService('pipeline');
  await until(() => {
    if (!pipeline.running()) throw new Error(`The pipeline ended early. See ${inState('logs', 'pipeline.log')}.`);
    const status = readStatus();
    const last = status?.recent_batches.at(-1)?.landing_id;
    const models = Object.values(status?.models ?? {});
    return status?.messages === day.length && models.length > 0 && models.every(model => model.landing_id === last);
  });
  const end = async () => {
    await pipeline.stop();
    await producer.close();
    await broker.stop();
  };
  return { polls: day.length, publish: async polls => void (await publish(polls)), end };
}

/** Start src/cli/<name>.ts in that state; it ends with this process. */
export const startService = (name: 'pipeline' | 'serve'): Leashed =>
  spawnLeashed(process.execPath, ['--max-semi-space-size=16', inRoot('src', 'cli', `${name}.ts`)], {
    cwd: inRoot(),
    log: inState('logs', `${name}.log`),
  });

/** Wait until the pipeline is so far. */
export async function until(reached: () => boolean): Promise<void> {
  const end = Date.now() + 300_000;
  while (!reached()) {
    if (Date.now() > end) throw new Error('Waited five minutes for the pipeline, which is not that far.');
    await sleep(200);
  }
}

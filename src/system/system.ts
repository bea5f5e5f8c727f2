import { withoutKeys } from '../market/client.ts';
import { lastWords } from '../run/log.ts';
import { type Run, removeRun, type ServiceName, serviceNames, writeRun } from '../run/run-file.ts';
import { liveMarketAddress } from '../run/settings.ts';
import { waitForLeftovers } from './leftovers.ts';
import { type Choice, listServices } from './services.ts';
import { takeStartTurn } from './start-turn.ts';
import { keepRunning, needsAttention } from './supervisor.ts';

/** The services that this process keeps running, and what the run file says of them. */
export type System = {
  run: Run;
  /** Those that are started here; what the environment names runs elsewhere. */
  own: ServiceName[];
  /** Settles when a service is ready; rejects with why it cannot be started. */
  ready(name: ServiceName): Promise<void>;
  /** Say from now on which services run again. */
  settled(): void;
  /** Stop all of them, and wait until they are gone. */
  stop(): Promise<void>;
};

/**
 * Start services and keep them running; the run file tells every other process where they are.
 *
 * @param only - the services wanted
 * @param passing - whether this run ends by itself
 * @throws NotMyTurn when another process is at it
 */
export async function openSystem(choice: Choice, only: readonly ServiceName[], passing = false): Promise<System> {
  const turn = await takeStartTurn();
  await waitForLeftovers();
  const { profile, speed } = choice;
  const run: Run = { pid: process.pid, startedAt: new Date().toISOString(), profile, speed, passing, services: {} };
  const market = liveMarketAddress();
  const elsewhere = { broker: process.env.KAFKA_BROKERS, market: market && withoutKeys(market) };
  for (const [name, address] of Object.entries(elsewhere))
    if (address) run.services[name as ServiceName] = { pid: null, address, log: null, state: 'elsewhere' };
  writeRun(run);
  const own = serviceNames.filter(name => only.includes(name) && !run.services[name]);
  let settled = false; // and not yet ending
  const keeper = keepRunning(listServices(choice, own), {
    changed: (name, entry) => {
      run.services[name] = entry;
      writeRun(run);
      if (settled && entry.state === 'ready') console.log(`${name} runs again at ${entry.address ?? entry.pid}.`);
    },
    ended: (name, how, again) => {
      const log = run.services[name]!.log!;
      const next =
        again === null ? `it needs your attention: ${lastWords(log)}` : `starting it again in ${again / 1000} s.`;
      console.error(`${name}: ${how}; ${next} Its log is ${log}.`);
    },
  });
  return {
    run,
    own,
    ready: name =>
      keeper.ready(name).catch(error => {
        if (error.code === needsAttention) {
          run.services[name]!.state = 'stopped';
          writeRun(run);
        }
        throw error;
      }),
    settled: () => {
      settled = true;
    },
    stop: async () => {
      settled = false;
      await keeper.stop();
      removeRun();
      turn.release();
    },
  };
}

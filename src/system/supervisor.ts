import type { ServiceEntry, ServiceName } from '../run/run-file.ts';

/** A service that runs. */
export interface Running {
  pid: number;
  /** `host:port`, a URL, or null where nothing listens. */
  address: string | null;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stop(): Promise<void>;
}

export interface Service {
  name: ServiceName;
  /** Services that must be ready before this one starts; they stand before it in the list. */
  needs: ServiceName[];
  /** Absolute path. */
  log: string;
  /** Start it and wait until it is ready. On a restart `before` is the address it had; when `signal` aborts, give up. */
  start(signal: AbortSignal, before: string | null): Promise<Running>;
}

/** A service that ends with this code has said why in its log and would end again: it is not restarted. */
export const needsAttention = 2;

export interface Watcher {
  /** An entry of the run file changed. That it cannot be noted, as on a full disk, is told and keeps no service from going on. */
  changed(name: ServiceName, entry: ServiceEntry): void;
  /** A service ended by itself, or could not be restarted; `again`: in how many milliseconds it is tried again, or null. */
  ended(name: ServiceName, how: string, again: number | null): void;
}

/** Between restarts; the last one repeats. A service that lasted a minute begins at the first again. */
const pausesMs = [500, 1000, 2000, 5000, 10_000];

/**
 * Keep services running: each starts once those that it needs are ready, and again, after growing pauses, when it ends.
 *
 * @example
 * const keeper = keepRunning(services, watcher);
 * await Promise.all(services.map(({ name }) => keeper.ready(name)));
 * await keeper.stop();
 */
export function keepRunning(services: Service[], watcher: Watcher) {
  const ending = new AbortController();
  const running = new Map<ServiceName, Running>();
  const ready = new Map<ServiceName, Promise<void>>();
  const lives: Promise<void>[] = [];
  const tell = (name: ServiceName, entry: ServiceEntry) => {
    try {
      watcher.changed(name, entry);
    } catch (error) {
      console.error(`Cannot note that the ${name} is ${entry.state}: ${(error as Error).message}.`);
    }
  };

  for (const service of services) {
    const needed = service.needs.map(name => ready.get(name));
    const first = Promise.all(needed).then(() => launch(service, null));
    ready.set(
      service.name,
      first.then(() => {}),
    );
    lives.push(first.then(now => live(service, now)).catch(() => {})); // whoever asks `ready` hears of it
  }

  async function launch(service: Service, before: string | null): Promise<Running> {
    ending.signal.throwIfAborted();
    const { name, log } = service;
    tell(name, { pid: null, address: before, log, state: before === null ? 'starting' : 'restarting' });
    const now = await service.start(ending.signal, before);
    running.set(name, now);
    now.exited.then(() => running.delete(name));
    tell(name, { pid: now.pid, address: now.address, log, state: 'ready' });
    return now;
  }

  async function live(service: Service, first: Running): Promise<void> {
    const { name, log } = service;
    let { address } = first;
    let now: Running | Error = first;
    for (let failures = 0; ; failures++) {
      const since = Date.now();
      const { code, how } = now instanceof Error ? refusal(now) : await outcome(now);
      if (ending.signal.aborted) break;
      if (Date.now() - since > 60_000) failures = 0;
      const again = code === needsAttention ? null : pausesMs[Math.min(failures, pausesMs.length - 1)]!;
      tell(name, { pid: null, address, log, state: again === null ? 'stopped' : 'restarting' });
      watcher.ended(name, how, again);
      if (again === null) return;
      await pause(again, ending.signal);
      now = await launch(service, address).catch((error: Error) => error);
      if (now instanceof Error || now.address === address) continue;
      address = now.address;
      for (const other of services) if (other.needs.includes(name)) running.get(other.name)?.stop(); // it starts again there
    }
    tell(name, { pid: null, address, log, state: 'stopped' });
  }

  return {
    /** Settles when a service is ready for the first time; rejects when it could not be started. */
    ready: (name: ServiceName): Promise<void> => ready.get(name) ?? Promise.resolve(),
    /** Stop all of them, the last started first, and wait until they are gone. */
    async stop(): Promise<void> {
      ending.abort();
      for (const last of [...running.values()].toReversed()) await last.stop();
      await Promise.all(lives);
    },
  };
}

async function outcome(now: Running): Promise<{ code: number | null; how: string }> {
  const { code, signal } = await now.exited;
  return { code, how: signal ? `it was ended by ${signal}` : `it ended with code ${code}` };
}

/** What is to be said of a start that failed; services.ts gives the code of one that ended before it was ready. */
const refusal = (error: Error & { code?: unknown }) => ({
  code: error.code === needsAttention ? needsAttention : null,
  how: `it could not be started: ${error.message}`,
});

/** Wait, at most until the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
  });
}

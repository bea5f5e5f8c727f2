import { startBroker } from '../kafka/broker.ts';
import { spawnLeashed } from '../run/leash.ts';
import { lastWords, logFile } from '../run/log.ts';
import { inRoot, inState } from '../run/paths.ts';
import { choosePort } from '../run/ports.ts';
import type { ServiceName } from '../run/run-file.ts';
import { fillWorkspace } from '../workspace/fill.ts';
import { startJupyter } from '../workspace/jupyter.ts';
import type { Running, Service } from './supervisor.ts';

export interface Choice {
  profile: string;
  /** Market seconds a wall second. */
  speed: number;
}

/**
 * List the services of the running system, in the order in which they start.
 *
 * @param only names to start; what they need but is not among them is expected elsewhere
 */
export function listServices({ profile, speed }: Choice, only: readonly ServiceName[]): Service[] {
  const all: Record<ServiceName, Omit<Service, 'name' | 'log'>> = {
    broker: {
      needs: [],
      start: async (signal, before) => {
        const port = await choosePort('broker', before);
        const broker = await startBroker({ dataDir: inState('broker'), port, log: logFile('broker') });
        if (signal.aborted) await broker.stop();
        return broker;
      },
    },
    market: {
      needs: [],
      start: async (signal, before) => {
        const port = await choosePort('market', before);
        return startOwn('market', ['--port', String(port), '--speed', String(speed)], signal);
      },
    },
    feed: { needs: ['broker', 'market'], start: signal => startOwn('feed', ['--profile', profile], signal) },
    pipeline: { needs: ['broker', 'feed'], start: signal => startOwn('pipeline', ['--profile', profile], signal) },
    serve: {
      needs: [],
      start: async (signal, before) => {
        const port = await choosePort('serve', before);
        return startOwn('serve', ['--port', String(port)], signal);
      },
    },
    jupyter: {
      needs: [],
      start: async (signal, before) => {
        fillWorkspace();
        const port = await choosePort('jupyter', before);
        const token = before ? (new URL(before).searchParams.get('token') ?? undefined) : undefined;
        const jupyter = await startJupyter({ port, token, log: logFile('jupyter') });
        if (signal.aborted) await jupyter.stop();
        return jupyter;
      },
    },
  };
  return Object.entries(all).flatMap(([name, service]) =>
    only.includes(name as ServiceName)
      ? {
          ...service,
          name: name as ServiceName,
          needs: service.needs.filter(need => only.includes(need)),
          log: logFile(name),
        }
      : [],
  );
}

/**
 * Heaps of our services in megabytes, young and old: small ones, since what a heap grew to while catching up it keeps (the
 * feed 120 instead of 320 MB), and the work's own memory (DuckDB, buffers) lies outside.
 */
const heaps = { market: [4, 256], feed: [4, 256], pipeline: [8, 1024], serve: [16, 512] };

/** Start `src/cli/<name>.ts` and wait until it says that it is ready. */
async function startOwn(name: keyof typeof heaps, args: string[], signal: AbortSignal): Promise<Running> {
  signal.throwIfAborted();
  const command = [inRoot('src', 'cli', `${name}.ts`), ...args];
  const [young, old] = heaps[name];
  const limits = [`--max-semi-space-size=${young}`, `--max-old-space-size=${old}`];
  const child = spawnLeashed(process.execPath, ['--disable-warning=ExperimentalWarning', ...limits, ...command], {
    cwd: inRoot(),
    log: logFile(name),
  });
  const given = Promise.withResolvers<never>();
  const giveUp = () => given.reject(signal.reason);
  signal.addEventListener('abort', giveUp);
  const early = child.exited.then(({ code, signal }) => {
    const said = lastWords(logFile(name)) || `it ended at once (${signal ?? `code ${code}`}).`;
    const sentence = /[.!?]$/.test(said) ? said : `${said}.`;
    throw Object.assign(new Error(`Cannot start the ${name}: ${sentence} See ${logFile(name)}.`), { code });
  });
  try {
    const address = await Promise.race([child.ready, early, given.promise]);
    return { pid: child.pid, address: address || null, exited: child.exited, stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
    early.catch(() => {});
  }
}

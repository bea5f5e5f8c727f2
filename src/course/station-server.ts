import type { Lake } from '../lake/open.ts';
import { type GoldServer, startServer } from '../serve/server.ts';

type Served = { lake: Lake; opening: Promise<GoldServer> };

// Outlives a module that a notebook reloads.
const home = globalThis as typeof globalThis & { ticklakeServers?: Map<string, Served> };
home.ticklakeServers ??= new Map();
const servers = home.ticklakeServers;

/**
 * Serve a station's lake: the server of `src/serve`, on a free port of 127.0.0.1, beside that of the running system. It is
 * started once for each opening of a lake, looks for news every 100 ms, may be shown in a frame of JupyterLab, and ends with
 * the process, which it never keeps alive. Comes back when it has read the newest snapshot.
 *
 * @throws when the lake could not be read within a minute
 * @example const server = await stationServer(lake)
 */
export async function stationServer(lake: Lake): Promise<GoldServer> {
  const { catalog } = lake.at;
  const before = servers.get(catalog);
  if (before?.lake !== lake) servers.set(catalog, { lake, opening: replace(before, lake) });
  const { opening } = servers.get(catalog)!;
  opening.catch(() => servers.delete(catalog));
  const server = await opening;
  await upToDate(server, lake);
  return server;
}

/** A lake that was thrown away and made anew is another one at the same place. */
async function replace(before: Served | undefined, lake: Lake): Promise<GoldServer> {
  await before?.opening.then(server => server.stop());
  return open(lake);
}

async function open(lake: Lake): Promise<GoldServer> {
  const server = await startServer({ path: lake.at.catalog, intervalMs: 100, source: 'simulated', framed: true });
  const { hostname } = new URL(server.address);
  // An ordinary call of a learner must reach it, also where a proxy is set.
  process.env.no_proxy = [process.env.no_proxy ?? process.env.NO_PROXY, hostname].filter(Boolean).join();
  server.listener.unref().on('connection', socket => socket.unref());
  return server;
}

const patienceMs = 60_000;

/** Wait until a server has read the snapshot that a lake has now. */
async function upToDate({ keeper }: GoldServer, lake: Lake): Promise<void> {
  const [now] = await lake.rows<{ id: number }>('select id from lake.current_snapshot()');
  const until = performance.now() + patienceMs;
  while ((keeper.gold()?.version ?? -1) < now!.id) {
    if (performance.now() > until)
      throw new Error(
        `Cannot serve the lake: it was not read within ${patienceMs / 1000} s. ${keeper.problem() ?? 'The machine is very busy; run the cell again.'}`,
      );
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

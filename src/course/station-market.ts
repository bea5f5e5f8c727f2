import axios from 'axios';
import { controlHeader } from '../market/control.ts';
import { errorMessage } from '../market/schema.ts';
import { startMarket } from '../market/server.ts';
import { firstStart } from '../market/simulation.ts';
import { defaultSeed } from '../market/tape.ts';

/** A simulated market for one notebook. Its time stands still until it is told to pass, so that every answer comes again. */
export type StationMarket = {
  /** Base address of CoinGecko's contract, as `http://127.0.0.1:1234/api/v3`. */
  address: string;
  /** What was asked of the contract since the last rewind: path and parameters, oldest first. */
  calls: string[];
  /** Market time (UTC). */
  now: () => Date;
  /** Let this much time pass, at once: for the prices and for the minute of a limit. Fits wherever a wait is expected. */
  pass: (ms: number) => Promise<void>;
  /** Answer 429 beyond this many calls a minute. */
  limit: (callsPerMinute: number) => Promise<void>;
  /** Spoil the next answers of `/coins/markets`; `fault` as in src/market/misbehave.ts, such as `429=2` or `html`. */
  spoil: (fault: string, times?: number) => Promise<void>;
  /** Go back to 2026-03-09T00:00Z, without calls, limit or faults. */
  rewind: () => Promise<void>;
};

// Outlives a module that a notebook reloads.
const home = globalThis as typeof globalThis & { ticklakeMarkets?: Map<number, Promise<StationMarket>> };
home.ticklakeMarkets ??= new Map();
const markets = home.ticklakeMarkets;

/**
 * Open the simulated market of a notebook, on a free port of this machine, rewound. It is started once for each seed and ends
 * with the process, which it never keeps alive.
 *
 * @example const market = await stationMarket()
 */
export async function stationMarket({ seed = defaultSeed } = {}): Promise<StationMarket> {
  const opening = markets.get(seed) ?? open(seed);
  markets.set(seed, opening);
  opening.catch(() => markets.delete(seed));
  const market = await opening;
  await market.rewind();
  return market;
}

async function open(seed: number): Promise<StationMarket> {
  let passedMs = 0;
  const calls: string[] = [];
  const now = () => firstStart.getTime() + passedMs;
  const clock = { now, speed: 1, stop: () => {} };
  const { address, listener } = await startMarket({ seed, speed: 1, clock, wall: () => passedMs });
  const { hostname, pathname: base } = new URL(address);
  // An ordinary call of a learner must reach it, also where a proxy is set.
  process.env.no_proxy = [process.env.no_proxy ?? process.env.NO_PROXY, hostname].filter(Boolean).join();
  listener.unref().on('connection', socket => socket.unref());
  listener.on('request', ({ url = '' }) => url.startsWith(base) && calls.push(url.slice(base.length)));

  const control = async (method: string, path: string, data?: object): Promise<void> => {
    const url = new URL(`/control${path}`, address).href;
    const headers = { [controlHeader]: 'yes' };
    const told = await axios.request({ method, url, headers, data, validateStatus: () => true });
    if (told.status >= 400)
      throw new Error(errorMessage(told.data) ?? `Cannot tell the market: status ${told.status}.`);
  };
  return {
    address,
    calls,
    now: () => new Date(now()),
    pass: async ms => {
      if (!(ms >= 0)) throw new Error(`Cannot let ${ms} ms pass: wanted a number from 0 up.`);
      passedMs += ms;
    },
    limit: callsPerMinute => control('POST', '/limit', { callsPerMinute }),
    spoil: (fault, times = 1) => control('POST', '/faults', { path: '/coins/markets', fault, times }),
    rewind: async () => {
      passedMs = 0;
      calls.length = 0;
      await control('DELETE', '/faults');
      await control('POST', '/limit', { callsPerMinute: null });
    },
  };
}

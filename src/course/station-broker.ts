import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { waitForBroker } from '../kafka/connect.ts';
import { inState } from '../run/paths.ts';
import { readRun } from '../run/run-file.ts';

const place = () => inState('stations', 'broker');
const addressFile = () => inState('stations', 'broker', 'address');

// Outlives a module that a notebook reloads; the broker ends with this process.
const home = globalThis as typeof globalThis & { ticklakeStationBroker?: Promise<Broker> };

/**
 * Find a broker for a station: KAFKA_BROKERS, the running system's, one that another notebook started, or a new one.
 * From then on KAFKA_BROKERS names it, so that everything in this notebook talks to the same broker.
 *
 * @returns its addresses, each `host:port`
 */
export async function stationBroker(): Promise<string[]> {
  const known = [...named(), ...running(), ...neighbours()];
  for (const addresses of known) {
    if (await answers(addresses)) return use(addresses);
  }
  home.ticklakeStationBroker ??= startBroker({ dataDir: place() });
  try {
    const { address } = await home.ticklakeStationBroker;
    mkdirSync(place(), { recursive: true });
    writeFileSync(addressFile(), address);
    return use([address]);
  } catch (error) {
    home.ticklakeStationBroker = undefined;
    throw error;
  }
}

const named = () => (process.env.KAFKA_BROKERS ? [process.env.KAFKA_BROKERS.split(',')] : []);

const running = () => {
  const address = readRun()?.services.broker?.address;
  return address ? [[address]] : [];
};

const neighbours = () => (existsSync(addressFile()) ? [[readFileSync(addressFile(), 'utf8')]] : []);

const answers = (addresses: string[]) =>
  waitForBroker(addresses, { limitMs: 2_000 }).then(
    () => true,
    () => false,
  );

function use(addresses: string[]): string[] {
  process.env.KAFKA_BROKERS = addresses.join(',');
  return addresses;
}

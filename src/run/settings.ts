import { inState } from './paths.ts';
import { readRun, type ServiceName } from './run-file.ts';

const liveAddress = 'https://api.coingecko.com/api/v3';

/**
 * Addresses of the Kafka cluster, each `host:port`: KAFKA_BROKERS (separated by commas), or the running system's broker.
 *
 * @throws when neither is there.
 */
export function brokers(): string[] {
  const named = process.env.KAFKA_BROKERS?.split(',').flatMap(part => part.trim() || []);
  if (named?.length) return named;
  return [runningAddress('broker', 'KAFKA_BROKERS')];
}

/**
 * Base address of CoinGecko's contract: COINGECKO_BASE_URL, the live API when COINGECKO_API_KEY is set, or the running
 * system's simulated market. Ends without a slash.
 *
 * @throws when none of them is there.
 */
export function marketAddress(): string {
  return liveMarketAddress() ?? runningAddress('market', 'COINGECKO_BASE_URL');
}

/** The market that the environment names, undefined when it is to be simulated. */
export function liveMarketAddress(): string | undefined {
  const named = process.env.COINGECKO_BASE_URL?.replace(/\/+$/, '');
  return named || (process.env.COINGECKO_API_KEY ? liveAddress : undefined);
}

/** Where the lake's catalog lies: TICKLAKE_CATALOG (such as `postgres:dbname=lake`), or a file in the state of this run. */
export function lakeLocation(): string {
  return process.env.TICKLAKE_CATALOG || inState('lake', 'catalog.sqlite');
}

function runningAddress(service: ServiceName, variable: string): string {
  const address = readRun()?.services[service]?.address;
  if (address) return address;
  throw new Error(
    `Cannot find the ${service}: no running ticklake says where it is. Start it with "npm start", or set ${variable}.`,
  );
}

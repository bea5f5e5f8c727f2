import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { brokers, lakeLocation, liveMarketAddress, marketAddress } from './settings.ts';

beforeEach(() => {
  for (const name of ['KAFKA_BROKERS', 'COINGECKO_BASE_URL', 'COINGECKO_API_KEY', 'TICKLAKE_CATALOG'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('TICKLAKE_STATE', mkdtempSync(join(tmpdir(), 'ticklake-settings-')));
});
afterEach(() => vi.unstubAllEnvs());

test('KAFKA_BROKERS names the brokers, separated by commas', () => {
  vi.stubEnv('KAFKA_BROKERS', 'one:9092, two:9092,');
  expect(brokers()).toEqual(['one:9092', 'two:9092']);
});

test('without a running system or a variable the error says what to do', () => {
  expect(() => brokers()).toThrow(/Start it with "npm start", or set KAFKA_BROKERS/);
  expect(() => marketAddress()).toThrow(/Start it with "npm start", or set COINGECKO_BASE_URL/);
});

test('a key alone means the live API, an address wins over it', () => {
  expect(liveMarketAddress()).toBeUndefined();
  vi.stubEnv('COINGECKO_API_KEY', 'secret');
  expect(marketAddress()).toBe('https://api.coingecko.com/api/v3');
  vi.stubEnv('COINGECKO_BASE_URL', 'http://127.0.0.1:4000/api/v3/');
  expect(marketAddress()).toBe('http://127.0.0.1:4000/api/v3');
});

test('the lake lies in the state unless TICKLAKE_CATALOG says otherwise', () => {
  expect(lakeLocation()).toBe(join(process.env.TICKLAKE_STATE!, 'lake', 'catalog.sqlite'));
  vi.stubEnv('TICKLAKE_CATALOG', 'postgres:dbname=lake');
  expect(lakeLocation()).toBe('postgres:dbname=lake');
});

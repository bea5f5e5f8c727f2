import axios, { type AxiosError } from 'axios';
import { afterEach, expect, test, vi } from 'vitest';
import { stationMarket } from './station-market.ts';

afterEach(() => vi.unstubAllEnvs());

const ask = async (address: string) =>
  (await axios.get<string>(`${address}/coins/markets?vs_currency=usd&ids=bitcoin`, { responseType: 'text' })).data;
const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    ({ response }: AxiosError) => [response?.status, response?.headers['retry-after']],
  );

test('its time passes only when told, and rewinds', async () => {
  const market = await stationMarket();
  const first = await ask(market.address);
  expect(await ask(market.address)).toBe(first);
  await market.pass(3_600_000);
  expect(market.now()).toEqual(new Date('2026-03-09T01:00:00Z'));
  expect(await ask(market.address)).not.toBe(first);
  await expect(market.pass(-1)).rejects.toThrow('Cannot let -1 ms pass');
  await market.rewind();
  expect(await ask(market.address)).toBe(first);
});

test('a notebook has one, and opening it again rewinds it', async () => {
  const market = await stationMarket();
  await market.spoil('500', 3);
  await market.limit(1);
  await refusal(ask(market.address));
  expect(market.calls).toEqual(['/coins/markets?vs_currency=usd&ids=bitcoin']);
  expect(await stationMarket()).toBe(market);
  expect(market.calls).toEqual([]);
  expect(await refusal(ask(market.address))).toBeUndefined();
});

test('another seed is another market', async () => {
  const [one, other] = [await stationMarket(), await stationMarket({ seed: 11 })];
  expect(await ask(other.address)).not.toBe(await ask(one.address));
  expect(one.calls).toHaveLength(1);
});

test('it misbehaves on request', async () => {
  const market = await stationMarket();
  await market.spoil('429=7');
  expect(await refusal(ask(market.address))).toEqual([429, '7']);
  await market.limit(1);
  expect(await refusal(ask(market.address))).toBeUndefined();
  await market.pass(20_000);
  expect(await refusal(ask(market.address))).toEqual([429, '40']);
  await market.pass(40_000);
  expect(await refusal(ask(market.address))).toBeUndefined();
  await expect(market.spoil('gremlins')).rejects.toThrow('Cannot misbehave by "gremlins"');
});

test('it keeps no process alive', async () => {
  await ask((await stationMarket()).address);
  expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap');
});

test('a proxy does not stand in its way', async () => {
  vi.stubEnv('http_proxy', 'http://127.0.0.1:9');
  const { address } = await stationMarket({ seed: 12 });
  expect(await refusal(ask(address))).toBeUndefined();
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { controlHeader } from './control.ts';
import { errorAnswer } from './schema.ts';
import { type MarketServer, startMarket } from './server.ts';

let server: MarketServer;
let wallMs = 0;
beforeAll(async () => {
  const statePath = join(mkdtempSync(join(tmpdir(), 'ticklake-server-')), 'clock.json');
  server = await startMarket({ seed: 7, speed: 60, statePath, wall: () => wallMs });
});
afterAll(() => server.stop());
afterEach(() => control('/faults', 'DELETE'));

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(server.address + path, { headers });
const control = (
  path: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = { [controlHeader]: 'yes' },
): Promise<Response> =>
  fetch(new URL(`/control${path}`, server.address), {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const bitcoin = '/coins/markets?vs_currency=usd&ids=bitcoin';

test('it listens on this machine only and says what time it is', async () => {
  expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v3$/);
  wallMs += 2000;
  const { headers, status } = await get('/ping');
  expect(status).toBe(200);
  expect(headers.get('x-market-time')).toBe(new Date(Date.UTC(2026, 2, 9) + wallMs * 60).toISOString());
  expect(headers.get('x-market-speed')).toBe('60');
});

test('it answers as of any instant up to its clock, and tells which', async () => {
  const asked = '2026-03-04T05:06:07.000Z';
  const then = await get(bitcoin, { 'x-market-time': asked });
  expect(then.headers.get('x-market-time')).toBe(asked);
  expect(Date.parse(((await then.json()) as { last_updated: string }[])[0]!.last_updated)).toBeLessThanOrEqual(
    Date.parse(asked),
  );
  for (const wrong of ['2030-01-01T00:00:00Z', 'yesterday', '2026-03-04']) {
    const refused = await get(bitcoin, { 'x-market-time': wrong });
    expect(refused.status).toBe(400);
    errorAnswer.parse(await refused.json());
  }
});

test.each([
  ['/coins/markets', 422, 'Missing parameter vs_currency'],
  ['/coins/markets?vs_currency=xyz', 400, 'invalid vs_currency'],
  ['/coins/markets?vs_currency=constructor', 400, 'invalid vs_currency'],
  ['/coins/nothing/market_chart?vs_currency=usd&days=1', 404, 'coin not found'],
  ['/coins/list', 404, 'There is no such path.'],
])('%s is answered with %i and an error body', async (path, status, error) => {
  const answer = await get(path);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(await answer.json()).toEqual({ error });
});

test('simple prices and charts are there too', async () => {
  expect(await (await get('/simple/price?ids=bitcoin&vs_currencies=usd')).json()).toHaveProperty('bitcoin.usd');
  expect(await (await get('/coins/bitcoin/market_chart?vs_currency=usd&days=2')).json()).toHaveProperty('prices');
});

test('a fault may be asked for by header or parameter, and an unknown one is refused', async () => {
  expect((await get(bitcoin, { 'x-market-fault': '503=7' })).headers.get('retry-after')).toBe('7');
  expect((await get(`${bitcoin}&x_market_fault=500`)).status).toBe(500);
  expect((await get(bitcoin, { 'x-market-fault': 'gremlins' })).status).toBe(400);
  expect((await get(bitcoin)).status).toBe(200);
});

test('a plan spoils the next answers to its path, and can be forgotten', async () => {
  expect(
    await (await control('/faults', 'POST', { path: '/coins/markets', fault: '500', times: 2 })).json(),
  ).toMatchObject({ planned: [{ times: 2 }] });
  expect((await get('/ping')).status).toBe(200);
  expect([(await get(bitcoin)).status, (await get(bitcoin)).status, (await get(bitcoin)).status]).toEqual([
    500, 500, 200,
  ]);
  await control('/faults', 'POST', { path: '/ping', fault: '500', times: 9 });
  await control('/faults', 'DELETE');
  expect((await get('/ping')).status).toBe(200);
  expect((await control('/faults', 'POST', { path: '/ping', fault: 'gremlins' })).status).toBe(422);
});

test('a web page of another site cannot reach the controls', async () => {
  expect((await control('', 'GET', undefined, {})).status).toBe(403);
  expect((await control('', 'GET', undefined, { [controlHeader]: 'yes', origin: 'https://evil.example' })).status).toBe(
    403,
  );
  const preflight = await control('/faults', 'OPTIONS', undefined, { origin: 'https://evil.example' });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  expect(await (await control('', 'GET')).json()).toMatchObject({ seed: 7, speed: 60, faults: [] });
});

test('calls are limited when asked, until the minute is over', async () => {
  await control('/limit', 'POST', { callsPerMinute: 2 });
  wallMs += 20_000;
  expect([(await get('/ping')).status, (await get('/ping')).status]).toEqual([200, 200]);
  const refused = await get('/ping');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40']);
  expect(await refused.json()).toMatchObject({ status: { error_code: 429 } });
  wallMs += 40_000;
  expect((await get('/ping')).status).toBe(200);
  await control('/limit', 'POST', { callsPerMinute: null });
});

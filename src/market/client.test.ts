import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBudget } from './budget.ts';
import { type Market, openMarket, readCoins } from './client.ts';
import { controlHeader } from './control.ts';
import { MarketError } from './market-error.ts';
import { type MarketServer, startMarket } from './server.ts';
import { marketsOf } from './tape.ts';

const folder = mkdtempSync(join(tmpdir(), 'ticklake-client-'));
let server: MarketServer;
let market: Market;
let waits: number[] = [];
const wait = async (ms: number): Promise<void> => void waits.push(ms);
beforeAll(async () => {
  server = await startMarket({ seed: 7, speed: 1, statePath: join(folder, 'clock.json'), wall: () => 0 });
  market = openMarket({ address: server.address, wait });
});
afterAll(() => server.stop());
beforeEach(() => {
  waits = [];
});

const asked = marketsOf(['bitcoin', 'ethereum']);
const spoil = (fault: string, times = 1): Promise<Response> =>
  fetch(new URL('/control/faults', server.address), {
    method: 'POST',
    headers: { [controlHeader]: 'yes', 'content-type': 'application/json' },
    body: JSON.stringify({ path: '/coins/markets', fault, times }),
  });
const failure = (promise: Promise<unknown>): Promise<MarketError> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    error => error,
  );
const key = 'CG-secret-0123456789';

test('calls that are counted are spread over the month, the others need not be', () => {
  const budget = openBudget({ path: join(folder, 'month.json'), limit: 10_000 });
  const { leastIntervalMs } = openMarket({ address: server.address, budget });
  expect(leastIntervalMs * 10_000).toBeGreaterThanOrEqual(31 * 86_400_000);
  expect(leastIntervalMs).toBeLessThan(5 * 60_000);
  expect(market.leastIntervalMs).toBe(0);
});

test("an answer brings verbatim bytes, typed coins and the market's time", async () => {
  const answer = await market.fetchMarkets(asked);
  expect(answer).toMatchObject({ status: 200, pollTime: new Date('2026-03-09T00:00:00Z') });
  expect(answer.coins.map(coin => coin.id)).toEqual(['bitcoin', 'ethereum']);
  expect(JSON.parse(answer.body.toString())).toEqual(answer.coins);
  expect(answer.url).toBe(`${server.address}/coins/markets?vs_currency=usd&ids=bitcoin,ethereum&per_page=250`);
  expect(answer).not.toHaveProperty('problem');
  expect(await market.clock()).toEqual({ now: new Date('2026-03-09T00:00:00Z'), speed: 1 });
});

test('429 is waited out for as long as Retry-After says', async () => {
  await spoil('429=119');
  expect((await market.fetchMarkets(asked)).coins).toHaveLength(2);
  expect(waits).toEqual([119_000]);
});

test('who is told to end does not wait for what Retry-After says', async () => {
  await spoil('429=100');
  const patient = openMarket({ address: server.address });
  await expect(patient.fetchMarkets(asked, { signal: AbortSignal.timeout(500) })).rejects.toThrow(/abort/i);
}, 10_000);

test.each(['500', '503', 'cut'])('%s is tried again, ever more patiently', async fault => {
  await spoil(fault, 3);
  expect((await market.fetchMarkets(asked)).coins).toHaveLength(2);
  expect(waits).toEqual(fault === '503' ? [1000, 1000, 1000] : [500, 1000, 2000]);
});

test('what stays broken fails, naming URL, status and next step', async () => {
  await spoil('500', 5);
  const error = await failure(market.fetchMarkets(asked));
  expect(error.message).toMatch(
    /^Cannot fetch http:\/\/127\.0\.0\.1:\d+\/api\/v3\/coins\/markets\?.*: status 500, "Something went wrong."\. The fault/,
  );
  expect(error.status).toBe(500);
  expect(waits).toHaveLength(4);
});

test('what waiting cannot mend is not tried again', async () => {
  const error = await failure(market.fetchMarkets({ vs_currency: 'xyz' }));
  expect(error.message).toContain('status 400, "invalid vs_currency"');
  expect(waits).toEqual([]);
});

test('a slow answer runs into the time limit', async () => {
  await spoil('slow=200');
  const hasty = openMarket({ address: server.address, wait, timeoutMs: 20, retries: 0 });
  expect((await failure(hasty.fetchMarkets(asked))).message).toContain('no whole answer within 0.02 s');
});

/** A server that sends a part of a body again and again, and never ends it. */
async function startEndless(part: Buffer, everyMs: number) {
  const server = createServer((_, response) => {
    const timer = setInterval(() => response.write(part), everyMs);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: close };
}

test('an answer that drips without end runs into the time limit', async () => {
  await using drip = await startEndless(Buffer.from(' '), 5);
  const hasty = openMarket({ address: drip.address, wait, timeoutMs: 50, retries: 0 });
  expect((await failure(hasty.fetchMarkets(asked))).message).toContain('no whole answer within 0.05 s');
});

test('an answer that grows without end is refused', async () => {
  await using flood = await startEndless(Buffer.alloc(2 ** 20, ' '), 1);
  const careful = openMarket({ address: flood.address, wait, retries: 0 });
  expect((await failure(careful.fetchMarkets(asked))).message).toContain('maxContentLength size of 8388608 exceeded');
});

test.each([
  ['html', 0, /^the body is not JSON: "<!DOCTYPE/],
  ['half', 0, /^the body is not JSON/],
  ['text-price', 1, /^row 0, current_price: .*string/],
])('%s with status 200 is a complete answer: kept as it came, with the problem', async (fault, good, problem) => {
  await spoil(fault);
  const answer = await market.fetchMarkets(asked);
  expect(answer.coins).toHaveLength(good);
  expect(answer.problem).toMatch(problem);
  expect(answer.body.length).toBeGreaterThan(50);
  expect(waits).toEqual([]);
});

test('duplicates, late rows and null prices fit the schema and pass', async () => {
  const [now] = (await market.fetchMarkets(asked)).coins;
  await spoil('duplicate');
  expect((await market.fetchMarkets(asked)).coins.map(coin => coin.id)).toEqual(['bitcoin', 'bitcoin', 'ethereum']);
  await spoil('late=900');
  const [late] = (await market.fetchMarkets(asked)).coins;
  expect(Date.parse(now!.last_updated) - Date.parse(late!.last_updated)).toBeGreaterThan(600_000);
  await spoil('null-price');
  expect((await market.fetchMarkets(asked)).coins[0]!.current_price).toBeNull();
});

test('no market at the address is said plainly', async () => {
  const gone = await startMarket({ seed: 1, speed: 1, statePath: join(folder, 'gone.json') });
  await gone.stop();
  const error = await failure(openMarket({ address: gone.address, wait }).fetchMarkets(asked));
  expect(error.message).toMatch(/connection refused\. Start the market with "npm start"/);
  expect(() => openMarket({ address: 'nowhere' })).toThrow('wanted an address such as');
});

test('an abort ends the call and its retries', async () => {
  await spoil('500', 5);
  const stop = new AbortController();
  const impatient = openMarket({ address: server.address, wait: async () => stop.abort() });
  await expect(impatient.fetchMarkets(asked, { signal: stop.signal })).rejects.toThrow(/abort/i);
  await fetch(new URL('/control/faults', server.address), { method: 'DELETE', headers: { [controlHeader]: 'yes' } });
});

/** A stand-in for the live market that repeats the key in its answer, and takes note of what it was sent. */
async function startEcho(status: number, headers: Record<string, string> = {}) {
  const requests: IncomingMessage[] = [];
  const echo = createServer((request, response: ServerResponse) => {
    requests.push(request);
    response
      .writeHead(status, headers)
      .end(JSON.stringify({ error: `bad key ${request.headers['x-cg-demo-api-key']}` }));
  });
  await new Promise<void>(resolve => echo.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    echo.closeAllConnections();
    await new Promise(resolve => echo.close(resolve));
  };
  return {
    address: `http://127.0.0.1:${(echo.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: close,
  };
}

test.each([401, 500])(
  'the key travels in its header and shows nowhere, not even in the error of a %i',
  async status => {
    await using echo = await startEcho(status);
    const keyed = openMarket({ address: `${echo.address}?x_cg_demo_api_key=${key}`, apiKey: key, wait });
    const error = await failure(keyed.fetchMarkets(asked));
    expect(echo.requests[0]!.headers['x-cg-demo-api-key']).toBe(key);
    expect(echo.requests[0]!.url).not.toContain(key);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(key);
    expect(JSON.stringify(error)).not.toContain(key);
    expect(error.message).toContain('bad key …');
  },
);

test('a redirection is not followed: the key stays with its host', async () => {
  await using other = await startEcho(200);
  await using echo = await startEcho(302, { location: other.address });
  await failure(openMarket({ address: echo.address, apiKey: key, wait }).fetchMarkets(asked));
  expect(other.requests).toHaveLength(0);
});

test('every live call counts against the month, retries too, and none is made beyond it', async () => {
  await using echo = await startEcho(500);
  const budget = openBudget({ path: join(folder, 'budget.json'), limit: 3 });
  const limited = openMarket({ address: echo.address, apiKey: key, budget, wait });
  expect((await failure(limited.fetchMarkets(asked))).message).toContain('all 3 calls of');
  expect(echo.requests).toHaveLength(3);
});

test('a body that is no list of coins says so', () => {
  expect(readCoins(Buffer.from('{"error":"x"}'))).toEqual({
    coins: [],
    problem: 'the body is an object, wanted a list of coins',
  });
  expect(readCoins(Buffer.from('[]'))).toEqual({ coins: [] });
  expect(readCoins(Buffer.from('[7]')).problem).toMatch(/^row 0, all of it/);
});

test('a market that tells no time where it should is refused, and taken again once it does', async () => {
  const told: Record<string, string> = {};
  await using echo = await startEcho(200, told);
  const odd = openMarket({ address: echo.address, retries: 0 });
  for (const [name, value] of [
    ['x-market-time', 'soon'],
    ['x-market-time', '+275760-09-13T00:00:00Z'],
    ['x-market-speed', 'Infinity'],
    ['x-market-speed', '-1'],
    ['x-market-speed', '1e300'],
  ] as const) {
    told[name] = value;
    expect((await failure(odd.fetchMarkets(asked))).message).toContain(`its ${name} is no`);
    expect((await failure(odd.clock())).message).toContain(JSON.stringify(value));
    delete told[name];
  }
  Object.assign(told, { 'x-market-time': '2026-03-09T00:00:00Z', 'x-market-speed': '60' });
  expect(await odd.clock()).toEqual({ now: new Date('2026-03-09T00:00:00Z'), speed: 60 });
});

test('a long answer that repeats the key shows no part of it where it is cut off', () => {
  for (const length of [190, 195, 199]) {
    const long = MarketError.refused('http://x', 403, `${'x'.repeat(length)}${key}`, undefined, key);
    expect(long.message).not.toContain('xC');
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openStatus } from '../feed/status.ts';
import type { Lake } from '../lake/open.ts';
import type { TapeOptions } from '../pipeline/land-tape.ts';
import { modelsUpTo } from '../pipeline/tables.ts';
import { inState } from '../run/paths.ts';
import { coin, landBatch, openTestLake } from '../silver/landing.fixture.ts';
import { type Gold, readGold } from './gold.ts';
import { type GoldServer, startServer } from './server.ts';

const start = Date.UTC(2026, 2, 9);
const hour = 3_600_000;
const hours = 30;
const newest = new Date(start + (hours - 1) * hour + 30 * 60_000);
/** All tables of gold but one that is served. */
const kept = modelsUpTo('gold').filter(({ name }) => name !== 'gold.crypto_daily_summary');
const options: TapeOptions = { upTo: 'gold', models: kept.map(({ name }) => name) };
const hostile = '<img src=x onerror=alert(1)>';

let lake: Lake;
let server: GoldServer;
let state: string;
beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'ticklake-serve-'));
  vi.stubEnv('TICKLAKE_STATE', state);
  lake = await openTestLake();
  await landBatch(lake, pollsOf(0, hours), options);
  server = await startServer({ path: lake.at.catalog, intervalMs: 10 });
  await vi.waitFor(() => expect(server.keeper.gold()).toBeDefined(), { timeout: 20_000 });
});
afterAll(async () => {
  await server?.stop();
  await lake?.close();
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true, force: true });
});
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Two polls an hour of two coins and one that is wrong; one of them brings a tick whose window is closed. */
function pollsOf(from: number, to: number) {
  return Array.from({ length: (to - from) * 2 }, (_, at) => {
    const pollTime = new Date(start + from * hour + at * (hour / 2));
    const bitcoin = coin('bitcoin', pollTime, 100 + at, { symbol: 'btc', name: hostile });
    const late = from * 2 + at === 24 ? [coin('tron', new Date(pollTime.getTime() - 33.5 * 60_000), 0.3)] : [];
    return {
      value: JSON.stringify([bitcoin, coin('tron', pollTime, 0.3), coin('nix', pollTime, null), ...late]),
      pollTime,
    };
  });
}

type Answer = { status: number; headers: Headers; body: Record<string, unknown> & { rows: Record<string, unknown>[] } };

async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${server.address}/api/v1${path}`, { headers });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] };
}

test.each([
  ['/prices/latest', 2, { coin_id: 'bitcoin', name: hostile, price_usd: 159, last_updated: newest.toISOString() }],
  ['/prices/bitcoin?limit=1', 1, { coin_id: 'bitcoin', price_usd: 111, minute: '2026-03-09T05:30:00.000Z' }],
  ['/ohlc?coin=tron&limit=2', 2, { hour: '2026-03-09T00:00:00.000Z', open_price_usd: 0.3, tick_count: 2 }],
  ['/stats?coin=bitcoin&limit=1', 1, { avg_price_usd: 100.5, min_price_usd: 100, max_price_usd: 101 }],
  ['/features?coin=bitcoin&from=2026-03-09T01:00:00Z&limit=1', 1, { ts: '2026-03-09T01:00:00.000Z', price: 103 }],
  ['/movers', 2, { mover_rank: 1, coin_id: 'bitcoin', price_24h_before_usd: 111 }],
  ['/windows?coin=bitcoin&limit=1', 1, { window_end: '2026-03-09T23:31:00.000Z', avg_price_usd: 147, closed: true }],
  ['/windows?coin=bitcoin&from=2026-03-10T05:30:00Z', 1, { window_end: '2026-03-10T05:31:00.000Z', closed: false }],
  ['/late', 1, { coin_id: 'tron', window_start: '2026-03-09T11:26:00.000Z', late_seconds: 60 }],
  ['/assets', 2, { coin_id: 'bitcoin', price_usd: 159, rolling_avg_1m_usd: 159, change_5m_pct: null }],
  ['/quarantine', 1, { reject_reason: 'price_missing', count: 60 }],
])('%s answers rows, and from which snapshot', async (path, count, first) => {
  const { status, body } = await get(path);
  expect(status).toBe(200);
  expect(body.rows).toHaveLength(count);
  expect(body.rows[0]).toMatchObject(first);
  const gold = server.keeper.gold()!;
  expect(body).toMatchObject({ version: gold.version, at: gold.at });
});

test.each([4, 5])('pages of %i join without gap or repetition, and from and to bound them', async limit => {
  const found: unknown[] = [];
  let pages = 0;
  for (let offset: unknown = 0; offset !== null; ) {
    const { body } = await get(
      `/ohlc?coin=bitcoin&from=2026-03-09T02:00:00Z&to=2026-03-09T12:00:00Z&limit=${limit}&offset=${offset}`,
    );
    pages++;
    found.push(...body.rows.map(row => row.hour));
    offset = body.next;
  }
  expect(found).toEqual(Array.from({ length: 10 }, (_, at) => new Date(start + (at + 2) * hour).toISOString()));
  expect(pages).toBe(Math.ceil(10 / limit));
});

test('what is older than the rows in memory is read from the lake, page by page and not by all at once', async () => {
  const older = '/prices/bitcoin?from=2026-03-09&to=2026-03-09T01:00:00Z&limit=1';
  const { body } = await get(older);
  expect(body.rows).toEqual([{ minute: '2026-03-09T00:00:00.000Z', coin_id: 'bitcoin', price_usd: 100 }]);
  expect(body.next).toBe(1);
  const next = await get(`${older}&offset=1`);
  expect(next.body.rows).toEqual([{ minute: '2026-03-09T00:30:00.000Z', coin_id: 'bitcoin', price_usd: 101 }]);
  expect(next.body.next).toBeNull();
  const all = await Promise.all(Array.from({ length: 30 }, () => get(older)));
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200, 503]));
});

test.each([
  ['/ohlc?limit=0', 400, 'limit is "0": wanted a whole number from 1 to 1000'],
  ['/ohlc?limit=1001', 400, 'limit is "1001"'],
  ['/ohlc?from=yesterday', 400, 'from is "yesterday": wanted a time in UTC'],
  ['/ohlc?from=2026-13-01', 400, 'wanted a time in UTC'],
  ['/ohlc?sql=select', 400, 'sql'],
  ["/ohlc?coin=x'%20or%201=1", 404, `There is no coin "x' or 1=1"`],
  ['/prices/none', 404, 'There is no coin "none"'],
  ['/ohlc?coin=none&from=2020-01-01T00:00:00Z', 404, 'There is no coin "none"'],
  ['/daily', 404, 'The lake has no gold.crypto_daily_summary'],
  ['/nothing', 404, 'There is no GET /api/v1/nothing'],
])('%s is refused with %i and a sentence', async (path, status, words) => {
  const answer = await get(path);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toContain(words);
});

test('an answer has a tag; who sends it back gets no body until the lake has news', async () => {
  const { headers } = await get('/prices/latest');
  const again = (tag: string) => fetch(`${server.address}/api/v1/prices/latest`, { headers: { 'if-none-match': tag } });
  const same = await again(headers.get('etag')!);
  expect([same.status, await same.text()]).toEqual([304, '']);
  expect((await again('"of before"')).status).toBe(200);
});

test('an answer credits whoever makes the data now, also when the rows are as before', async () => {
  const credit = async () => {
    const { source, attribution } = (await get('/movers')).body;
    return { source, attribution };
  };
  const nobody = { source: null, attribution: null };
  expect(await credit()).toEqual(nobody);
  const board = openStatus('default');
  board.status.source = 'coingecko';
  board.show(undefined, true);
  const coingecko = { source: 'coingecko', attribution: 'Data provided by CoinGecko' };
  await vi.waitFor(async () => expect(await credit()).toEqual(coingecko), { timeout: 10_000 });
  rmSync(inState('feed'), { recursive: true });
  await vi.waitFor(async () => expect(await credit()).toEqual(nobody), { timeout: 10_000 });
});

test('of a lake that no pipeline fills, health tells of the lake alone; its pages may be framed where that is wished', async () => {
  await using own = await startServer({ path: lake.at.catalog, intervalMs: 10, source: 'simulated', framed: true });
  const early = await fetch(`${own.address}/api/v1/prices/latest`);
  if (early.status === 503) expect(early.headers.get('retry-after')).toBe('1');
  await vi.waitFor(() => expect(own.keeper.gold()).toBeDefined(), { timeout: 20_000 });
  const latest = await fetch(`${own.address}/api/v1/prices/latest`);
  expect(await latest.json()).toMatchObject({ source: 'simulated', attribution: 'Simulated market: made-up data' });
  expect(latest.headers.get('content-security-policy')).toMatch(
    /frame-ancestors http:\/\/127\.0\.0\.1:\* http:\/\/localhost:\*(;|$)/,
  );
  expect(await (await fetch(`${own.address}/api/v1/topics`)).json()).toEqual({ topics: [] });
  expect((await fetch(`${own.address}/api/v1/topics/one/messages`)).status).toBe(404);
  const { headers } = await get('/prices/latest');
  expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'(;|$)/);
});

test('health says what is served, and that no pipeline has run here', async () => {
  const { body } = await get('/health');
  expect(body).toMatchObject({ state: 'good', pipeline: null, feed: null });
  expect(body.gold).toMatchObject({ newest_price: newest.toISOString() });
});

// biome-ignore lint/suspicious/noExplicitAny: a document as deep as that is looked into, not typed
type Description = { paths: any };

test('the description names every endpoint with the schema of its rows', async () => {
  const { paths } = (await (await fetch(`${server.address}/docs/json`)).json()) as Description;
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/v1/ohlc', '/api/v1/stream', '/api/v1/topics']));
  const rows = paths['/api/v1/ohlc'].get.responses['200'].content['application/json'].schema.properties.rows;
  expect(rows.items.properties.close_price_usd.type).toBe('number');
  expect((await fetch(`${server.address}/docs/`)).status).toBe(200);
});

/** A request with headers that fetch does not let one set. */
const raw = (headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    request(`${server.address}/api/v1/prices/latest`, { headers }, answer => resolve(answer.resume().statusCode!))
      .on('error', reject)
      .end();
  });

test('other names of this machine, and pages of other sites, are refused', async () => {
  const { host } = new URL(server.address);
  expect(await raw({ host })).toBe(200);
  expect(await raw({ host: 'rebound.example' })).toBe(403);
  expect(await raw({ host: `127.0.0.1.rebound.example:${new URL(server.address).port}` })).toBe(403);
  expect(await raw({ host, origin: server.address })).toBe(200);
  expect(await raw({ host, origin: 'http://127.0.0.1:1' })).toBe(403);
  expect(await raw({ host, origin: 'null' })).toBe(403);
  expect(await raw({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
  const { headers } = await get('/prices/latest');
  expect(headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test("the server's DuckDB opens nothing outside of the lake, and cannot be told to", async () => {
  const served = server.keeper.lake()!;
  const session = await served.session();
  for (const sql of [
    "select * from read_text('/etc/passwd')",
    "select * from read_csv('http://127.0.0.1:1/x.csv')",
    `attach '${join(state, 'other.db')}'`,
    `copy (select 1) to '${join(state, 'out.csv')}'`,
    'install httpfs',
    `select * from query('from sqlite' || '_scan(''x'', ''t'')')`,
    `select * from json_execute_serialized_sql(json_serialize_sql('select 1'))`,
    `select * from sqlite_scan('${lake.at.catalog.replace('sqlite:', '')}', 'ducklake_snapshot')`,
    `attach '${join(state, 'other.sqlite')}' (type sqlite)`,
  ])
    await expect(session.rows(sql), sql).rejects.toThrow(/disabled by configuration/);
  const look = served.snapshot(inside => inside.rows("select * from read_text('/etc/passwd')"));
  await expect(look).rejects.toThrow(/disabled by configuration/);
  await expect(session.rows('set enable_external_access = true')).rejects.toThrow(/locked/);
  expect(await served.rows('select count(*) as n from silver.quarantine')).toEqual([{ n: 60 }]);
});

test('a window is closed by the watermark that it has taken in, not by one that silver is ahead with', async () => {
  await using own = await openTestLake();
  const models = ['silver.polled', 'silver.watermarks', 'silver.tick_arrivals', 'gold.crypto_metrics_1m'];
  const land = (from: number, upTo: 'silver' | 'gold') => landBatch(own, pollsOf(from, from + 1), { upTo, models });
  const closed = async () => (await readGold(own))!.tables.get('windows')!.map(row => row.closed);
  await land(0, 'gold');
  expect(await closed()).toEqual([true, true, false, false]);
  await land(1, 'silver');
  expect(await closed()).toEqual([true, true, false, false]);
  await land(2, 'gold');
  expect((await closed()).filter(one => !one)).toHaveLength(2);
});

test('a commit that only takes rows away is news, too', async () => {
  await lake.write('forget one', tx =>
    tx.run('delete from silver.quarantine where poll_time = (select min(poll_time) from silver.quarantine)'),
  );
  await vi.waitFor(async () => expect((await get('/quarantine')).body.rows[0]).toMatchObject({ count: 59 }), 20_000);
});

test('a price of next year takes nothing away from those of today', async () => {
  const pollTime = new Date(start + 365 * 24 * hour);
  await landBatch(lake, [{ value: JSON.stringify([coin('tron', pollTime, 0.3)]), pollTime }], options);
  const latest = async () => (await get('/prices/latest')).body.rows.map(row => [row.coin_id, row.last_updated]);
  const wanted = [
    ['bitcoin', newest.toISOString()],
    ['tron', pollTime.toISOString()],
  ];
  await vi.waitFor(async () => expect(await latest()).toEqual(wanted), 20_000);
  expect((await get('/ohlc?coin=bitcoin')).body.rows.length).toBeGreaterThan(24);
  expect((await get('/health')).body.gold).toMatchObject({ newest_price: newest.toISOString() });
});

test('coins that are asked no more do not hold the time back', async () => {
  await using own = await openTestLake();
  const poll = (at: number, ids: string[]) => {
    const pollTime = new Date(start + at * 60_000);
    return { value: JSON.stringify(ids.map(id => coin(id, pollTime, 1 + at))), pollTime };
  };
  const later = Array.from({ length: 20 }, (_, at) => poll(at + 1, ['bitcoin', 'tron']));
  const all = [poll(0, ['bitcoin', 'tron', 'solana', 'ripple', 'cardano']), ...later];
  await landBatch(own, all, { upTo: 'silver', models: [], batchSize: 1 });
  expect((await readGold(own))?.newest).toEqual(new Date(start + 20 * 60_000));
});

test('fifty may follow the stream, and no more', async () => {
  const stop = new AbortController();
  const follow = async () => (await fetch(`${server.address}/api/v1/stream`, { signal: stop.signal })).status;
  expect(new Set(await Promise.all(Array.from({ length: 50 }, follow)))).toEqual(new Set([200]));
  expect(await follow()).toBe(503);
  stop.abort();
  const freed = new AbortController();
  const once = async () => (await fetch(`${server.address}/api/v1/stream`, { signal: freed.signal })).status;
  await vi.waitFor(async () => expect(await once()).toBe(200), 20_000);
  freed.abort();
});

test('while somebody writes, each version is of one moment; its news come by the stream, which ends with the server', async () => {
  const seen: Gold[] = [];
  const end = server.keeper.onNews(gold => void seen.push(gold));
  const before = server.keeper.gold()!;
  const stop = new AbortController();
  const answer = await fetch(`${server.address}/api/v1/stream`, { signal: stop.signal });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  let told = '';
  const listening = (async () => {
    for await (const part of answer.body!) told += Buffer.from(part).toString();
  })();

  // Every landing adds a tick to the same hour: its minute tells how many there are.
  const later = start + hours * hour;
  let minute = 0;
  for (; seen.length < 3 && minute < 50; minute++) {
    const pollTime = new Date(later + minute * 60_000);
    const value = JSON.stringify([coin('bitcoin', pollTime, 200 + minute)]);
    await landBatch(lake, [{ value, pollTime }], options);
  }
  await vi.waitFor(() => expect(told).toContain(`"max_price_usd":${200 + minute - 1}`), { timeout: 20_000 });
  end();
  expect(seen.length).toBeGreaterThan(2);
  const hourNow = new Date(later).toISOString();
  for (const { tables, version } of seen) {
    const last = tables.get('latest')!.find(row => row.coin_id === 'bitcoin')!.last_updated as string;
    const ticks = tables.get('stats')!.find(row => row.coin_id === 'bitcoin' && row.hour === hourNow)?.tick_count ?? 0;
    expect(ticks, `version ${version}`).toBe(Math.max(0, (Date.parse(last) - later) / 60_000 + 1));
  }
  // Nothing was set aside meanwhile, so those rows were taken over and not read again.
  expect(seen.at(-1)!.tables.get('quarantine')).toBe(before.tables.get('quarantine'));

  const events = told
    .split('\n\n')
    .flatMap(event => /^event: gold\nid: (\d+)\ndata: (.*)$/m.exec(event)?.slice(1) ?? []);
  expect(events.length).toBeGreaterThan(2);
  await server.stop();
  await listening; // it ended by itself
  stop.abort();
});

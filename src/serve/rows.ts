import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Gold, readOlder, type ServedRow, textOf } from './gold.ts';
import type { GoldKeeper } from './keeper.ts';
import { Refusal } from './refusal.ts';
import { coinParams, coinQuery, historyQuery, listQuery, pageOf, plainQuery, refusals, spanQuery } from './schemas.ts';
import { creditOf, type Source } from './source.ts';
import { type ServedName, servedTable } from './tables.ts';

type Endpoint = { path: string; name: ServedName; query: z.ZodType; params?: z.ZodType; summary: string };
type Asked = { coin?: string; from?: string; to?: string; limit: number; offset: number };

const base = '/api/v1';
const unchanged = z.null().describe('No body: the asker has this very answer, by its ETag in If-None-Match');

/** The endpoints that answer rows of a table. */
const endpoints: Endpoint[] = [
  { path: '/prices/latest', name: 'latest', query: listQuery, summary: 'Latest price of every coin' },
  {
    path: '/prices/:coin',
    name: 'prices',
    query: coinQuery,
    params: coinParams,
    summary: 'Price history of a coin, at most one a minute',
  },
  { path: '/ohlc', name: 'ohlc', query: historyQuery, summary: 'Hourly candles' },
  { path: '/stats', name: 'stats', query: historyQuery, summary: 'Hourly mean, range and volatility' },
  { path: '/features', name: 'features', query: historyQuery, summary: 'Hourly returns, moving averages, z-scores' },
  { path: '/movers', name: 'movers', query: listQuery, summary: 'Who moved most in 24 hours' },
  { path: '/windows', name: 'windows', query: historyQuery, summary: 'One-minute windows of event time' },
  { path: '/late', name: 'late', query: historyQuery, summary: 'Ticks that came after their window was closed' },
  {
    path: '/assets',
    name: 'assets',
    query: listQuery,
    summary: 'Every coin as it stands: rolling mean of a minute, volatility and change of five',
  },
  { path: '/daily', name: 'daily', query: historyQuery, summary: 'A line a coin and day' },
  { path: '/report', name: 'report', query: spanQuery, summary: "The market's day in one line" },
  { path: '/quarantine', name: 'quarantine', query: plainQuery, summary: 'What was set aside, by reason' },
];

/** Answers of one version, by address and by whom they credit: most askers ask for the same. */
type Answer = { text: string; tag: string };
type Remembered = { of: Gold; answers: Map<string, Answer> };
const mostRemembered = 500;

/** Looks at the lake for older rows, which take it some 100 ms: no more may wait. */
const mostOlder = 8;

/** Add the endpoints that answer rows of gold, and of silver where gold has none. */
export function addRows(server: FastifyInstance, keeper: GoldKeeper, source?: Source): void {
  let remembered: Remembered | undefined;
  let older = 0;

  const answersOf = (gold: Gold): Map<string, Answer> => {
    if (remembered?.of !== gold) remembered = { of: gold, answers: new Map() };
    return remembered.answers;
  };

  const goldWith = (name: ServedName): Gold => {
    const gold = keeper.gold();
    if (!gold)
      throw new Refusal(503, 'There is no price in the lake yet. Start the pipeline ("npm start"), or wait a moment.');
    if (gold.tables.has(name)) return gold;
    const { table } = servedTable(name);
    throw new Refusal(404, `The lake has no ${table}: the profile that runs does not keep it. Add it to its models.`);
  };

  const readFromLake = async (name: ServedName, from: Date, { coin, to, limit, offset }: Asked) => {
    if (older >= mostOlder)
      throw new Refusal(503, 'Too many ask for rows that are not held in memory. Ask again in a moment.');
    older++;
    try {
      return await readOlder(keeper.lake()!, name, { coin, from, to: to ? new Date(to) : undefined, limit, offset });
    } finally {
      older--;
    }
  };

  for (const { path, name, query, params, summary } of endpoints) {
    const answer = pageOf(servedTable(name).row);
    const schema = {
      summary,
      querystring: query,
      response: { 200: answer, 304: unchanged, ...refusals },
      ...(params && { params }),
    };
    server.get(base + path, { schema }, async (request, reply) => {
      reply.type('application/json; charset=utf-8');
      const asked = { ...(request.query as Asked), ...(request.params as { coin?: string }) };
      const gold = goldWith(name);
      const from = asked.from ? new Date(asked.from) : undefined;
      const heldFrom = gold.heldFrom.get(name);
      if (from && heldFrom && from < heldFrom && servedTable(name).time) {
        const { rows, known, ...snapshot } = await readFromLake(name, from, asked);
        if (!known) throw noCoin(asked.coin!);
        return send(write({ ...snapshot, rows: rows.slice(0, asked.limit), more: rows.length > asked.limit }));
      }
      const answers = answersOf(gold);
      const address = `${creditOf(source).source} ${request.url}`;
      const known = answers.get(address);
      if (known) return send(known);
      const { rows, more } = pageIn(gold, name, asked);
      const fresh = write({ version: gold.version, at: gold.at, rows, more });
      if (answers.size < mostRemembered) answers.set(address, fresh);
      return send(fresh);

      /** Whoever has this very answer already is told so, and gets no body. */
      function send({ text, tag }: Answer) {
        reply.headers({ etag: tag, 'cache-control': 'no-cache' });
        return request.headers['if-none-match'] === tag ? reply.code(304).send() : text;
      }

      function write({
        more,
        ...page
      }: {
        version: number;
        at: string;
        rows: readonly ServedRow[];
        more: boolean;
      }): Answer {
        const next = more ? asked.offset + asked.limit : null;
        const text = JSON.stringify(answer.parse({ ...page, ...creditOf(source), next }));
        return { text, tag: `"${createHash('sha1').update(text).digest('base64url')}"` };
      }
    });
  }
}

const noCoin = (coin: string) =>
  new Refusal(404, `There is no coin "${coin.slice(0, 60)}" here. /api/v1/prices/latest lists all.`);

/** A page of the rows that are held. */
function pageIn(gold: Gold, name: ServedName, { coin, from, to, limit, offset }: Asked) {
  const table = servedTable(name);
  const { time } = table;
  const first = from && time ? textOf(table, new Date(from)) : undefined;
  const end = to && time ? textOf(table, new Date(to)) : undefined;
  const all = gold.tables.get(name)!;
  if (coin !== undefined && !gold.tables.get('latest')?.some(row => row.coin_id === coin)) {
    if (!all.some(row => row.coin_id === coin)) throw noCoin(coin);
  }
  const found = all.filter(
    row =>
      (coin === undefined || row.coin_id === coin) &&
      (first === undefined || (row[time!] as string) >= first) &&
      (end === undefined || (row[time!] as string) < end),
  );
  return { rows: found.slice(offset, offset + limit), more: found.length > offset + limit };
}

import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Gold, inPieces, type ServedRow } from './gold.ts';
import type { GoldKeeper } from './keeper.ts';
import { Refusal } from './refusal.ts';
import { mostRows, refusal } from './schemas.ts';
import { type ServedName, servedTable } from './tables.ts';

/** What one event of the stream tells: a version, the tables it changed, and their rows that are new or other than before. */
const news = z.object({
  version: z.int(),
  at: z.string(),
  changed: z.array(z.string()),
  rows: z.record(z.string(), z.array(z.looseObject({}))),
});

const mostClients = 50;
const mostBehindBytes = 1024 * 1024; // of one client that does not read
const heartbeatMs = 15_000;

/** Tables whose rows are too many, and too old, to be news. */
const tellsNoRows: readonly ServedName[] = ['prices'];

/** Add `GET /api/v1/stream`, server-sent events; gives the way to end all of them. */
export function addStream(server: FastifyInstance, keeper: GoldKeeper): () => void {
  const clients = new Set<ServerResponse>();
  let ended = false;

  const send = (client: ServerResponse, text: string) => {
    client.write(text);
    if (client.writableLength > mostBehindBytes) client.destroy(); // its browser comes back by itself
  };
  const endNews = keeper.onNews(async (gold, before) => {
    if (clients.size === 0) return;
    const text = await eventOf(gold, before);
    for (const client of clients) send(client, text);
  });
  const heartbeat = setInterval(() => {
    for (const client of clients) send(client, ': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();

  const schema = {
    summary: 'New rows of gold as they come, as server-sent events named "gold"',
    produces: ['text/event-stream'],
    response: { 200: news.describe('The data of each event'), 403: refusal, 503: refusal },
  };
  server.get('/api/v1/stream', { schema }, async (request, reply) => {
    if (ended) throw new Refusal(503, 'The server is ending.');
    if (clients.size >= mostClients)
      throw new Refusal(503, `${mostClients} clients follow the stream already, and no more may. Close one of them.`);
    reply.hijack();
    const client = reply.raw;
    client.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
    });
    clients.add(client);
    client.on('error', () => {});
    request.raw.on('close', () => clients.delete(client));
    const gold = keeper.gold();
    send(client, `retry: 2000\n\n${gold ? write({ ...gold, changed: [] }, {}) : ''}`);
  });

  return () => {
    ended = true;
    clearInterval(heartbeat);
    endNews();
    for (const client of clients) client.end();
    clients.clear();
  };
}

async function eventOf(gold: Gold, before: Gold | undefined): Promise<string> {
  const rows: Record<string, ServedRow[]> = {};
  const told = before ? gold.changed.filter(name => !tellsNoRows.includes(name)) : [];
  for (const name of told) rows[name] = await newRows(name, gold, before!);
  return write(gold, rows);
}

const write = ({ version, at, changed }: Gold, rows: Record<string, ServedRow[]>): string =>
  `event: gold\nid: ${version}\ndata: ${JSON.stringify(news.parse({ version, at, changed, rows }))}\n\n`;

/** Rows that were not there before, or not like that: the last ones, at most as many as an answer may have. */
async function newRows(name: ServedName, gold: Gold, before: Gold): Promise<ServedRow[]> {
  const known = new Set<string>();
  for await (const piece of inPieces(before.tables.get(name) ?? []))
    for (const row of piece) known.add(JSON.stringify(row));
  const fresh: ServedRow[] = [];
  for await (const piece of inPieces(gold.tables.get(name)!))
    fresh.push(...piece.filter(row => !known.has(JSON.stringify(row))));
  return fresh.slice(servedTable(name).time ? -mostRows : 0).slice(0, mostRows);
}

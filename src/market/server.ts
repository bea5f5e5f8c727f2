import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { inState } from '../run/paths.ts';
import { openAnswers } from './answer.ts';
import { type Clock, openClock } from './clock.ts';
import { addControl } from './control.ts';
import { openMeter } from './meter.ts';
import { misbehave, openMischief, readFault, refuse } from './misbehave.ts';
import { type Parameters, Refusal } from './query.ts';

const base = '/api/v3';

/** A running simulated market. */
export type MarketServer = {
  /** Base address of CoinGecko's contract, as `http://127.0.0.1:1234/api/v3`. */
  address: string;
  /** What listens there: for those who count its calls, or let the process end before it. */
  listener: Server;
  stop: () => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export type MarketOptions = {
  seed: number;
  speed: number; // market seconds a wall second, above 0
  port?: number; // 0: any free one
  statePath?: string; // file of the clock; state/market/clock.json
  clock?: Clock; // in place of one that runs and is kept in that file
  wall?: () => number; // milliseconds, monotonic
};

/**
 * Start the simulated market on 127.0.0.1. It speaks `/ping`, `/coins/markets`, `/coins/{id}/market_chart` and `/simple/price` of
 * CoinGecko's contract and adds: the request header `x-market-time` asks for the answer as of an instant (ISO 8601, not beyond
 * its clock), the response header of that name tells the instant, `x-market-speed` its speed; `x-market-fault` (header, or
 * parameter `x_market_fault`) spoils the answer (see misbehave.ts), and so does a plan made at `/control/faults`.
 *
 * @throws when the port is taken or the clock's file is broken
 */
export async function startMarket(options: MarketOptions): Promise<MarketServer> {
  const { seed, speed, port = 0, wall = () => performance.now() } = options;
  if (!(speed > 0)) throw new Error(`Cannot start the market: speed is ${speed}, wanted a number above 0.`);
  const clock =
    options.clock ?? openClock({ statePath: options.statePath ?? inState('market', 'clock.json'), speed, wall });
  const answers = openAnswers(seed);
  const mischief = openMischief();
  const meter = openMeter(wall);
  const server = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 200 } });

  type Answer = (parameters: Parameters, at: number, request: FastifyRequest) => string;
  const serve = (path: string, answer: Answer): void => {
    server.get(base + path, async (request, reply) => {
      reply.type('application/json; charset=utf-8').header('x-market-speed', String(speed));
      const wait = meter.count();
      if (wait > 0) return refuse(reply, 429, 'You have used the calls of this minute.', wait);
      try {
        const parameters = flatten(request.query as Record<string, unknown>);
        const at = instantOf(request, clock.now());
        reply.header('x-market-time', new Date(at).toISOString());
        const text = request.headers['x-market-fault'] ?? parameters.x_market_fault;
        const fault = text ? readAsked(String(text)) : mischief.take(request.url.split('?')[0]!);
        if (!fault) return reply.send(answer(parameters, at, request));
        return await misbehave(fault, reply, (earlier = 0) => answer(parameters, at - earlier * 1000, request));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return reply.code(error.status).send(JSON.stringify(error.body));
      }
    });
  };
  serve('/ping', () => '{"gecko_says":"The simulated market is open."}');
  serve('/coins/markets', (parameters, at) => answers.markets(parameters, at));
  serve('/simple/price', (parameters, at) => answers.simplePrice(parameters, at));
  serve('/coins/:id/market_chart', (parameters, at, request) =>
    answers.marketChart((request.params as { id: string }).id, parameters, at),
  );
  addControl(server, { seed, clock, mischief, meter });
  server.setNotFoundHandler((_, reply) => reply.code(404).send({ error: 'There is no such path.' }));
  server.setErrorHandler((error: Error & { statusCode?: number }, _, reply: FastifyReply) =>
    refuse(reply, error.statusCode ?? 500, error.message),
  );

  await server.listen({ host: '127.0.0.1', port });
  const stop = async (): Promise<void> => {
    await server.close();
    clock.stop();
  };
  const address = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}${base}`;
  return { address, listener: server.server, stop, [Symbol.asyncDispose]: stop };
}

/** The instant a request asks for: that of its header, else the clock's. */
function instantOf(request: FastifyRequest, now: number): number {
  const asked = request.headers['x-market-time'];
  if (asked === undefined) return now;
  const at = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(asked)) ? Date.parse(String(asked)) : Number.NaN;
  const wrong = Number.isNaN(at)
    ? `x-market-time is "${asked}", wanted a UTC time such as 2026-03-02T00:00:30Z`
    : at > now
      ? `x-market-time is ${asked}, beyond the market's clock at ${new Date(now).toISOString()}`
      : undefined;
  if (wrong) throw new Refusal(400, { status: { error_code: 400, error_message: wrong } });
  return at;
}

function readAsked(text: string) {
  try {
    return readFault(text);
  } catch (error) {
    throw new Refusal(400, { status: { error_code: 400, error_message: (error as Error).message } });
  }
}

/** Parameters given twice count once, by their last value. */
const flatten = (query: Record<string, unknown>): Parameters =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]),
  ) as Parameters;

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyError } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { guard } from './guard.ts';
import { addHealth } from './health.ts';
import { type GoldKeeper, type KeeperOptions, keepGold } from './keeper.ts';
import { addPage } from './page.ts';
import { addRows } from './rows.ts';
import type { Source } from './source.ts';
import { addStream } from './stream.ts';
import { addTopics } from './topics.ts';

/** A running server of gold. */
export type GoldServer = {
  /** `http://127.0.0.1:1234` */
  address: string;
  listener: Server;
  keeper: GoldKeeper;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ServeOptions = KeeperOptions & {
  /** On 127.0.0.1; 0, or left out, for any that is free. */
  port?: number;
  /** Kafka's addresses; those of the running system, if left out. */
  brokers?: string[];
  /**
   * Who made the data of a lake that this run's pipeline does not fill. Then health tells of the lake alone, and nothing of Kafka
   * is served.
   */
  source?: Source;
  /** May pages of other services of this machine, such as JupyterLab, show the dashboard in a frame? */
  framed?: boolean;
};

/**
 * Serve gold on 127.0.0.1: REST under /api/v1 with its description at /docs, and the dashboard at /.
 *
 * @throws when the port is taken
 */
export async function startServer({ port = 0, source, framed, ...options }: ServeOptions = {}): Promise<GoldServer> {
  const keeper = keepGold(options);
  const server = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 300 }, bodyLimit: 1024 });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  guard(server, framed);
  server.setErrorHandler((error: FastifyError, request, reply) => {
    reply.type('application/json; charset=utf-8');
    if (hasZodFastifySchemaValidationErrors(error))
      return reply.code(400).send(JSON.stringify({ error: describeInvalid(error, request.query) }));
    const status = error.statusCode ?? 500;
    const message = status < 500 || error.name === 'Refusal' ? error.message : 'The server failed. Its log says more.';
    if (status === 503) reply.header('retry-after', '1');
    if (message !== error.message) options.onProblem?.(error);
    return reply.code(status).send(JSON.stringify({ error: message }));
  });
  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: `There is no ${request.method} ${request.url.slice(0, 200)}. /docs lists what there is.` }),
  );
  await server.register(swagger, {
    openapi: {
      info: { title: 'ticklake', description: 'Gold of a ticklake, read-only.', version: '1' },
      servers: [],
    },
    transform: jsonSchemaTransform,
  });
  await server.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  addRows(server, keeper, source);
  addHealth(server, keeper, source);
  addTopics(server, source ? [] : options.brokers);
  addPage(server);
  const endStream = addStream(server, keeper);

  const stop = async () => {
    endStream();
    await server.close();
    await keeper.close();
  };
  try {
    await server.listen({ host: '127.0.0.1', port });
  } catch (error) {
    await stop();
    throw error;
  }
  const address = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  return { address, listener: server.server, keeper, stop, [Symbol.asyncDispose]: stop };
}

/** The first thing that does not fit: where, what was found, what was wanted. */
function describeInvalid(error: FastifyError, query: unknown): string {
  const first = error.validation?.[0];
  const name = first?.instancePath?.replace(/^\//, '') || 'the query';
  const found = (query as Record<string, unknown>)?.[name];
  const shown = found === undefined ? '' : ` is ${JSON.stringify(found).slice(0, 100)}`;
  return `Cannot answer: ${name}${shown}: ${first?.message ?? error.message}.`;
}

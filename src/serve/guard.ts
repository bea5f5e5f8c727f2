import type { FastifyInstance } from 'fastify';
import { Refusal } from './refusal.ts';

/** Vega draws with styles at its elements, so those are allowed; scripts come from here alone and none is made from text. */
const contentPolicy = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `style-src-attr 'unsafe-inline'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ');

/**
 * Answer this machine's own pages and programs alone. The name in `Host` tells a page whose name was pointed at 127.0.0.1 after it
 * had been loaded (DNS rebinding); `Origin` tells a page of another site, or of another service of this machine.
 *
 * @param framed - may pages of other services of this machine show the dashboard in a frame?
 */
export function guard(server: FastifyInstance, framed = false): void {
  const frames = `frame-ancestors ${framed ? 'http://127.0.0.1:* http://localhost:*' : `'none'`}`;
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': `${contentPolicy}; ${frames}`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    const { host = '', origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    if (!isOurs(host))
      throw new Refusal(403, `The request is for host "${host}", wanted 127.0.0.1 or localhost. Open it by that name.`);
    if (origin !== undefined && origin !== `http://${host}`)
      throw new Refusal(403, `The request comes from a page of ${origin}, wanted one of http://${host}.`);
    // A link from another page may open a page here; it may not ask for data.
    if (site === 'cross-site' && request.headers['sec-fetch-mode'] !== 'navigate')
      throw new Refusal(403, 'The request comes from a page of another site, wanted one of this server.');
  });
}

const isOurs = (host: string) => /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host);

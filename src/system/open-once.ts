import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import open from 'open';

const patienceMs = 60_000;

/**
 * Open an address that holds a secret in the browser. A browser's command line can be read by every user of the machine, so
 * it names a door on this machine that leads to the address once, within a minute, and is closed then.
 *
 * @param show - opens an address in the browser
 */
export async function openOnce(address: string, show: (address: string) => Promise<unknown> = open): Promise<void> {
  const door = `/${randomUUID()}`;
  const server = createServer((request, response) => {
    if (request.url !== door) {
      response.writeHead(404).end();
      return;
    }
    server.close();
    response
      .writeHead(302, { location: address, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .end(() => server.closeAllConnections());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  setTimeout(() => server.close(), patienceMs).unref();
  await show(`http://127.0.0.1:${(server.address() as AddressInfo).port}${door}`);
}

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import open from 'open';

const patienceMs = 60_000;

/**
 * Open an address that holds a secret in the browser. A browser's command line can be read by every user of the machine, so
 * it names a door on this machine that leads to the address once, within a minute, and on Linux only for programs of the same
 * user.
 *
 * @param show - opens an address in the browser
 */
export async function openOnce(address: string, show: (address: string) => Promise<unknown> = open): Promise<void> {
  const door = `/${randomUUID()}`;
  const server = createServer((request, response) => {
    if (request.url !== door || !isOurs(request.socket)) {
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

/** Whether a connection from this machine comes from a program of this user, as far as the system tells. */
function isOurs({ remotePort, localPort }: Socket): boolean {
  if (process.platform !== 'linux') return true;
  return ownerOf(readFileSync('/proc/net/tcp', 'utf8'), remotePort!, localPort!) === process.getuid!();
}

/**
 * The user id of the program at one end of a connection, by Linux' table of connections.
 *
 * @param table - the text of /proc/net/tcp
 * @param from - the port at that end
 * @param to - the port at the other end
 */
export function ownerOf(table: string, from: number, to: number): number | undefined {
  const port = (text: string | undefined) => Number.parseInt(text?.split(':')[1] ?? '', 16);
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, , , , , uid] = line.trim().split(/\s+/);
    if (port(local) === from && port(remote) === to) return Number(uid);
  }
  return undefined;
}

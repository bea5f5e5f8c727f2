import { createServer, type Server } from 'node:net';

const loopback = '127.0.0.1';

/**
 * Find free ports on loopback, all different.
 *
 * @param wanted the port wished for in each place, 0 for any; another is taken when it is in use
 */
export async function freePorts(wanted: number[]): Promise<number[]> {
  const held: Server[] = [];
  try {
    for (const port of wanted) held.push(await hold(port).catch(() => hold(0)));
    return held.map(server => (server.address() as { port: number }).port);
  } finally {
    await Promise.all(held.map(server => new Promise(resolve => server.close(resolve))));
  }
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, loopback, () => resolve(server));
  });
}

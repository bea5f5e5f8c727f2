/**
 * End this process when all that it printed is on its way: into a pipe longer texts go bit by bit, and what is left would be lost.
 * For commands that something in them would keep alive.
 */
export async function exit(code: number): Promise<never> {
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) stream.on('error', () => {}); // whoever read it has ended
  await Promise.all(streams.map(stream => new Promise(done => stream.write('', done))));
  process.exit(code);
}

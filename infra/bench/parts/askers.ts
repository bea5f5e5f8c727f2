import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';

/** Who asks: so many connections, each its share of the rate, one after the other by the clock. */
export type Asking = { address: string; paths: readonly string[]; connections: number; rate: number; seconds: number };

/** Milliseconds from the instant at which a question was due to the end of its answer, and how many answers were no success. */
export type Asked = { ms: number[]; failed: number };

/**
 * Ask a server at a steady rate, in a thread of its own, whether it answers in time or not: an answer that is late delays none of
 * the questions after it. The load generators that we know send the questions of all connections in one burst.
 */
export const ask = (asking: Asking): Promise<Asked> =>
  new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: asking }).once('message', resolve).once('error', reject);
  });

if (parentPort) parentPort.postMessage(await askAll(workerData as Asking));

async function askAll({ address, paths, connections, rate, seconds }: Asking): Promise<Asked> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  const ms: number[] = [];
  let failed = 0;
  const begun = performance.now();
  const askOne = (at: number) =>
    new Promise<void>(done => {
      const due = begun + (at * 1000) / rate;
      const end = (good: boolean) => {
        ms.push(performance.now() - due);
        if (!good) failed++;
        done();
      };
      get(`${address}${paths[at % paths.length]}`, { agent }, answer =>
        answer.resume().on('end', () => end(answer.statusCode === 200)),
      ).on('error', () => end(false));
    });
  const all: Promise<void>[] = [];
  while (all.length < rate * seconds) {
    const dueNow = Math.min(rate * seconds, ((performance.now() - begun) * rate) / 1000);
    while (all.length < dueNow) all.push(askOne(all.length));
    await sleep(1);
  }
  await Promise.all(all);
  agent.destroy();
  return { ms, failed };
}

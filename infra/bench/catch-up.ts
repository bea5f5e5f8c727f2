import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { runLander } from '../../src/bronze/lander.ts';
import { startBroker } from '../../src/kafka/broker.ts';
import { connect } from '../../src/kafka/connect.ts';
import { fetchSizes } from '../../src/kafka/consume.ts';
import { openProducer } from '../../src/kafka/produce.ts';
import { ensureTopic } from '../../src/kafka/topics.ts';
import { openLake } from '../../src/lake/open.ts';
import { numberGiven, temporaryFolder } from './parts/begin.ts';
import { percentile } from './parts/figures.ts';

// How fast does the lake catch up with a backlog? Measured beside a consumer that only counts, in turns, in the same minute.
// The lake is opened as the pipeline opens it.
// node infra/bench/catch-up.ts [messages] [rounds]

const topic = 'backlog';
const messages = numberGiven(0, 1_000_000);
const rounds = numberGiven(1, 7);
const valueBytes = 219;

const folder = temporaryFolder('catch-up');
const broker = await startBroker({ dataDir: join(folder, 'broker') });
const addresses = [broker.address];
try {
  await produceBacklog();
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const plain = await countBare({});
    const tuned = await countBare(fetchSizes);
    const landed = await landAll(join(folder, `lake-${round}`));
    const name = round === 0 ? 'warm-up' : `round ${round}`;
    console.log(
      `${name}: bare ${thousands(plain)}, bare with our fetch sizes ${thousands(tuned)}, landed ${thousands(landed)} k messages/s; ` +
        `ratio ${(landed / plain).toFixed(2)} and ${(landed / tuned).toFixed(2)}`,
    );
    if (round > 0) ratios.push(landed / plain);
  }
  console.log(`catch-up ratio, median of ${rounds}: ${percentile(ratios, 0.5).toFixed(2)} (wanted: 0.5 or more)`);
} finally {
  await broker.stop();
}

async function produceBacklog() {
  await ensureTopic(topic, { settings: { 'compression.type': 'producer' } }, addresses);
  await using producer = await openProducer({ addresses, compression: 'none' });
  const step = 2500;
  for (let at = 0; at < messages; at += step) {
    const part = Array.from({ length: Math.min(step, messages - at) }, (_, i) => {
      const start = `{"n":${at + i},"price_usd":${((at + i) * 7919) % 100_003},"pad":"`;
      return { key: null, value: `${start.padEnd(valueBytes - 2, 'abcdefghij')}"}` };
    });
    await producer.send(topic, part);
  }
}

/** A consumer that counts and does nothing else; messages per second from the first batch to the last. */
async function countBare(sizes: object): Promise<number> {
  const consumer = connect(addresses).consumer({ groupId: randomUUID(), ...sizes });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let counted = 0;
  let started = 0;
  const all = Promise.withResolvers<void>();
  await consumer.run({
    eachBatch: async ({ batch }) => {
      started ||= performance.now();
      counted += batch.messages.length;
      if (counted >= messages) all.resolve();
    },
  });
  await all.promise;
  const seconds = (performance.now() - started) / 1000;
  await consumer.disconnect();
  return messages / seconds;
}

/** Land the backlog in a new lake; messages per second from the first batch to the last commit. */
async function landAll(path: string): Promise<number> {
  await using lake = await openLake({ path: join(path, 'catalog.sqlite'), memory: '512MB', threads: 1 });
  const stop = new AbortController();
  let started = 0;
  let ended = 0;
  let rows = 0;
  await runLander({
    lake,
    topic,
    groupId: randomUUID(),
    addresses,
    signal: stop.signal,
    clock: () => {
      started ||= performance.now();
      return new Date();
    },
    afterLanding: landed => {
      rows += landed.rows;
      if (rows < messages) return;
      ended = performance.now();
      stop.abort();
    },
  });
  const [found] = await lake.rows<{ n: number; d: number }>(
    'select count(*) as n, count(distinct kafka_offset) as d from bronze.crypto_ticks_raw',
  );
  if (found?.n !== messages || found.d !== messages)
    throw new Error(`Landed ${found?.n} rows with ${found?.d} offsets, wanted ${messages} of each.`);
  return messages / ((ended - started) / 1000);
}

function thousands(perSecond: number): string {
  return (perSecond / 1000).toFixed(0);
}

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { RawMessage } from '../kafka/message.ts';
import { type Outgoing, openProducer } from '../kafka/produce.ts';
import { deleteTopic, ensureTopic, topicOffsets } from '../kafka/topics.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { identifier } from '../lake/rows.ts';
import { stationTape } from '../market/tape.ts';
import { landTape, pollMessages } from '../pipeline/land-tape.ts';
import { inState } from '../run/paths.ts';
import { takeTurn } from '../run/turn.ts';
import { display } from '../show/output.ts';
import { progressBar, type Report } from '../show/progress-bar.ts';
import { table } from '../show/table.ts';
import { stationsWithExercises } from './exercises.ts';
import { note } from './journal.ts';
import { secondGround } from './second.ts';
import { stationBroker } from './station-broker.ts';
import { type StationPlan, stationPlan } from './stations.ts';

/** A station's own ground: nothing that is done to it reaches another station or the running system. */
export type Station = {
  name: string;
  /** The station's own lake, open for reading and writing. */
  lake: Lake;
  /** The station's own topic; it holds the tape where the station works with Kafka. */
  topic: string;
};

type Opening = { fresh?: boolean };

// Outlives a module that a notebook reloads.
const home = globalThis as typeof globalThis & { ticklakeStations?: Map<string, Lake> };
home.ticklakeStations ??= new Map();
const lakes = home.ticklakeStations;

/**
 * Open a station: a lake and a topic of its own in the state that the finished code of the station before leaves, made from
 * the seeded tape. Called again it reopens them and wipes nothing.
 *
 * @param options `fresh`: throw away what is there and begin again
 * @throws when no station has that name, or the set-up is not complete
 * @example const { lake, topic } = await station('03-bronze')
 */
export async function station(name: string, options: Opening = {}): Promise<Station> {
  note({ did: 'open', station: name });
  const opened = await progressBar(`Preparing station ${name}`, report => openStation(name, options, report));
  display(table(await groundOf(opened), { title: `Station ${name}: what lies here now`, limit: 40 }));
  if (stationsWithExercises().includes(name)) void secondGround(name).catch(() => {}); // a check would meet its error again
  return opened;
}

/** The ground of a station as it is now; opened if this notebook has not opened it. */
export async function groundNow(name: string): Promise<Station> {
  const lake = lakes.get(name);
  return lake ? { name, lake, topic: topicOf(name) } : openStation(name);
}

/**
 * Open a station without showing anything; for tests and commands. One at a time: another notebook that opens the same
 * station waits, lest both send the tape to its topic.
 */
export async function openStation(name: string, { fresh }: Opening = {}, report: Report = () => {}): Promise<Station> {
  const plan = stationPlan(name);
  const topic = topicOf(name);
  using _turn = await takeTurn(turnOf(name), patienceMs);
  if (fresh) await wipe(plan, topic);
  if (plan.kafka) {
    await stationBroker();
    await fillTopic(topic, report);
  }
  const lake = lakes.get(name) ?? (await openLake({ path: inState('stations', name, 'catalog.sqlite') }));
  lakes.set(name, lake);
  if (!existsSync(markOf(name))) {
    report(0, undefined, 'reading the tape');
    if (plan.ground !== 'nothing')
      await landTape(lake, tapeMessages(), { topic, upTo: plan.ground, models: plan.models, onStep: report });
    writeFileSync(markOf(name), 'ready\n');
  }
  return { name, lake, topic };
}

/** What lies in a station: one row a table or topic. */
async function groundOf({ lake, topic, name }: Station): Promise<{ what: string; kind: string; count: number }[]> {
  const tables = await lake.rows<{ schema_name: string; table_name: string }>(
    `select schema_name, table_name from duckdb_tables()
     where database_name = 'lake' and schema_name in ('bronze', 'silver', 'gold', 'star', 'my') order by all`,
  );
  const rows = [];
  if (stationPlan(name).kafka)
    for (const { partition, low, high } of await topicOffsets(topic))
      rows.push({ what: `${topic}, partition ${partition}`, kind: 'topic', count: Number(high - low) });
  for (const { schema_name, table_name } of tables) {
    const what = `${schema_name}.${table_name}`;
    const [found] = await lake.rows<{ n: number }>(
      `select count(*) as n from ${schema_name}.${identifier(table_name)}`,
    );
    rows.push({ what, kind: 'table', count: found!.n });
  }
  return rows;
}

const topicOf = (name: string) => `station.${name}`;
const markOf = (name: string) => inState('stations', name, 'ready');
const turnOf = (name: string) => inState('stations', 'turns', `${name}.sqlite`); // beside what a fresh opening removes
const patienceMs = 5 * 60_000; // a station is prepared in seconds, and slowly on a busy machine

/** Send the tape to a topic that holds less than the whole of it; a topic cut off in the middle is made again. */
async function fillTopic(topic: string, report: Report): Promise<void> {
  report(0, undefined, 'sending the tape');
  await ensureTopic(topic);
  const messages = tapeMessages();
  const [held] = await topicOffsets(topic);
  if (held!.high >= messages.length) return;
  if (held!.high > 0n) {
    await deleteTopic(topic);
    await ensureTopic(topic);
  }
  await using producer = await openProducer();
  for (let at = 0; at < messages.length; at += sending) {
    await producer.send(topic, messages.slice(at, at + sending).map(outgoing));
    report(Math.min(at + sending, messages.length), messages.length, 'sending the tape');
  }
}

const sending = 200; // some 2 MB; Kafka takes 1 MB after gzip

/** The station tape as the feed would have sent it. */
const tapeMessages = () => pollMessages(stationTape());

const outgoing = ({ key, value, headers, timestamp }: RawMessage): Outgoing => ({
  key,
  value,
  headers: headers as Record<string, string>,
  timestamp: new Date(Number(timestamp)),
});

/** Throw away a station's lake and topic. */
async function wipe({ name, kafka }: StationPlan, topic: string): Promise<void> {
  await lakes.get(name)?.close();
  lakes.delete(name);
  rmSync(inState('stations', name), { recursive: true, force: true });
  if (!kafka) return;
  await stationBroker();
  await deleteTopic(topic);
}

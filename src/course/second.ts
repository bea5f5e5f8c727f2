import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RawMessage } from '../kafka/message.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { type Poll, secondTape } from '../market/tape.ts';
import { landTape, pollMessages } from '../pipeline/land-tape.ts';
import { inState } from '../run/paths.ts';
import type { Ground } from './exercise.ts';
import { lastLayer, stationPlan } from './stations.ts';

// Outlives a module that a notebook reloads.
const home = globalThis as typeof globalThis & { ticklakeSeconds?: Map<string, Promise<Ground>> };
home.ticklakeSeconds ??= new Map();
const opened = home.ticklakeSeconds;

/**
 * Open the second ground of a station: tables as in its own lake, of the same days in a market that went another way. It is
 * made once, in a second, and kept until the course has another market for it.
 */
export function secondGround(name: string): Promise<Ground> {
  const ground = opened.get(name) ?? make(name);
  opened.set(name, ground);
  ground.catch(() => opened.delete(name));
  return ground;
}

async function make(name: string): Promise<Ground> {
  const topic = `station.${name}`;
  const arrivals = arrivalsOf(name, topic);
  const lake = await openMadeFrom(arrivals, inState('stations', 'second', name));
  const plan = stationPlan(name);
  // Landing what has landed changes nothing, so that one that was cut off is completed.
  for (const { topic, messages } of arrivals)
    await landTape(lake, messages, { topic, upTo: lastLayer(plan), models: plan.models });
  return { name, lake, topic };
}

type Arrival = { topic: string; messages: RawMessage[] };

/**
 * What lands, by topic. Where a station is about bronze itself, the topic ends with a poll that is no JSON, and another topic,
 * long underway, brings a good one.
 */
function arrivalsOf(name: string, topic: string): Arrival[] {
  const polls = [...secondTape()];
  if (stationPlan(name).ground !== 'nothing') return [{ topic, messages: pollMessages(polls) }];
  const last = polls.at(-1)!;
  const poison: Poll = { ...last, body: Buffer.from('<html><body>502 Bad Gateway</body></html>') };
  return [
    { topic, messages: pollMessages([...polls, poison]) },
    { topic: `${topic}.elsewhere`, messages: pollMessages([last], 5_000n) },
  ];
}

/** Open the lake that is made from these messages, and throw away those in its folder that were made from others. */
async function openMadeFrom(arrivals: Arrival[], folder: string): Promise<Lake> {
  const hash = createHash('sha256');
  for (const { topic, messages } of arrivals)
    for (const { offset, timestamp, value } of messages)
      hash.update(`${topic} ${offset} ${timestamp} ${value!.length}\n`).update(value!);
  const place = hash.digest('hex').slice(0, 12);
  const lake = await openLake({ path: join(folder, place, 'catalog.sqlite'), threads: 1 });
  for (const other of readdirSync(folder))
    if (other !== place) rmSync(join(folder, other), { recursive: true, force: true });
  return lake;
}

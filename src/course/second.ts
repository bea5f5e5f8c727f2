import { openLake } from '../lake/open.ts';
import { secondTape } from '../market/tape.ts';
import { landTape, pollMessages } from '../pipeline/land-tape.ts';
import { inState } from '../run/paths.ts';
import type { Ground } from './exercise.ts';
import { stationPlan } from './stations.ts';

// Outlives a module that a notebook reloads.
const home = globalThis as typeof globalThis & { ticklakeSeconds?: Map<string, Promise<Ground>> };
home.ticklakeSeconds ??= new Map();
const opened = home.ticklakeSeconds;

/**
 * Open the second ground of a station: tables as in its own lake, of the same days in a market that went another way. It is
 * made once, in a second, and kept.
 */
export function secondGround(name: string): Promise<Ground> {
  const ground = opened.get(name) ?? make(name);
  opened.set(name, ground);
  ground.catch(() => opened.delete(name));
  return ground;
}

async function make(name: string): Promise<Ground> {
  const { ground: upTo, models } = stationPlan(name);
  const topic = `station.${name}`;
  const lake = await openLake({ path: inState('stations', 'second', name, 'catalog.sqlite'), threads: 1 });
  // Landing what has landed changes nothing, so that one that was cut off is completed.
  await landTape(lake, pollMessages(secondTape()), {
    topic,
    upTo: upTo === 'nothing' ? 'bronze' : upTo,
    models,
  });
  return { name, lake, topic };
}

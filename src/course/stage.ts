import { rmSync } from 'node:fs';
import { deleteTopic, ensureTopic } from '../kafka/topics.ts';
import { type Lake, openLake } from '../lake/open.ts';
import { inState } from '../run/paths.ts';

/** A small ground beside a station's own, for an experiment that must begin from nothing each time. */
export type Stage = { lake: Lake; topic: string };

// Outlives a module that a notebook reloads.
const home = globalThis as typeof globalThis & { ticklakeStages?: Map<string, Stage> };
home.ticklakeStages ??= new Map();
const stages = home.ticklakeStages;

const keyOf = (station: string, what: string) => `${station}.${what}`;

/**
 * Open a stage, empty: what an earlier one of this name held, lake and topic, is thrown away. The station must be open, as it finds
 * the broker.
 *
 * @param station its name, such as '08-windows'
 * @param what the experiment, in a word that may be a part of a topic's name
 */
export async function freshStage(station: string, what: string): Promise<Stage> {
  const key = keyOf(station, what);
  const topic = `station.${key}`;
  await stages.get(key)?.lake.close();
  stages.delete(key);
  rmSync(inState('stations', station, 'stages', what), { recursive: true, force: true });
  await deleteTopic(topic);
  await ensureTopic(topic);
  const lake = await openLake({ path: inState('stations', station, 'stages', what, 'catalog.sqlite') });
  const stage = { lake, topic };
  stages.set(key, stage);
  return stage;
}

/** The stage of that name that this notebook has opened; none before. */
export const stageNow = (station: string, what: string): Stage | undefined => stages.get(keyOf(station, what));

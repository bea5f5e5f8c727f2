import { createBronze } from '../bronze/begin.ts';
import type { Landing } from '../bronze/land.ts';
import type { Lake, Tx } from '../lake/open.ts';
import { openScope } from '../models/bind.ts';
import { createTables, fingerprints } from '../models/create.ts';
import type { Model } from '../models/model.ts';
import { recompute, refresh } from '../models/refresh.ts';
import { bindPolled, refine } from '../silver/refine.ts';
import { openStretches } from '../silver/stretch.ts';
import { hot, type Layer, landed, modelsUpTo } from './tables.ts';
import { createMarks, lastLanding, mark, missedLandings } from './touched.ts';

/** What goes into the transaction that lands, beside bronze and its ledger. */
export type LandingWork = {
  /** Before BEGIN, once the batch is bound: parse it. */
  beforeLanding(): Promise<void>;
  /** Inside: silver from the batch, then the hot models. */
  inLanding(tx: Tx, landing: Landing): Promise<void>;
  /** The models that are refreshed later, in order. */
  later: Model[];
  /** Names of the tables that were filled anew at the opening, since their select is another than the one that made them. */
  anew: string[];
  close(): void;
};

/**
 * Make the tables of the wanted models, and say what is done with a batch. What an earlier run left out, since it filled
 * fewer layers, is computed anew.
 *
 * @param upTo - the last layer to fill
 * @param wanted - names of the models to keep beside bronze and silver.crypto_prices; all, if left out
 */
export async function openLanding(lake: Lake, upTo: Layer, wanted?: readonly string[]): Promise<LandingWork> {
  const models = keptModels(upTo, wanted);
  const nothing = async () => {};
  await createBronze(lake);
  const anew = await createTables(lake, models, fingerprints(modelsUpTo('star')));
  if (upTo === 'bronze') return { beforeLanding: nothing, inLanding: nothing, later: [], anew, close: () => {} };
  await lake.write('create pipeline.refresh_ledger', createMarks);
  const tables = models.filter(({ kind }) => kind === 'table');
  const later = tables.filter(({ name }) => !landed.includes(name) && !hot.includes(name));
  const hotter = tables.filter(({ name }) => hot.includes(name));
  await openScope(lake, [...hotter, ...later]);
  await openStretches(lake, later);
  const inEvery = [...landed, ...hotter.map(({ name }) => name)];
  if ((await lake.reads(session => missedLandings(session, inEvery))).length > 0) await rebuild(lake, tables, inEvery);
  const session = await lake.session();
  return {
    beforeLanding: () => bindPolled(session),
    inLanding: async (tx, { landingId }) => {
      const touched = await refine(tx);
      for (const model of hotter) await refresh(tx, model, touched);
      await mark(
        tx,
        inEvery.map(model => ({ model, landingId })),
      );
    },
    later,
    anew,
    close: () => session.connection.closeSync(),
  };
}

/** The models to keep, in order; each with all that it reads. A view that nobody asks for goes with what it reads. */
function keptModels(upTo: Layer, wanted: readonly string[] | undefined): Model[] {
  const all = modelsUpTo(upTo);
  const kept = new Map<string, Model>();
  for (const model of all) {
    const { name, kind, sources } = model;
    const asked = landed.includes(name) || !wanted || wanted.includes(name);
    if (!asked && kind === 'table') continue;
    const missing = sources.find(source => !kept.has(source) && all.some(other => other.name === source));
    if (missing && asked)
      throw new Error(`Cannot keep ${name} up to date: it reads ${missing}. Name that one in the profile too.`);
    if (!missing) kept.set(name, model);
  }
  return [...kept.values()];
}

/** Compute all tables anew from bronze. */
const rebuild = (lake: Lake, tables: readonly Model[], inEvery: readonly string[]): Promise<void> =>
  lake.write('compute anew what landings without it left out', async tx => {
    const missed = await missedLandings(tx, inEvery);
    const landingId = await lastLanding(tx);
    for (const model of tables) await recompute(tx, model);
    await mark(tx, missed);
    await mark(
      tx,
      tables.map(({ name }) => ({ model: name, landingId })),
    );
  });

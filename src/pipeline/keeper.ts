import type { Lake, Session, Tx } from '../lake/open.ts';
import type { Model } from '../models/model.ts';
import { refresh } from '../models/refresh.ts';
import { appendStretch } from '../silver/stretch.ts';
import { lastLanding, mark, readMarks, stretchesBetween, type Ticks, ticksOf, touchedBetween } from './touched.ts';

/** What one refresh did. */
export type Refreshed = { model: string; landingId: number; touched: number; durationMs: number };

/**
 * What a model lacks: landings after one up to another, and the instants that they touched. These are known before its turn
 * where the landing itself fills the ticks; where another model does, when that one is filled.
 */
export type Lack = { model: Model; ticks: Ticks; after: number; landingId: number; touched: Date[] | undefined };

/** Keeps models up to date that are not refreshed in the landing itself. */
export type Keeper = {
  /** Ask the lake what the models lack, in their order. */
  lacks(): Promise<Lack[]>;
  /** Bring models up to date in one transaction. */
  fill(lacks: readonly Lack[]): Promise<void>;
  /** Bring all up to date in one transaction. */
  catchUp(): Promise<void>;
};

/** Who wants to know: of each model when its refresh begins (again, when the transaction is tried again), and when it is committed. */
export type KeeperListener = { onStart?(model: string): void; onRefresh?(refreshed: Refreshed): void };

/**
 * Open the keeper of these models, which stand in the order of their sources.
 *
 * It remembers nothing: what a model lacks stands in the lake. For `fill` it is asked before the transaction, since it can
 * only be too much: another pipeline may have refreshed meanwhile, and refreshing again gives the same.
 */
export function openKeeper(lake: Lake, models: readonly Model[], listener: KeeperListener = {}): Keeper {
  const lacks = () => lake.reads(session => findLacks(session, models));
  const write = async (message: string, find: (tx: Tx) => Promise<readonly Lack[]>) => {
    const done = await lake.write(message, async tx => {
      const refreshed: Refreshed[] = [];
      for (const lack of await find(tx)) {
        const { model, landingId } = lack;
        listener.onStart?.(model.name);
        const started = performance.now();
        const touched = await fillOne(tx, lack);
        const durationMs = Math.round(performance.now() - started);
        refreshed.push({ model: model.name, landingId, touched, durationMs });
      }
      if (refreshed.length > 0) await mark(tx, refreshed);
      return refreshed;
    });
    for (const refreshed of done) listener.onRefresh?.(refreshed);
  };
  return {
    lacks,
    fill: async some => {
      if (some.length > 0) await write(`refresh ${some.map(({ model }) => model.name).join(', ')}`, async () => some);
    },
    catchUp: async () => {
      // Asked again when it is our turn: while we waited for it, another landing came.
      if ((await lacks()).length > 0) await write('bring models up to date', tx => findLacks(tx, models));
    },
  };
}

async function findLacks(session: Session, models: readonly Model[]): Promise<Lack[]> {
  if (models.length === 0) return [];
  const marks = await readMarks(session);
  const landingId = await lastLanding(session);
  const touchedAfter = new Map<number, Date[]>();
  const lacks: Lack[] = [];
  for (const model of models) {
    const after = marks.get(model.name) ?? 0;
    if (after >= landingId) continue;
    const ticks = ticksOf(model, models);
    if (model.append || ticks !== 'silver.crypto_prices') {
      lacks.push({ model, ticks, after, landingId, touched: undefined });
      continue;
    }
    const touched = touchedAfter.get(after) ?? (await touchedBetween(session, after, landingId, ticks));
    touchedAfter.set(after, touched);
    lacks.push({ model, ticks, after, landingId, touched });
  }
  return lacks;
}

/** Bring one model up to date; returns how many instants were touched, or rows appended. */
async function fillOne(tx: Tx, { model, ticks, after, landingId, touched }: Lack): Promise<number> {
  if (model.append) {
    let added = 0;
    for (const stretch of await stretchesBetween(tx, after, landingId))
      added += await appendStretch(tx, model, stretch);
    return added;
  }
  const instants = touched ?? (await touchedBetween(tx, after, landingId, ticks));
  await refresh(tx, model, instants);
  return instants.length;
}

import type { Lake, Tx } from '../lake/open.ts';
import type { Model } from '../models/model.ts';
import { refresh } from '../models/refresh.ts';
import { lastLanding, mark, readMarks, touchedBetween } from './touched.ts';

/** What one refresh did. */
export type Refreshed = { model: string; landingId: number; touched: number; durationMs: number };

/** Keeps models up to date that are not refreshed in the landing itself. */
export type Keeper = {
  /** Bring one model up to date, in a transaction of its own; undefined when it was. */
  refreshOne(model: Model): Promise<Refreshed | undefined>;
  /** Bring all up to date, in one transaction. */
  catchUp(): Promise<Refreshed[]>;
};

/**
 * Open the keeper of these models, which stand in the order of their sources. It remembers nothing: what a model lacks is
 * asked from the lake inside each transaction.
 */
export function openKeeper(lake: Lake, models: readonly Model[], onRefresh?: (refreshed: Refreshed) => void): Keeper {
  const kept = new Set(models.map(({ name }) => name));
  const refreshAll = async (message: string, some: readonly Model[]) => {
    const done = await lake.write(message, tx => refreshIn(tx, some, kept));
    for (const refreshed of done) onRefresh?.(refreshed);
    return done;
  };
  return {
    refreshOne: async model => (await refreshAll(`refresh ${model.name}`, [model]))[0],
    catchUp: () => refreshAll('refresh all models', models),
  };
}

/** Bring these models up to date, each as far as the kept models that it reads. */
async function refreshIn(tx: Tx, models: readonly Model[], kept: ReadonlySet<string>): Promise<Refreshed[]> {
  const marks = await readMarks(tx);
  const last = await lastLanding(tx);
  const touchedSince = new Map<string, Date[]>();
  const done: Refreshed[] = [];
  for (const model of models) {
    const started = performance.now();
    const after = marks.get(model.name) ?? 0;
    const sources = model.sources.filter(source => kept.has(source));
    const upTo = Math.min(last, ...sources.map(source => marks.get(source) ?? 0));
    if (upTo <= after) continue;
    const key = `${after} ${upTo}`;
    const touched = touchedSince.get(key) ?? (await touchedBetween(tx, after, upTo));
    touchedSince.set(key, touched);
    await refresh(tx, model, touched);
    marks.set(model.name, upTo);
    done.push({
      model: model.name,
      landingId: upTo,
      touched: touched.length,
      durationMs: Math.round(performance.now() - started),
    });
  }
  await mark(tx, done);
  return done;
}

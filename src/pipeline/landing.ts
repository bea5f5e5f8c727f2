import { createBronze } from '../bronze/begin.ts';
import type { Landing } from '../bronze/land.ts';
import type { Lake, Session, Tx } from '../lake/open.ts';
import { openScope } from '../models/bind.ts';
import { createTables } from '../models/create.ts';
import type { Model } from '../models/model.ts';
import { refresh } from '../models/refresh.ts';
import { bindPolled, refine } from '../silver/refine.ts';
import { hot, type Layer, landed, modelsUpTo } from './tables.ts';
import { createMarks, mark } from './touched.ts';

/** What goes into the transaction that lands, beside bronze and its ledger. */
export type LandingWork = {
  /** Before BEGIN, once the batch is bound: parse it. */
  beforeLanding(): Promise<void>;
  /** Inside: silver from the batch, then the hot models. */
  inLanding(tx: Tx, landing: Landing): Promise<void>;
  /** The models that are refreshed later, in order. */
  later: Model[];
};

/**
 * Make the tables of the wanted models, and say what is done with a batch.
 *
 * @param upTo - the last layer to fill
 * @param wanted - names of the models to keep beside bronze and silver.crypto_prices; all, if left out
 */
export async function openLanding(lake: Lake, upTo: Layer, wanted?: readonly string[]): Promise<LandingWork> {
  const models = modelsUpTo(upTo).filter(
    ({ name, kind }) => kind === 'view' || landed.includes(name) || !wanted || wanted.includes(name),
  );
  const nothing = async () => {};
  await createBronze(lake);
  await createTables(lake, models);
  if (upTo === 'bronze') return { beforeLanding: nothing, inLanding: nothing, later: [] };
  await lake.write('create pipeline.refresh_ledger', createMarks);
  const tables = models.filter(({ name, kind }) => kind === 'table' && !landed.includes(name));
  await openScope(lake, tables);
  const session: Session = await lake.session();
  const now = tables.filter(({ name }) => hot.includes(name));
  return {
    beforeLanding: () => bindPolled(session),
    inLanding: async (tx, { landingId }) => {
      const { touched } = await refine(tx);
      if (now.length === 0) return;
      for (const model of now) await refresh(tx, model, touched);
      await mark(
        tx,
        now.map(({ name }) => ({ model: name, landingId })),
      );
    },
    later: tables.filter(({ name }) => !hot.includes(name)),
  };
}

import type { Lake } from '../lake/open.ts';
import type { Tx } from '../lake/session.ts';
import { appendToLedger, newsSince, placeKey } from './ledger.ts';
import type { Lot, Staged } from './stage.ts';

/** What a lander knows of the ledger: nothing at first, then what it saw in its last transaction. */
export type Known = {
  landingId: number;
  /** The next offset to land, by `placeKey`. */
  next: Map<string, bigint>;
};

/** What a transaction brought; once it is committed, what the lander knows, of others' landings too. */
export type Landing = Known & { rows: number; lots: Lot[] };

/** Others have landed some of these messages: bind the batch again from these lots, and land it then. */
export class LandedElsewhere extends Error {
  readonly lots: Lot[];
  readonly known: Known;
  constructor(lots: Lot[], known: Known) {
    super('Cannot land these messages: another lander has brought some of them.');
    this.name = 'LandedElsewhere';
    this.lots = lots;
    this.known = known;
  }
}

/** The lake's memory and the reading do not fit together: the reading must begin again from the ledger. */
export class ReadingAstray extends Error {
  constructor(lot: Lot, expected: bigint) {
    super(
      `Cannot land "${lot.topic}", partition ${lot.partition}, from offset ${lot.from}: the lake's ledger expects ${expected}. ` +
        'Nothing was written. Start the pipeline again; it goes on from the ledger.',
    );
    this.name = 'ReadingAstray';
  }
}

/** Someone began a newer epoch of the topic while this lander ran. */
export class EpochOver extends Error {
  constructor(topic: string, epoch: number, newest: number) {
    super(
      `Cannot go on landing "${topic}" in epoch ${epoch}: another pipeline has begun epoch ${newest}. Start this one again.`,
    );
    this.name = 'EpochOver';
  }
}

/** What the ledger leaves of a batch. */
export type ToLand = { landingId: number; next: Map<string, bigint>; lots: Lot[]; clusterId: string };

/**
 * Ask the ledger, inside the transaction that lands, what is left of a batch. What it says decides; group commits and
 * memory do not.
 *
 * @param lots what the batch covers, as it is bound
 * @param known what this lander's last landing returned; not changed
 * @throws LandedElsewhere, ReadingAstray, EpochOver
 */
export async function askLedger(tx: Tx, lots: Lot[], known: Known, clusterId: string): Promise<ToLand> {
  const news = await newsSince(tx, known.landingId);
  // The landing that is known is among those asked for, so an empty answer cannot be true.
  if (known.next.size > 0 && news.next.size === 0)
    throw new Error(
      "Cannot land: the lake's ledger (pipeline.landing_ledger) has lost its rows. Restore the lake, or start a new one.",
    );
  const next = new Map([...known.next, ...news.next]);
  for (const { topic, epoch } of lots) {
    const newest = news.epochs.get(topic) ?? 0;
    if (newest > epoch) throw new EpochOver(topic, epoch, newest);
  }
  const left = leftToLand(lots, next);
  if (left.some((lot, i) => lot.from !== lots[i]!.from))
    throw new LandedElsewhere(left, { landingId: news.landingId, next });
  return { landingId: news.landingId + 1, next, lots: joinLots(left), clusterId };
}

/** Land the batch that is bound to `scope.bronze.crypto_ticks_raw`: its rows into bronze and its offsets into the ledger. */
export async function land(tx: Tx, { landingId, next, lots, clusterId }: ToLand): Promise<Landing> {
  const rows = await tx.run('insert into bronze.crypto_ticks_raw by name select * from scope.bronze.crypto_ticks_raw');
  await appendToLedger(tx, landingId, clusterId, lots);
  for (const lot of lots) next.set(placeKey(lot.topic, lot.epoch, lot.partition), lot.next);
  return { landingId, next, rows, lots };
}

/** Where batches land, and what else is done with them. */
export type LandingPlace = {
  lake: Lake;
  /** What is to be made of `scope.bronze.crypto_ticks_raw` before BEGIN, in other tables of `scope`. */
  beforeLanding?(): Promise<void>;
  /** What further goes into the transaction, such as silver's part. Done again when the transaction is. */
  inLanding?(tx: Tx, landing: Landing): Promise<void>;
};

/**
 * Land a batch in one transaction; when others have landed parts of it meanwhile, what is left of it, or nothing.
 *
 * @param before what this lander's last landing returned
 * @param asking told when small questions to the lake begin and end
 */
export async function landStaged(
  { lake, beforeLanding, inLanding }: LandingPlace,
  staged: Staged,
  before: Known,
  clusterId: string,
  asking: (now: boolean) => void = () => {},
): Promise<{ known: Known; landing?: Landing }> {
  let known = before;
  for (;;) {
    asking(true);
    await staged.bind();
    await beforeLanding?.();
    try {
      const landing = await lake.write(`land ${staged.count} messages`, async tx => {
        const left = await askLedger(tx, staged.lots, known, clusterId);
        asking(false); // there is room: the next messages are fetched while these land
        const landed = await land(tx, left);
        await inLanding?.(tx, landed);
        return landed;
      });
      return { known: landing, landing };
    } catch (error) {
      if (!(error instanceof LandedElsewhere)) throw error;
      known = error.known;
      staged.lots = error.lots;
      if (joinLots(staged.lots).length === 0) return { known };
    }
  }
}

/**
 * Cut from every lot what the ledger already covers; a lot that is covered wholly becomes empty (`from` = `next`).
 *
 * @param landed the next offset to land by `placeKey`; a partition that is not in it begins where its first lot begins
 * @throws ReadingAstray when a lot begins beyond that offset: messages between would be lost
 */
export function leftToLand(lots: Lot[], landed: ReadonlyMap<string, bigint>): Lot[] {
  const next = new Map(landed);
  return lots.map(lot => {
    const key = placeKey(lot.topic, lot.epoch, lot.partition);
    const expected = next.get(key) ?? lot.from;
    if (lot.from > expected) throw new ReadingAstray(lot, expected);
    if (expected >= lot.next) return { ...lot, from: lot.next };
    next.set(key, lot.next);
    return { ...lot, from: expected };
  });
}

/** Join the lots of a partition, which follow each other; empty ones fall away. */
export function joinLots(lots: Lot[]): Lot[] {
  const joined = new Map<string, Lot>();
  for (const lot of lots) {
    if (lot.from === lot.next) continue;
    const key = placeKey(lot.topic, lot.epoch, lot.partition);
    const before = joined.get(key);
    joined.set(key, before ? { ...before, next: lot.next } : lot);
  }
  return [...joined.values()];
}

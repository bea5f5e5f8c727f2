import { setTimeout as sleep } from 'node:timers/promises';
import type { Lake, Session } from '../lake/open.ts';
import { openScope } from '../models/bind.ts';
import { fingerprints, madeModels, relationsOf } from '../models/create.ts';
import { readModel } from '../models/read.ts';
import { type Check, keepsItsWord, verifyIn } from '../models/verify.ts';
import { openStretches } from '../silver/stretch.ts';
import { openKeeper } from './keeper.ts';
import { type Layer, landed, layers, modelsOf, modelsUpTo } from './tables.ts';
import { lastLanding, readMarks } from './touched.ts';

export type { Check } from '../models/verify.ts';

const tries = 20;

/**
 * Check the lake: bronze against its ledger, every other table against its grain, its audits and its own recompute from what
 * it is made of; all in one snapshot, while others go on writing.
 *
 * Tables that are behind their landings are brought up to date first; where the lake is open for reading only, this waits
 * for the pipeline to do so.
 *
 * @param what - a layer, or all that are there
 */
export async function verify(lake: Lake, what: Layer | 'all'): Promise<Check[]> {
  for (let left = tries; ; left--) {
    if (what !== 'bronze') await bringUpToDate(lake);
    const checks = await lake.snapshot(async session => {
      const behind = what === 'bronze' ? [] : await modelsBehind(session);
      if (behind.length > 0 && left > 1) return undefined;
      return [...(await checkLayers(session, what)), ...behind];
    });
    if (checks) return checks;
  }
}

async function checkLayers(session: Session, what: Layer | 'all'): Promise<Check[]> {
  const there = await relationsOf(session);
  const made = await madeModels(session);
  const changed = otherwise(made);
  const checks: Check[] = [];
  for (const layer of what === 'all' ? layers : [what]) {
    if (layer === 'bronze' && there.has('pipeline.landing_ledger')) checks.push(...(await checkBronze(session)));
    for (const model of modelsOf(layer)) {
      const { name } = model;
      if (made.has(name) && !there.has(name)) checks.push(missing(name));
      else if (changed.has(name)) checks.push(madeOtherwise(name));
      else if (there.has(name)) checks.push(...(await verifyIn(session, model)));
    }
  }
  if (checks.length > 0) return checks;
  return [{ name: `${what}: tables`, ok: false, found: 'none', wanted: 'some; run "npm run pipeline" first' }];
}

/** Of the tables and views that were made, those of another select than today's. */
function otherwise(made: ReadonlyMap<string, string>): Set<string> {
  const prints = fingerprints(modelsUpTo('star'));
  return new Set([...made].flatMap(([name, print]) => (prints.get(name) === print ? [] : name)));
}

/** What was made, and is not there any more. */
const missing = (name: string): Check => ({
  name: `${name}: is there`,
  ok: false,
  found: 'nothing',
  wanted: 'what the pipeline made; somebody has dropped it. "npm run reset" and a new start make all anew',
});

/** What no other check can say of a table or view that was made by another select than today's. */
const madeOtherwise = (name: string): Check => ({
  name: `${name}: made by the SQL of today`,
  ok: false,
  found: 'an older one',
  wanted: 'today\'s; the next start of the pipeline makes it anew ("npm run pipeline -- --until-idle")',
});

/** Refresh what is behind; or, where we may not write, give the pipeline a moment. */
async function bringUpToDate(lake: Lake): Promise<void> {
  const marks = await lake.reads(marksOf);
  if (!marks) return;
  if (lake.readOnly) return sleep(100);
  const changed = otherwise(await lake.reads(madeModels));
  const there = await lake.reads(relationsOf);
  const kept = modelsUpTo('star').filter(
    ({ name }) => marks.has(name) && there.has(name) && !landed.includes(name) && !changed.has(name),
  );
  await openScope(lake, kept);
  await openStretches(lake, kept);
  await openKeeper(lake, kept).catchUp();
}

/** Kept models that lack landings. */
async function modelsBehind(session: Session): Promise<Check[]> {
  const marks = await marksOf(session);
  if (!marks) return [];
  const last = await lastLanding(session);
  const behind = [...marks].filter(([, landingId]) => landingId < last);
  return behind.map(([name, landingId]) => ({
    name: `${name}: up to date`,
    ok: false,
    found: `landing ${landingId}`,
    wanted: `landing ${last}; is the pipeline running?`,
  }));
}

/** The marks, undefined in a lake that was never refreshed. */
async function marksOf(session: Session): Promise<Map<string, number> | undefined> {
  return (await relationsOf(session)).has('pipeline.refresh_ledger') ? readMarks(session) : undefined;
}

/** Check that bronze holds every message of the ledger once, and that the ledger leaves no offset out. */
export const verifyBronze = (lake: Lake): Promise<Check[]> => lake.snapshot(checkBronze);

async function checkBronze(session: Session): Promise<Check[]> {
  const checks = await keepsItsWord(session, readModel('bronze.crypto_ticks_raw'));
  for (const [name, what, sql] of bronzeChecks) {
    const [row] = await session.rows<{ n: number }>(sql);
    checks.push({ name, ok: row!.n === 0, found: `${row!.n} ${what}`, wanted: `0 ${what}` });
  }
  return checks;
}

/** Name, what is counted, and the query that counts; each is to be 0. */
const bronzeChecks: [string, string, string][] = [
  [
    'pipeline.landing_ledger: landings of a partition follow each other',
    'gaps or overlaps',
    `select count(*) as n from (
       select first_offset, lag(last_offset) over (partition by topic, epoch, "partition" order by first_offset) as before
       from pipeline.landing_ledger)
     where before is not null and first_offset <> before + 1`,
  ],
  [
    'bronze.crypto_ticks_raw: as many messages as the ledger says, landing by landing',
    'landings that differ',
    `select count(*) as n from (
       select any_value(message_count) as wanted, count(ticks.kafka_offset) as found
       from pipeline.landing_ledger as ledger
       left join bronze.crypto_ticks_raw as ticks
         on ticks.kafka_topic = ledger.topic and ticks.kafka_epoch = ledger.epoch
         and ticks.kafka_partition = ledger."partition"
         and ticks.kafka_offset between ledger.first_offset and ledger.last_offset
       group by ledger.landing_id, ledger.topic, ledger.epoch, ledger."partition")
     where wanted <> found`,
  ],
  [
    'bronze.crypto_ticks_raw: no message that the ledger does not know',
    'unknown messages',
    `select count(*) as n from bronze.crypto_ticks_raw as ticks
     anti join pipeline.landing_ledger as ledger
       on ticks.kafka_topic = ledger.topic and ticks.kafka_epoch = ledger.epoch
       and ticks.kafka_partition = ledger."partition"
       and ticks.kafka_offset between ledger.first_offset and ledger.last_offset`,
  ],
];

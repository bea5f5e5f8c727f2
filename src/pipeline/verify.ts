import type { Lake, Session } from '../lake/open.ts';
import { type Check, verifyModel } from '../models/verify.ts';
import { type Layer, layers, modelsOf } from './tables.ts';

export type { Check } from '../models/verify.ts';

/**
 * Check the lake: bronze against its ledger, every other table against its grain, its audits and its own recompute from what it
 * is made of. Runs beside writers; each table is read from one snapshot, brought up to date with it or not.
 *
 * @param what - a layer, or all of them
 */
export async function verify(lake: Lake, what: Layer | 'all'): Promise<Check[]> {
  const checks: Check[] = [];
  for (const layer of what === 'all' ? layers : [what]) {
    if (layer === 'bronze') checks.push(...(await verifyBronze(lake)));
    else for (const model of modelsOf(layer)) checks.push(...(await verifyModel(lake, model)));
  }
  return checks;
}

/** Check that bronze holds every message of the ledger once, and that the ledger leaves no offset out. */
export const verifyBronze = (lake: Lake): Promise<Check[]> =>
  lake.snapshot(async session => {
    const checks = [];
    for (const [name, wanted, sql] of bronzeChecks) checks.push(await countOf(session, name, wanted, sql));
    return checks;
  });

const place = 'kafka_topic, kafka_epoch, kafka_partition';

/** Name, what is counted, and the query that counts; each is to be 0. */
const bronzeChecks: [string, string, string][] = [
  [
    'bronze.crypto_ticks_raw: one row per topic, epoch, partition and offset',
    'doubled messages',
    `select count(*) as n from (
       select ${place}, kafka_offset from bronze.crypto_ticks_raw group by all having count(*) > 1)`,
  ],
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

async function countOf(session: Session, name: string, what: string, sql: string): Promise<Check> {
  const [row] = await session.rows<{ n: number }>(sql);
  return { name, ok: row!.n === 0, found: `${row!.n} ${what}`, wanted: `0 ${what}` };
}

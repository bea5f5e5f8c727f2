import type { Lake } from '../lake/open.ts';
import type { Session } from '../lake/session.ts';
import type { Model } from './model.ts';
import { insert } from './refresh.ts';

/** One thing that was checked. */
export type Check = { name: string; ok: boolean; found: string; wanted: string };

/** Check a table in one snapshot; see verifyIn. */
export const verifyModel = (lake: Lake, model: Model): Promise<Check[]> =>
  lake.snapshot(session => verifyIn(session, model));

/**
 * Check a table or view: its grain is unique, its audits hold, and a table equals its select computed anew, on all columns and
 * to the last digit. So a model's sums must have an order, such as `avg(price_usd order by last_updated)`.
 */
export async function verifyIn(session: Session, model: Model): Promise<Check[]> {
  const checks = await keepsItsWord(session, model);
  return model.kind === 'view' ? checks : [...checks, await equalsRecompute(session, model)];
}

/** Check what a model's header says of it: its grain and its audits. */
export const keepsItsWord = async (session: Session, model: Model): Promise<Check[]> => [
  await grainIsUnique(session, model),
  ...(await auditsHold(session, model)),
];

async function grainIsUnique(session: Session, { name, grain }: Model): Promise<Check> {
  const keys = grain.join(', ');
  const found = await count(
    session,
    `select count(*) as n from (select ${keys} from ${name} group by ${keys} having count(*) > 1)`,
  );
  return check(`${name}: one row per ${keys}`, found, 'doubled keys');
}

async function auditsHold(session: Session, { name, audits }: Model): Promise<Check[]> {
  if (audits.length === 0) return [];
  const sums = audits.map((audit, at) => `count(*) filter (where (${audit}) is not true) as a${at}`);
  const [row] = await session.rows<Record<string, number>>(`select ${sums.join(', ')} from ${name}`);
  return audits.map((audit, at) => check(`${name}: ${audit}`, row![`a${at}`]!, 'rows that break it'));
}

async function equalsRecompute(session: Session, model: Model): Promise<Check> {
  await session.run(`create or replace temp table recomputed as select * from lake.${model.name} limit 0`);
  await insert(session, model, 'temp.recomputed');
  const columns = await session.rows<{ name: string }>(
    `select column_name as name from duckdb_columns() where table_name = 'recomputed' and database_name = 'temp'`,
  );
  const same = columns.map(({ name }) => `l.${name} is not distinct from r.${name}`);
  // The grain tells rows apart; a doubled key is found by the check before this one.
  const keys = model.grain.map(key => `l.${key} is not distinct from r.${key}`).join(' and ');
  const different = await count(
    session,
    `select count(*) as n
     from (select *, true as here from lake.${model.name}) l full join (select *, true as here from temp.recomputed) r on ${keys}
     where l.here is null or r.here is null or (${same.join(' and ')}) is not true`,
  );
  const [sizes] = await session.rows<{ l: number; r: number }>(
    `select (select count(*) from lake.${model.name}) as l, (select count(*) from temp.recomputed) as r`,
  );
  await session.run('drop table temp.recomputed');
  return {
    name: `${model.name}: equals its recompute`,
    ok: different === 0 && sizes!.l === sizes!.r,
    found: `${sizes!.l} rows, ${different} different`,
    wanted: `${sizes!.r} rows, 0 different`,
  };
}

const count = async (session: Session, sql: string) => (await session.rows<{ n: number }>(sql))[0]!.n;

const check = (name: string, bad: number, what: string): Check => ({
  name,
  ok: bad === 0,
  found: `${bad} ${what}`,
  wanted: `0 ${what}`,
});

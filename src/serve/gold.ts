import { setImmediate } from 'node:timers/promises';
import type { Lake, Session } from '../lake/open.ts';
import { relationsOf } from '../models/create.ts';
import { type ServedName, type ServedTable, servedNames, servedTable } from './tables.ts';

/** Most rows that are held of a table. */
const mostHeld = 50_000;

/** Rows that are parsed, or written, without a pause: about a millisecond. */
const rowsAtOnce = 1000;

/** A row as the API gives it: times are ISO text. */
export type ServedRow = Record<string, unknown>;

/** What is served, as one snapshot of the lake has it. It never changes: the next snapshot makes another. */
export type Gold = {
  /** The snapshot's number. */
  version: number;
  /** When it was committed, ISO 8601. */
  at: string;
  /**
   * The time that half of the newest prices have reached, of the coins that came with the last landings: neither a stray price of
   * tomorrow moves it, nor coins that are asked no more.
   */
  newest: Date;
  schemaVersion: number;
  /** Rows held; a table that the lake does not have is not here. */
  tables: ReadonlyMap<ServedName, readonly ServedRow[]>;
  /** From where on rows are held, for the tables that are longer than that. */
  heldFrom: ReadonlyMap<ServedName, Date>;
  /** Tables that are not as they were in the snapshot before. */
  changed: readonly ServedName[];
};

/**
 * Read what is served in one look at the lake. Of tables that no commit has touched since `before` the rows are taken over.
 *
 * @returns undefined while the lake holds no price
 */
export function readGold(lake: Lake, before?: Gold): Promise<Gold | undefined> {
  return lake.snapshot(async session => {
    const { version, at, schema } = await newestSnapshot(session);
    const tables = await relationsOf(session);
    if (!tables.has('silver.crypto_prices')) return undefined;
    const newest = await newestPrice(session, before);
    if (!newest) return undefined;
    const sameSchema = before?.schemaVersion === schema;
    const touched = sameSchema ? await touchedSince(session, before.version) : undefined;
    const rows = new Map<ServedName, readonly ServedRow[]>();
    const heldFrom = new Map<ServedName, Date>();
    const changed: ServedName[] = [];
    for (const name of servedNames) {
      const { table, changesWith = [table], heldHours = 0, rowsAnHour = 0 } = servedTable(name);
      if (!tables.has(table)) continue;
      // Of many coins fewer hours: the latest prices, which are read first, tell how many there are.
      const affordable = mostHeld / (Math.max(1, rows.get('latest')?.length ?? 0) * rowsAnHour);
      const from = new Date(newest.getTime() - Math.min(heldHours, affordable) * 3_600_000);
      const isOld = touched && !changesWith.some(one => touched.has(one.split('.')[1]!));
      const old = isOld ? before?.tables.get(name) : undefined;
      const heldBefore = before?.heldFrom.get(name);
      if (heldHours) heldFrom.set(name, old && heldBefore ? heldBefore : from);
      rows.set(name, old ?? (await readRows(session, servedTable(name), heldHours ? { from } : {})));
      if (!old) changed.push(name);
    }
    return { version, at: at.toISOString(), newest, schemaVersion: schema, tables: rows, heldFrom, changed };
  });
}

/** A question for rows that are not held. */
export type Question = { coin?: string; from: Date; to?: Date; limit: number; offset: number };

/**
 * Read a page of a table in a look of its own, in order; one row more than asked for tells that there are more. `known`: the table
 * has rows of the coin, of whatever time.
 */
export function readOlder(
  lake: Lake,
  name: ServedName,
  { coin, from, to, limit, offset }: Question,
): Promise<{ version: number; at: string; rows: ServedRow[]; known: boolean }> {
  const table = servedTable(name);
  return lake.snapshot(async session => {
    const { version, at } = await newestSnapshot(session);
    const wanted = [
      ...(coin === undefined ? [] : ['coin_id = $coin']),
      ...(to === undefined ? [] : [`${table.time} < $to`]),
    ];
    const params = {
      from: new Date(textOf(table, from)),
      ...(coin !== undefined && { coin }),
      ...(to && { to: textOf(table, to) }),
    };
    const page = `limit ${limit + 1} offset ${offset}`; // numbers that the schema has checked
    const rows = await readRows(session, table, params, { where: wanted.join(' and '), page });
    const ofCoin = () =>
      readRows(session, table, { coin: coin!, from: new Date(0) }, { where: 'coin_id = $coin', page: 'limit 1' });
    const known = coin === undefined || rows.length > 0 || (await ofCoin()).length > 0;
    return { version, at: at.toISOString(), rows, known };
  });
}

/** An instant as text of the form in which the table's rows have theirs. */
export const textOf = ({ time }: ServedTable, at: Date): string =>
  time === 'date' || time === 'partition_date' ? at.toISOString().slice(0, 10) : at.toISOString();

/** As JSON text: DuckDB writes and V8 reads it ten times as fast as values one by one. In pieces: who asks goes in between. */
async function readRows(
  session: Session,
  { table, select, time, byCoin }: ServedTable,
  params: Record<string, Date | string>,
  { where = '', page = '' } = {},
): Promise<ServedRow[]> {
  const order = time ? `order by ${time}${byCoin ? ', coin_id' : ''}` : '';
  const chosen = `select * from (${select.replace('{table}', table)})`;
  const pieces = await session.rows<{ rows: string }>(
    `select cast(to_json(list(r order by n)) as varchar) as rows
     from (select r, row_number() over () - 1 as n from (${chosen} ${where && `where ${where}`} ${order} ${page}) as r)
     group by n // ${rowsAtOnce} order by n // ${rowsAtOnce}`,
    params,
  );
  const all: ServedRow[] = [];
  for (const { rows } of pieces) {
    for (const row of JSON.parse(rows) as ServedRow[]) all.push(row);
    await setImmediate();
  }
  return all;
}

/** Rows in pieces, with a pause behind each: who asks goes in between. */
export async function* inPieces<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    yield rows.slice(at, at + rowsAtOnce);
    await setImmediate();
  }
}

async function newestSnapshot(session: Session): Promise<{ version: number; at: Date; schema: number }> {
  const [newest] = await session.rows<{ version: number; at: Date; schema: number }>(
    `select snapshot_id as version, snapshot_time as at, schema_version as schema
     from lake.snapshots() order by snapshot_id desc limit 1`,
  );
  return newest!; // making the lake is the first
}

/** A coin that no landing of these last ones brought is asked no more, or silent: what time it is, the others tell. */
const recentLandings = 20;

/** After the first time a day is enough to find it in. */
async function newestPrice(session: Session, before?: Gold): Promise<Date | undefined> {
  const from = before ? new Date(before.newest.getTime() - 86_400_000) : new Date(0);
  const [row] = await session.rows<{ newest: Date | null }>(
    `with recent as (
       select topic, epoch, "partition", min(first_offset) as first_offset from pipeline.landing_ledger
       where landing_id > (select max(landing_id) from pipeline.landing_ledger) - ${recentLandings}
       group by topic, epoch, "partition"
     ), coins as (
       select max(last_updated) as newest, bool_or(kafka_offset >= first_offset) as is_recent
       from silver.crypto_prices left join recent
         on topic = kafka_topic and epoch = kafka_epoch and "partition" = kafka_partition
       where last_updated >= $from group by coin_id
     )
     select coalesce(quantile_disc(newest, 0.5) filter (is_recent), quantile_disc(newest, 0.5)) as newest from coins`,
    { from },
  );
  return row?.newest ?? undefined;
}

/** Names of the tables whose rows were changed after a snapshot; undefined when it is too long ago to tell. */
async function touchedSince(session: Session, version: number): Promise<Set<string> | undefined> {
  const [oldest] = await session.rows<{ oldest: number }>('select min(snapshot_id) as oldest from lake.snapshots()');
  if (!oldest || oldest.oldest > version + 1) return undefined;
  const rows = await session.rows<{ name: string }>(
    `select table_name as name from ducklake_table_info('lake') where cast(table_id as varchar) in (
       select unnest(list_concat(coalesce(changes['tables_inserted_into'], []), coalesce(changes['tables_deleted_from'], [])))
       from lake.snapshots() where snapshot_id > $version
     )`,
    { version },
  );
  return new Set(rows.map(({ name }) => name));
}

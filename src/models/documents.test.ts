import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lake, openLake } from '../lake/open.ts';
import { historyStart } from '../market/simulation.ts';
import { tape } from '../market/tape.ts';
import { landTape, pollMessages } from '../pipeline/land-tape.ts';
import { inRoot } from '../run/paths.ts';

const documents = ['schema-design.md', 'dimensional-model.md'].map(name =>
  readFileSync(inRoot('data-modeling', name), 'utf8'),
);

let lake: Lake;
beforeAll(async () => {
  lake = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });
  const to = new Date(historyStart.getTime() + 30 * 3_600_000);
  await landTape(lake, pollMessages(tape({ from: historyStart, to, intervalMs: 900_000 })));
}, 60_000);
afterAll(() => lake.close());

/** The columns of each table as the documents give them: "price_usd DOUBLE" by "silver.crypto_prices". */
function documented(): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const section of documents.flatMap(text => text.split(/^(?=##+ )/m))) {
    const [, table] = section.match(/^##+ ((?:bronze|silver|gold|star|pipeline)\.\w+)$/m) ?? [];
    if (!table) continue;
    const own = [...section.matchAll(/^\| (\w+) \| ([A-Z]+) \|/gm)].map(([, column, type]) => `${column} ${type}`);
    const [, source, rest] = section.match(/those\s+of\s+`([\w.]+)`(,\s+without[^.]*)?\./) ?? [];
    const without = [...(rest ?? '').matchAll(/`(\w+)`/g)].map(([, column]) => column);
    const others = source ? tables.get(source)!.filter(column => !without.includes(column.split(' ')[0]!)) : [];
    tables.set(table, [...own, ...others]);
  }
  return tables;
}

test('the documents name the tables of a lake, their columns and types, and nothing else', async () => {
  const real = await lake.rows<{ name: string; columns: string[] }>(`
    select
      schema_name || '.' || table_name as name,
      list(column_name || ' ' || replace(data_type, 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ') order by column_index) as columns
    from duckdb_columns() where database_name = 'lake' and schema_name in ('bronze', 'silver', 'gold', 'star', 'pipeline')
    group by all`);
  expect(Object.fromEntries(documented())).toEqual(
    Object.fromEntries(real.map(({ name, columns }) => [name, columns])),
  );
});

test('every file of sql/ is a table or view of the lake', async () => {
  const files = readdirSync(inRoot('sql'), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.sql'));
  const names = files.map(file => file.slice(0, -'.sql'.length).replace(/[/\\]/, '.'));
  expect(names.filter(name => !documented().has(name))).toEqual([]);
});

const queries = documents.flatMap(text => [...text.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql!));

test.each(queries.map(sql => [sql.trim().split('\n')[0], sql]))(
  'the documents answer with rows: %s',
  async (_, sql) => {
    expect((await lake.rows(sql!)).length).toBeGreaterThan(0);
  },
);

test('the surrogate key is what the document says', async () => {
  const [found] = await lake.rows(`
    select count(*) as n from star.dim_crypto where crypto_key <> md5(coin_id || '|' || epoch_us(valid_from)::varchar)`);
  expect(found).toEqual({ n: 0 });
  expect(await lake.rows(`select epoch_us(timestamptz '2026-03-02T00:00:00Z') as us`)).toEqual([
    { us: 1772409600000000 },
  ]);
});

test.each(['fact_crypto_ticks', 'fact_crypto_hourly'])('every key of %s is in its dimension', async fact => {
  const [counts] = await lake.rows<{ facts: number; coins: number; minutes: number }>(`
    select count(*) as facts, count(coin.crypto_key) as coins, count(minute.time_key) as minutes
    from star.${fact} left join star.dim_crypto as coin using (crypto_key) left join star.dim_time as minute using (time_key)`);
  expect(counts!.facts).toBeGreaterThan(0);
  expect([counts!.coins, counts!.minutes]).toEqual([counts!.facts, counts!.facts]);
});

test('every tick lies within its version', async () => {
  expect(
    await lake.rows(`
      select count(*) as n from star.fact_crypto_ticks as fact join star.dim_crypto as coin using (crypto_key)
      where fact.coin_id <> coin.coin_id or fact.last_updated < coin.valid_from or fact.last_updated >= coin.valid_to`),
  ).toEqual([{ n: 0 }]);
});

import { existsSync, globSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takeTurn, tryTurn } from '../run/turn.ts';
import { again } from './again.ts';
import { asOf, filesOf, snapshots } from './history.ts';
import { withoutPasswords } from './location.ts';
import { maintain } from './maintain.ts';
import { type Lake, openLake } from './open.ts';
import { execute, query } from './rows.ts';
import { writeIn } from './write.ts';

const path = join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite');
let lake: Lake;
beforeAll(async () => {
  lake = await openLake({ path });
  await lake.write('make a table', tx =>
    tx.run('create schema gold; create table gold.t (n bigint, seen timestamptz)'),
  );
});
afterAll(() => lake.close());

const count = async (from = 'gold.t') => (await lake.rows<{ n: number }>(`select count(*) as n from ${from}`))[0]!.n;
const add = (n: number) => lake.write(`add ${n}`, tx => tx.run('insert into gold.t values ($n, now())', { n }));

test('values go in by name or position and come back as JavaScript knows them', async () => {
  const seen = new Date('2026-03-02T01:02:03.456Z');
  const sql = `select $1 as day, $2 as big, $3 as safe, $4 as bytes, $5 as list, $6 as nothing, 1.25::decimal(5, 2) as price`;
  expect(await lake.rows(sql, [seen, 2n ** 53n, 7n, Buffer.from([0, 255]), [1, 2.5], null])).toEqual([
    { day: seen, big: 2n ** 53n, safe: 7, bytes: Buffer.from([0, 255]), list: [1, 2.5], nothing: null, price: 1.25 },
  ]);
  expect(await lake.rows('select $a + 1 as b', { a: 1 })).toEqual([{ b: 2 }]);
});

test('a read that would change the lake is refused and says how to write', async () => {
  await expect(lake.rows('delete from gold.t')).rejects.toThrow('Write through lake.write');
});

test('a read may be explained with its times, and a change may not: it would be done', async () => {
  await add(1);
  const before = await count();
  for (const change of ['explain analyze delete from gold.t', 'explain (analyze) insert into gold.t from gold.t'])
    await expect(lake.rows(change)).rejects.toThrow('Write through lake.write');
  expect(await count()).toBe(before);
  expect(await lake.rows('explain analyze select * from gold.t where n > $n', { n: 0 })).toHaveLength(1);
  expect(await lake.rows('explain delete from gold.t')).not.toHaveLength(0);
});

test('nor is it when the catalog goes away under a statement', async () => {
  const refuse = async () => {
    const error = new Error('Unable to connect to Postgres at "dbname=x password=geheim": refused');
    expect(error.stack).toContain('geheim'); // made when it is first asked for
    throw error;
  };
  const gone = { run: refuse, prepare: refuse, extractStatements: refuse } as never;
  for (const failing of [
    () => query(gone, 'select 1', [1]),
    () => query(gone, 'select 1', undefined, 'reads'),
    () => execute(gone, 'select 1; select 2'),
    () => again(refuse),
  ])
    await failing().then(
      () => expect.unreachable(),
      error => {
        expect(inspect(error)).toContain('dbname=x password=…');
        expect(inspect(error) + error.stack).not.toContain('geheim');
      },
    );
});

test('the password of a catalog is shown in no error', async () => {
  const opening = openLake({ path: "postgres:dbname=x host=127.0.0.1 port=1 user=u password='ge heim'" });
  const error = await opening.catch(error => error);
  expect(error.message).toContain('port=1');
  expect(error.stack).not.toContain('heim');
  expect(withoutPasswords('at postgres://u:geheim@host/x')).toBe('at postgres://u:…@host/x');
  expect(withoutPasswords('at postgres://u:ge@heim@host/x')).toBe('at postgres://u:…@host/x');
  for (const secret of ['"ge heim"', "'ge heim'", 'ge\\ heim', "ge'heim"])
    expect(withoutPasswords(`host=h password=${secret} user=u`)).toBe('host=h password=… user=u');
});

test('an error inside a transaction leaves nothing behind', async () => {
  const before = await count();
  const failing = lake.write('fail', async tx => {
    await tx.run('insert into gold.t values (1, now())');
    throw new Error('no luck');
  });
  await expect(failing).rejects.toThrow('no luck');
  expect(await count()).toBe(before);
});

test('a statement that nobody awaited is neither committed nor left behind', async () => {
  const before = await count();
  const forgotten = lake.write('forgotten', async tx => {
    tx.run('insert into gold.t select 9, now() from range(20000)').catch(() => {});
  });
  await expect(forgotten).rejects.toThrow('Put "await" before every tx.run');
  const killed = lake.write('killed', async tx => {
    tx.run('insert into gold.t select 9, now() from range(20000)').catch(() => {});
    throw new Error('killed');
  });
  await expect(killed).rejects.toThrow('killed');
  expect(await count()).toBe(before);
  const kept = await lake.write('kept', async tx => tx);
  await expect(kept.run('select 1')).rejects.toThrow('its function has ended');
});

test('a conflict is tried again as a whole', async () => {
  let tries = 0;
  await lake.write('try twice', async tx => {
    await tx.run('insert into gold.t values (2, now())');
    if (++tries === 1) throw new Error('database is locked');
  });
  expect(tries).toBe(2);
  expect(await count('(from gold.t where n = 2)')).toBe(1);
});

test('two openings in one process share one instance and see each other', async () => {
  const other = await openLake({ path });
  await other.write('from the other', tx => tx.run('insert into gold.t values (3, now())'));
  expect(await count('(from gold.t where n = 3)')).toBe(1);
  await other.close();
  expect(await count('(from gold.t where n = 3)')).toBe(1);
});

test('a read-only opening reads, refuses to write and refuses a lake that is not there', async () => {
  const reader = await openLake({ path, readOnly: true });
  expect(await reader.rows('select 1 as one')).toEqual([{ one: 1 }]);
  await expect(reader.write('x', async () => {})).rejects.toThrow('open for reading only');
  const session = await reader.session();
  await expect(session.run('insert into gold.t values (4, now())')).rejects.toThrow(/read-only/i);
  await reader.close();
  const nowhere = openLake({ path: join(path, '..', 'nowhere', 'catalog.sqlite'), readOnly: true });
  await expect(nowhere).rejects.toThrow('npm start');
});

test('reads go on while a transaction is open, and see it only when it is done', async () => {
  const before = await count();
  await lake.write('slow', async tx => {
    await tx.run('insert into gold.t values (5, now())');
    expect(await Promise.all([count(), count(), count()])).toEqual([before, before, before]);
  });
  expect(await count()).toBe(before + 1);
});

test('the first reads and the first write of new openings may come all at once', async () => {
  for (let round = 0; round < 4; round++) {
    const other = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });
    await other.write('make t', tx => tx.run('create table lake.main.t as select 1 as n'));
    const reads = Array.from({ length: 14 }, () => other.rows('from main.t'));
    await Promise.all([...reads, other.write('add', tx => tx.run('insert into main.t values (2)'))]);
    await other.close();
  }
});

test('a look at a snapshot stays the same while others write', async () => {
  await lake.snapshot(async session => {
    const sql = 'select count(*) as n from gold.t';
    const before = await session.rows(sql);
    await add(6);
    expect(await session.rows(sql)).toEqual(before);
  });
});

test('a look at a snapshot stays the same while others delete', async () => {
  await using thin = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });
  const sql = 'select count(*) as n, count(*) filter (where n < 3) as gone from main.t';
  await thin.write('make', tx => tx.run('create table main.t as select range as n from range(1000)'));
  await thin.write('delete', tx => tx.run('delete from main.t where n < 3'));
  await thin.snapshot(async session => {
    expect(await session.rows(sql)).toEqual([{ n: 997, gone: 0 }]);
    // Each puts a longer list of what is deleted from the file in the place of the one before.
    for (const n of [100, 101]) await thin.write('more', tx => tx.run('delete from main.t where n = $n', { n }));
    expect(await session.rows(sql)).toEqual([{ n: 997, gone: 0 }]);
  });
  expect(await thin.rows(sql)).toEqual([{ n: 995, gone: 0 }]);
  expect(globSync(join(thin.at.side, 'tmp', 'pinned-*'))).toEqual([]);
});

test('rows become a Polars frame and a frame becomes rows', async () => {
  const frame = await lake.frame('select n, seen from gold.t where n = $n', { n: 6 });
  expect(frame.columns).toEqual(['n', 'seen']);
  await lake.write('twice', tx => tx.insertFrame('gold.t', frame));
  expect(await count('(from gold.t where n = 6)')).toBe(2);
});

test('closing waits for the write under way, and refuses further ones', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite');
  const other = await openLake({ path: file });
  const begun = Promise.withResolvers<void>();
  const slow = other.write('slow', async tx => {
    begun.resolve();
    for (let n = 0; n < 5; n++)
      await tx.run(n === 0 ? 'create table lake.main.t as select 0 as n' : `insert into main.t values (${n})`);
  });
  await begun.promise;
  const closed = other.close();
  await expect(slow).resolves.toBeUndefined();
  await closed;
  await expect(other.write('late', async () => {})).rejects.toThrow('the lake was closed');
  await using again = await openLake({ path: file });
  expect(await again.rows('select count(*) as n from main.t')).toEqual([{ n: 5 }]);
});

test('neither rows nor a frame change anything', async () => {
  const before = await count();
  await expect(lake.frame('select 1 as a; delete from gold.t')).rejects.toThrow('wanted one query');
  await expect(lake.rows('select 1 as a; delete from gold.t')).rejects.toThrow();
  expect(await count()).toBe(before);
});

test('a read of endless rows ends with a reason instead of all memory', async () => {
  await expect(lake.rows('select a.range from range(100_000_000) a, range(100_000_000) b')).rejects.toThrow(
    'more than 1,000,000 rows. Does a join lack its condition?',
  );
  expect(await lake.rows('select count(*)::integer as n from range(1_000_001)')).toEqual([{ n: 1_000_001 }]);
  expect(await lake.rows('select range from range(1_000_000)')).toHaveLength(1_000_000);
});

test('who waits for a turn that does not come gives up once, and says so', async () => {
  using _held = tryTurn(join(lake.at.side, 'turn.sqlite'));
  const session = await lake.session();
  let tries = 0;
  const write = writeIn(session, lake.at, 'x', async () => void tries++, { patienceMs: 50 });
  await expect(write).rejects.toThrow('another process has held its turn');
  expect(tries).toBe(0);
});

test('the past is there by version and by time', async () => {
  const [before] = (await snapshots(lake)).slice(-1);
  const rows = await count();
  await add(7);
  expect(await count(asOf('gold.t', before!.version))).toBe(rows);
  expect(await count(asOf('gold.t', new Date(before!.at.getTime() + 1)))).toBe(rows);
  expect((await snapshots(lake)).at(-1)!.message).toBe('add 7');
  expect(() => asOf('gold.t; drop', 1)).toThrow('wanted a table');
});

test('maintenance merges files, deletes orphans and keeps rows and the kept snapshots', async () => {
  for (let n = 10; n < 15; n++) await add(n);
  const rows = await count();
  const [, kept] = await snapshots(lake);
  const orphan = join(lake.at.data, 'gold', 't', 'orphan.parquet');
  writeFileSync(orphan, '');
  const files = (await filesOf(lake, 'gold.t')).length;

  const careful = await maintain(lake);
  expect(careful).toMatchObject({ merged: files, expired: 0, orphans: 1 });
  expect(await filesOf(lake, 'gold.t')).toHaveLength(1);
  await expect(filesOf(lake, 'gold.nope')).rejects.toThrow('The lake has no table "gold.nope"');
  expect(existsSync(orphan)).toBe(false);
  expect(await count()).toBe(rows);
  expect(await count(asOf('gold.t', kept!.version))).toBe(0);

  const strict = await maintain(lake, { keepMs: 0 });
  expect(strict!.cleaned).toBe(files);
  expect(strict!.expired).toBeGreaterThan(5);
  expect(await count()).toBe(rows);
  expect(globSync('**/*.parquet', { cwd: join(lake.at.data, 'gold') })).toHaveLength(1);
  expect(await maintain(lake, { keepMs: 0 })).toMatchObject({ cleaned: 0, merged: 0, orphans: 0 });
});

test('files with deleted rows are written anew, and the past stays as it was', async () => {
  await lake.write('make gold.slices', tx => tx.run('create table gold.slices (n integer)'));
  for (let n = 0; n < 12; n++)
    await lake.write(`slice ${n}`, async tx => {
      await tx.run('delete from gold.slices where n >= $from', { from: n * 50 });
      await tx.run('insert into gold.slices select * from range($from, $to)', { from: n * 50, to: n * 50 + 100 });
    });
  const past = (await snapshots(lake)).at(-4)!;
  const rows = await count('gold.slices');
  const then = await count(asOf('gold.slices', past.version));
  expect(then).toBeLessThan(rows);
  expect(await maintain(lake, { quick: true })).toMatchObject({ rewritten: 11 });
  expect(await filesOf(lake, 'gold.slices')).toHaveLength(1);
  expect(await count('gold.slices')).toBe(rows);
  expect(await count(asOf('gold.slices', past.version))).toBe(then);
});

test('a snapshot sees the same rows from beginning to end, and what takes files away waits for it', async () => {
  for (let n = 20; n < 25; n++) await add(n);
  const files = (await filesOf(lake, 'gold.t')).length;
  await using reader = await openLake({ path: lake.at.catalog, readOnly: true });
  const sql = 'select count(*) as n from gold.t';
  await reader.snapshot(async session => {
    const [before] = await session.rows<{ n: number }>(sql);
    const done = await maintain(lake, { keepMs: 0 });
    expect(done).toMatchObject({ cleaned: 0, merged: 0, expired: 0, orphans: 0, readsUnderWay: true, failed: null });
    const [after] = await session.rows<{ n: number }>(sql);
    expect(after).toEqual(before);
  });
  expect(await maintain(lake)).toMatchObject({ merged: files });
});

test.each([
  ['rewrite', { rewritten: 0, merged: 0, expired: 0 }],
  ['merge', { merged: 0, expired: 0 }],
  ['expire', { expired: 0 }],
])('a read that began after the clean-up keeps out what would %s', async (kind, undone) => {
  await lake.write('change', tx => tx.run('create or replace table gold.changed as select range as n from range(100)'));
  await lake.write('delete', tx => tx.run('delete from gold.changed where n < 10'));
  for (let n = 30; n < 32; n++) await add(n);
  let look: Promise<void> | undefined;
  const end = Promise.withResolvers<void>();
  const disturbed: Lake = {
    ...lake,
    write: async (message, work, beforeCommit) => {
      if (message.startsWith(kind)) look ??= lake.snapshot(() => end.promise);
      return lake.write(message, work, beforeCommit);
    },
  };
  const done = await maintain(disturbed, { keepMs: 0 });
  end.resolve();
  expect(look).toBeDefined();
  expect(done).toMatchObject({ ...undone, orphans: 0, readsUnderWay: true, failed: null });
  await look;
});

test('a quick round leaves few deleted rows and killed writers to a thorough one', async () => {
  await lake.write('change', tx => tx.run('create or replace table gold.changed as select range as n from range(100)'));
  await lake.write('delete', tx => tx.run('delete from gold.changed where n < 10'));
  const orphan = join(lake.at.data, 'gold', 't', 'orphan.parquet');
  writeFileSync(orphan, '');
  expect(await maintain(lake, { quick: true })).toMatchObject({ rewritten: 0, orphans: 0, failed: null });
  const thorough = await maintain(lake);
  expect(thorough!.rewritten).toBeGreaterThan(0);
  expect(thorough!.orphans).toBeGreaterThan(0);
  expect(existsSync(orphan)).toBe(false);
});

test('only one does maintenance at a time', async () => {
  using _other = tryTurn(join(lake.at.side, 'maintenance.sqlite'));
  expect(await maintain(lake)).toBeUndefined();
});

test('turns are given in order, one at a time, and patience ends with a message', async () => {
  const file = join(lake.at.side, 'some-turn.sqlite');
  const first = await takeTurn(file);
  expect(tryTurn(file)).toBeUndefined();
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async n => {
    using _turn = await takeTurn(file);
    order.push(n);
  });
  expect(order).toEqual([]);
  first.release();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
});

test('closing waits for the reads under way, and refuses further ones', async () => {
  const lake = await openLake({ path: join(mkdtempSync(join(tmpdir(), 'ticklake-')), 'catalog.sqlite') });
  const read = lake.rows<{ n: number }>('select count(*) as n from range(20_000_000) a where hash(a.range) % 3 = 0');
  await lake.close();
  const [found] = await Promise.race([read, Promise.resolve([{ n: 0 }])]);
  expect(found!.n).toBeGreaterThan(6_000_000);
  await expect(lake.rows('select 1')).rejects.toThrow(/it was closed/);
});

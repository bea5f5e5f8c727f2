import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openLake } from './open.ts';
import { type Postgres, startPostgres } from './postgres.fixture.ts';

let postgres: Postgres;
let catalog: string;
beforeAll(async () => {
  vi.stubEnv('TICKLAKE_STATE', mkdtempSync(join(tmpdir(), 'ticklake-catalog-')));
  postgres = await startPostgres();
  const { hostname, port, username, password, pathname } = new URL(postgres.at);
  catalog = `postgres:dbname=${pathname.slice(1)} host=${hostname} port=${port} user=${username} password=${password}`;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await postgres[Symbol.asyncDispose]();
});

test('a lake has its catalog in PostgreSQL: it is written, read at a snapshot, and served confined', async () => {
  await using lake = await openLake({ path: catalog });
  await lake.write('make a table', tx =>
    tx.run('create schema my; create table my.t as select range as n from range(5)'),
  );
  const rows = 'select n from my.t order by n';
  expect(await lake.snapshot(session => session.rows(rows))).toHaveLength(5);
  await using reader = await openLake({ path: catalog, readOnly: true, confined: true });
  await lake.write('add a row', tx => tx.run('insert into my.t values (5)'));
  expect(await reader.snapshot(session => session.rows(rows))).toHaveLength(6);
  await expect(reader.rows(`from read_text('/etc/hostname')`)).rejects.toThrow(/Permission|disabled|Cannot access/i);
});

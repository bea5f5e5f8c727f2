import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { takeTurn } from '../run/turn.ts';
import { again } from './again.ts';
import { extensionFile, extensionSettings } from './extensions.ts';
import { hidePasswords, type Location, withoutPasswords } from './location.ts';
import { ownPlace } from './own-place.ts';
import { literal } from './rows.ts';

/** A DuckDB in memory, to which a lake can be attached; `close` ends it and deletes what it spilled. */
export type Engine = { instance: DuckDBInstance; close(): void };

export type EngineOptions = { memory?: string; threads?: number };

/** Start a DuckDB with all that lakes need loaded, beside the lake that it is for. */
export async function startEngine(at: Location, { memory = '1GB', threads = 2 }: EngineOptions): Promise<Engine> {
  // DuckDB names the files in it the same everywhere: shared by two, they would read each other's rows.
  const spill = ownPlace(at.side, 'spill');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memory,
    threads: String(threads),
    temp_directory: spill,
    max_temp_directory_size: '20GB',
    enable_external_file_cache: 'false',
    // Attaching looks into it; the user's home, where it lies else, is closed once this is confined.
    secret_directory: join(at.side, 'secrets'),
    ...extensionSettings,
  });
  const close = () => {
    instance.closeSync();
    rmSync(spill, { recursive: true, force: true });
  };
  try {
    await withConnection(instance, async connection => {
      for (const name of ['ducklake', at.kind === 'sqlite' ? 'sqlite_scanner' : 'postgres_scanner'])
        await connection.run(`load ${literal(extensionFile(name))}`);
      await connection.run(`set global TimeZone = 'UTC'`);
    });
    return { instance, close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Attach a lake as `lake`; it is made when there is none, unless it is attached for reading.
 *
 * @throws when a catalog in PostgreSQL belongs to another folder
 */
export async function attachLake({ instance }: Engine, at: Location, readOnly: boolean): Promise<void> {
  mkdirSync(at.data, { recursive: true });
  const settings = [
    `data_path ${literal(`${at.data}/`)}`,
    'data_inlining_row_limit 0',
    // A file goes with its folder, which may have been moved; a catalog in PostgreSQL belongs to the folder that made it.
    ...(at.kind === 'sqlite' ? ['override_data_path true', 'meta_busy_timeout 0'] : []),
    ...(at.kind === 'sqlite' && !readOnly ? [`meta_journal_mode 'WAL'`] : []),
    ...(readOnly ? ['read_only'] : []),
  ];
  try {
    // Making a catalog writes to it.
    using _turn = readOnly ? undefined : await takeTurn(join(at.side, 'turn.sqlite'));
    await withConnection(instance, connection =>
      again(() => connection.run(`attach ${literal(`ducklake:${at.catalog}`)} as lake (${settings.join(', ')})`)),
    );
  } catch (error) {
    if (/does not match existing data path/.test(String(error)))
      throw new Error(
        `Cannot open the lake: ${withoutPasswords(at.catalog)} holds that of another folder. Give this one a database of its own.`,
      );
    throw hidePasswords(error);
  }
}

/** Take the lake away again; connections that used it must be closed. */
export const detachLake = ({ instance }: Engine): Promise<void> =>
  withConnection(instance, async connection => {
    await connection.run('detach lake');
  });

/** Let a DuckDB open nothing but the lake's folder from now on; it takes none of this back. See `keepInside` for its rest. */
export const confine = ({ instance }: Engine, at: Location): Promise<void> =>
  withConnection(instance, async connection => {
    await connection.run(`set global allowed_directories = [${literal(`${at.side}/`)}]`);
    await connection.run('set global enable_external_access = false');
    await connection.run('set global lock_configuration = true');
  });

/**
 * Refuse, on a connection to a confined DuckDB, what its own settings let through: the extensions for SQLite and PostgreSQL open
 * what they are told by themselves, as a table function and attached; and what would say such a thing in pieces.
 */
export function keepInside(connection: DuckDBConnection): DuckDBConnection {
  const outside = /\battach\b|\b(?:sqlite|postgres)_\w|\bquery(?:_table)?\s*\(|\bjson_execute_serialized_sql\b/i;
  for (const name of ['run', 'prepare', 'extractStatements'] as const) {
    const ask = connection[name].bind(connection) as (sql: string, ...more: never[]) => never;
    connection[name] = (sql: string, ...more: never[]) => {
      if (outside.test(sql))
        throw new Error('Cannot run this here: access to other databases is disabled by configuration.');
      return ask(sql, ...more);
    };
  }
  return connection;
}

async function withConnection<T>(
  instance: DuckDBInstance,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

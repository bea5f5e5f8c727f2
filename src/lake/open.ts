import type { DuckDBConnection } from '@duckdb/node-api';
import type { DataFrame } from 'nodejs-polars';
import { again, isPassing } from './again.ts';
import { anchorCatalog } from './anchor.ts';
import { attachLake, confine, detachLake, type Engine, keepInside, startEngine } from './attach.ts';
import { readFrame } from './frame.ts';
import { type Location, lakeAt, lakeExists } from './location.ts';
import { pinCatalog } from './pin.ts';
import { beginRead } from './read-lock.ts';
import { type Params, query, type Row } from './rows.ts';
import { type Session, sessionOn, type Tx } from './session.ts';
import { type BeforeCommit, writeIn } from './write.ts';

export type { Params, Row } from './rows.ts';
export type { Session, Tx } from './session.ts';

/** An open lake. Tables are `bronze.x`, `silver.x`, `gold.x`, `star.x`, `pipeline.x`. */
export type Lake = {
  readonly at: Location;
  readonly readOnly: boolean;
  /** Rows of a query; refuses statements that change something. Several may run at once, none waits for a writer. */
  rows<T = Row>(sql: string, params?: Params): Promise<T[]>;
  /** The same as a Polars frame. */
  frame(sql: string, params?: Params): Promise<DataFrame>;
  /** The only way to write: one transaction with a message, see write.ts. Transactions of one opening run one after another. */
  write<T>(message: string, work: (tx: Tx) => Promise<T>, beforeCommit?: BeforeCommit): Promise<T>;
  /**
   * Reads on one connection, which keeps their variables and temporary tables. Each sees what is committed when it begins; of
   * tables that others delete from meanwhile, it may see rows of before and after. For tables that are appended to.
   */
  reads<T>(look: (session: Session) => Promise<T>): Promise<T>;
  /** A consistent look, some 50 ms dearer: every read inside sees the same snapshot, whatever others commit meanwhile. */
  snapshot<T>(look: (session: Session) => Promise<T>): Promise<T>;
  /**
   * A connection of one's own, closed with the lake. No merge waits for what it reads (see read-lock.ts): the lake's tables are
   * read by those above, or inside `write`.
   */
  session(): Promise<Session>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * How to open; memory ("512MB") and threads count for the first opening of a lake in a process. `confined`: its DuckDB opens no
 * file outside of the lake's folder, fetches nothing and cannot be told otherwise, for those who answer strangers.
 */
export type LakeOptions = { path?: string; readOnly?: boolean; memory?: string; threads?: number; confined?: boolean };

/** Engines with nothing attached wait in `idle` for the next look at a copy: to start one takes two thirds as long as the rest. */
type Attached = Engine & { idle: Engine[] };
type Shared = { attached: Promise<Attached>; openings: number };

// Two instances on one lake in one process would not see each other's locks. The map outlives a module that a notebook reloads.
const home = globalThis as typeof globalThis & { ticklakeInstances?: Map<string, Shared> };
home.ticklakeInstances ??= new Map();
const instances = home.ticklakeInstances;

/**
 * Open the lake; it is made when there is none, unless it is opened read-only.
 *
 * @param options - `path`: a catalog file or "postgres:…" (default: `TICKLAKE_CATALOG`, or this run's own lake)
 * @throws when a read-only lake does not exist, or the set-up has not brought DuckDB's extensions
 * @example
 * await using lake = await openLake({ readOnly: true });
 * await lake.rows('select count(*) as n from bronze.crypto_ticks_raw');
 */
export async function openLake(options: LakeOptions = {}): Promise<Lake> {
  const at = lakeAt(options.path);
  const readOnly = options.readOnly ?? false;
  const key = `${at.catalog}${readOnly ? ' read-only' : ''}${options.confined ? ' confined' : ''}`;
  const shared = instances.get(key) ?? { attached: attach(at, readOnly, options), openings: 0 };
  instances.set(key, shared);
  shared.openings++;
  let attached: Attached;
  try {
    attached = await shared.attached;
  } catch (error) {
    instances.delete(key);
    throw error;
  }
  let open = true;
  const connections: DuckDBConnection[] = [];
  const idle: DuckDBConnection[] = [];
  const guarded = options.confined ? keepInside : (connection: DuckDBConnection) => connection;
  const connect = async () => {
    const connection = guarded(await attached.instance.connect());
    await again(() => connection.run('use lake'));
    connections.push(connection);
    return connection;
  };
  const onConnection = async <T>(read: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = idle.pop() ?? (await connect());
    try {
      return await again(() => read(connection), mayRead);
    } finally {
      idle.push(connection);
    }
  };
  const underWay = new Set<Promise<unknown>>();
  /** Read with clean-ups and merges kept out, and let a closing wait for it. */
  const reading = <T>(read: () => Promise<T>): Promise<T> => {
    const done = (async () => {
      if (!open) throw new Error('Cannot read the lake: it was closed. Open it again with openLake().');
      using _read = await beginRead(at);
      return await read();
    })();
    const settled: Promise<unknown> = done.then(
      () => underWay.delete(settled),
      () => underWay.delete(settled),
    );
    underWay.add(settled);
    return done;
  };
  /**
   * Read as of one moment. What somebody commits meanwhile may fall between the read's questions to the catalog (read-lock.ts):
   * then it is done once more, and when that happens again, on a copy.
   */
  const readSteadily = async <T>(read: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    if (at.kind === 'postgres') return onConnection(read);
    for (let tries = 0; tries < 2; tries++) {
      const before = await onConnection(lastSnapshot);
      const [done] = await Promise.allSettled([onConnection(read)]);
      if ((await onConnection(lastSnapshot)) !== before) continue;
      if (done.status === 'rejected') throw done.reason;
      return done.value;
    }
    return lookAtCopy(session => read(session.connection));
  };
  let writer: Promise<Session> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const close = async () => {
    if (!open) return;
    open = false;
    // A connection that is closed under its query waits for itself, and the process never ends.
    await Promise.all([last, ...underWay]);
    for (const connection of connections) connection.closeSync();
    if (--shared.openings > 0) return;
    instances.delete(key);
    attached.close();
  };

  const session = async () => sessionOn(await connect(), at.side);

  /**
   * Look at the lake as it is now, in a DuckDB of its own over a copy of the catalog. A transaction on the catalog itself would
   * not do: what others delete meanwhile changes what it sees (read-lock.ts).
   */
  const lookAtCopy = async <T>(look: (session: Session) => Promise<T>): Promise<T> => {
    const asking = await attached.instance.connect();
    using pinned = await pinCatalog(asking, at).finally(() => asking.closeSync());
    const engine = attached.idle.pop() ?? (await startForCopies(at, options));
    let connection: DuckDBConnection | undefined;
    try {
      await attachLake(engine, pinned.at, true);
      connection = guarded(await engine.instance.connect());
      await connection.run('use lake');
      return await look(sessionOn(connection, at.side));
    } finally {
      connection?.closeSync();
      await keepFor(attached, engine);
    }
  };

  return {
    at,
    readOnly,
    rows: (sql, params) => reading(() => readSteadily(connection => query(connection, sql, params, 'reads'))),
    frame: (sql, params) => reading(() => readSteadily(connection => readFrame(connection, at.side, sql, params))),
    write: (message, work, beforeCommit) => {
      if (readOnly)
        return Promise.reject(
          new Error(
            `Cannot write "${message}": this lake is open for reading only. Write to a station's own lake, or open it with openLake().`,
          ),
        );
      if (!open)
        return Promise.reject(
          new Error(`Cannot write "${message}": the lake was closed. Open it again with openLake().`),
        );
      writer ??= session().catch(error => {
        writer = undefined;
        throw error;
      });
      const done = last.then(async () => writeIn(await writer!, at, message, work, { beforeCommit }));
      last = done.catch(() => {});
      return done;
    },
    reads: look => reading(() => onConnection(connection => look(sessionOn(connection, at.side)))),
    snapshot: look => reading(() => (at.kind === 'sqlite' ? lookAtCopy(look) : onConnection(lookInOne(at.side, look)))),
    session,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Look in one transaction, which a catalog in PostgreSQL keeps apart from all others. */
const lookInOne =
  <T>(side: string, look: (session: Session) => Promise<T>) =>
  async (connection: DuckDBConnection): Promise<T> => {
    await connection.run('begin');
    try {
      return await look(sessionOn(connection, side));
    } finally {
      await connection.run('rollback');
    }
  };

async function attach(at: Location, readOnly: boolean, options: LakeOptions): Promise<Attached> {
  if (readOnly && !lakeExists(at))
    throw new Error(
      `Cannot read the lake: no catalog at ${at.catalog}. Start the pipeline ("npm start"), or set TICKLAKE_CATALOG.`,
    );
  const engine = await startEngine(at, options);
  try {
    await attachLake(engine, at, readOnly);
    if (options.confined) await confine(engine, at);
    const anchor = at.kind === 'sqlite' ? await anchorCatalog(engine.instance) : undefined;
    const idle: Engine[] = [];
    const close = () => {
      for (const other of idle) other.close();
      anchor?.closeSync();
      engine.close();
    };
    return { instance: engine.instance, idle, close };
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function startForCopies(at: Location, options: LakeOptions): Promise<Engine> {
  const engine = await startEngine(at, options);
  if (options.confined) await confine(engine, at);
  return engine;
}

/** Take the copy from an engine, for the next look; one that fails in that is of no more use, and one is enough to keep. */
async function keepFor({ idle }: Attached, engine: Engine): Promise<void> {
  const empty = await detachLake(engine).then(
    () => true,
    () => false,
  );
  if (empty && idle.length === 0) idle.push(engine);
  else engine.close();
}

/** The lake's last snapshot, of which every commit makes another. */
async function lastSnapshot(connection: DuckDBConnection): Promise<unknown> {
  const [row] = await query(
    connection,
    'select max(snapshot_id) as last from __ducklake_metadata_lake.main.ducklake_snapshot',
  );
  return row!.last;
}

/** A lock that passes, or a file that was merged away under the read. */
const mayRead = (error: unknown): boolean =>
  isPassing(error) || (error instanceof Error && /No files found|Cannot open file|No such file/i.test(error.message));

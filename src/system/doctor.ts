import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { waitForBroker } from '../kafka/connect.ts';
import { findJava } from '../kafka/java.ts';
import { lakeAt, lakeExists, withoutPasswords } from '../lake/location.ts';
import { openLake } from '../lake/open.ts';
import { inRoot } from '../run/paths.ts';
import { preferredPorts } from '../run/ports.ts';
import { readRun, type ServiceName } from '../run/run-file.ts';
import { brokers, lakeLocation } from '../run/settings.ts';

export interface Finding {
  check: string;
  state: 'good' | 'warning' | 'wrong';
  found: string;
  mend?: string;
}

/** Check what runs on top of what set-up brought: Java, the kernel, DuckDB's extensions, ports, the broker, the lake. */
export async function diagnoseSystem(): Promise<Finding[]> {
  const setup = 'Run "npm run setup".';
  return [
    await check('Java runs', java, `Remove .venv and run "npm run setup".`),
    await check('TypeScript kernel', kernel, setup),
    await check('DuckDB and its extension files', extensions, `Remove .venv and run "npm run setup".`),
    ...(await Promise.all(Object.entries(preferredPorts).map(port))),
    ...services(),
    await broker(),
    await lake(),
  ];
}

async function check(name: string, find: () => Promise<string>, mend: string): Promise<Finding> {
  try {
    return { check: name, state: 'good', found: await find() };
  } catch (error) {
    return { check: name, state: 'wrong', found: (error as Error).message.split('\n')[0]!, mend };
  }
}

async function java(): Promise<string> {
  const { stderr } = await execa(findJava(), ['-version']);
  return stderr.split('\n')[0]!;
}

async function kernel(): Promise<string> {
  const spec = inRoot('infra', 'jupyter', 'kernels', 'tslab', 'kernel.json');
  if (!existsSync(spec)) throw new Error(`found no ${spec}`);
  const load = "require('zeromq'); console.log(require('tslab/package.json').version)";
  const { stdout } = await execa(process.execPath, ['--eval', load], { cwd: inRoot() });
  return `tslab ${stdout}`;
}

async function extensions(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ticklake-doctor-'));
  try {
    await using lake = await openLake({ path: join(folder, 'catalog.sqlite') });
    const [row] = await lake.rows<{ version: string }>('select version() as version');
    return `DuckDB ${row!.version} opens a lake`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function port([name, number]: [string, number]): Promise<Finding> {
  const title = `port ${number} (${name})`;
  if (readRun()?.services[name as ServiceName]?.address?.includes(`:${number}`))
    return { check: title, state: 'good', found: 'ours' };
  const free = (await getPort({ port: number, host: '127.0.0.1' })) === number;
  if (free) return { check: title, state: 'good', found: 'free' };
  const mend = 'Nothing to do: another one is taken and shown when ticklake starts.';
  return { check: title, state: 'warning', found: 'in use by another program', mend };
}

/** What the supervisor says of each service of the running system. */
function services(): Finding[] {
  return Object.entries(readRun()?.services ?? {}).map(([check, { state, log }]) =>
    state === 'ready' || state === 'elsewhere'
      ? { check, state: 'good', found: state === 'ready' ? 'runs' : 'runs elsewhere' }
      : { check, state: 'warning', found: state, mend: `Look into ${log ?? 'its log'} if it stays so.` },
  );
}

async function broker(): Promise<Finding> {
  if (!process.env.KAFKA_BROKERS && !readRun()?.services.broker?.address)
    return { check: 'Kafka', state: 'good', found: 'not running; "npm start" starts it' };
  const answer = async () => {
    const { clusterId } = await waitForBroker(brokers(), { limitMs: 5000 });
    return `${brokers().join(', ')} answers (cluster ${clusterId})`;
  };
  return check('Kafka', answer, 'Look into its log, or stop and start ticklake again.');
}

async function lake(): Promise<Finding> {
  const at = lakeAt(lakeLocation());
  if (!lakeExists(at)) return { check: 'lake', state: 'good', found: 'none yet; "npm start" makes it' };
  const count = async () => {
    await using lake = await openLake({ path: lakeLocation(), readOnly: true });
    const [row] = await lake.rows<{ tables: number }>(
      "select count(*) as tables from duckdb_tables() where database_name = 'lake'",
    );
    return `${withoutPasswords(at.catalog)} opens, ${row!.tables} tables`;
  };
  return check('lake', count, 'Stop what uses it; if it stays, begin anew with "npm run reset".');
}

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Leashed, spawnLeashed } from '../run/leash.ts';
import { inTools } from '../run/paths.ts';
import { waitForBroker } from './connect.ts';
import { formatData, kafkaJars, writeSettings } from './data-dir.ts';
import { startAlone } from './data-lock.ts';
import { archiveBaseClasses, findJava } from './java.ts';
import { freePorts } from './ports.ts';

/** A broker that runs. It ends with this process, whatever ends that. */
export type Broker = {
  /** `127.0.0.1:port` */
  address: string;
  pid: number;
  clusterId: string;
  /** Settles when the broker has ended, whatever ended it. */
  exited: Leashed['exited'];
  running(): boolean;
  /** End it: its logs are flushed and closed; force after ten seconds. What it holds stays for the next start. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type BrokerOptions = {
  /** Folder of this broker's messages and settings; made when missing, kept between starts. */
  dataDir: string;
  /** Port for clients; another one is taken when it is in use. Any free one when left out or 0. */
  port?: number;
  /** File that takes what the broker says, appended; `broker.log` in `dataDir` when left out. */
  log?: string;
};

const patienceMs = 60_000; // until it answers

/** Small heap, no background compilers: a teaching broker is ready in about a second and rests at 150 to 300 MB. */
const flags = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:+IgnoreUnrecognizedVMOptions', // Java 17 and 18 know no archive that writes itself
  '-XX:+AutoCreateSharedArchive',
  '-Xlog:disable',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss',
];

/**
 * Start an Apache Kafka broker (KRaft, one node, loopback only) and wait until it answers with its own metadata.
 *
 * @returns the running broker, to be stopped or disposed of
 * @throws when Java or the jars are missing, the data folder is in use by another broker, or it ends before it answers
 * @example await using broker = await startBroker({ dataDir: inState('broker'), port: 19092 });
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const java = findJava();
  const classPath = kafkaJars().join(':');
  await archiveBaseClasses(java);
  const dataDir = resolve(options.dataDir);
  const clusterId = formatData(dataDir);
  const args = [...flags, `-XX:SharedArchiveFile=${inTools('kafka', 'classes.jsa')}`, '-cp', classPath];
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce({ ...options, dataDir, java, args, clusterId });
    } catch (error) {
      // A port can be lost between choosing and binding.
      if (!(error instanceof BrokerFailed && error.passing) || attempt === 3) throw error;
    }
  }
}

type Start = BrokerOptions & { java: string; args: string[]; clusterId: string };

async function startOnce({ dataDir, port = 0, log, java, args, clusterId }: Start): Promise<Broker> {
  const logFile = log ?? join(dataDir, 'broker.log');
  const [clientPort, controllerPort] = await freePorts([port, 0]);
  const logStart = sizeOf(logFile);
  const child = await startAlone(dataDir, () => {
    const settings = writeSettings(dataDir, { port: clientPort!, controllerPort: controllerPort! });
    return spawnLeashed(java, [...args, 'kafka.Kafka', settings], { cwd: dataDir, log: logFile });
  });
  if (typeof child === 'number')
    throw new BrokerFailed(
      `another broker (process ${child}) works in ${dataDir}; end it with "npm run stop"`,
      logFile,
    );
  const address = `127.0.0.1:${clientPort}`;
  const ended = new AbortController();
  child.exited.then(() => ended.abort());
  try {
    await waitForBroker([address], { limitMs: patienceMs, signal: ended.signal });
  } catch (error) {
    const alive = child.running();
    await child.stop(0);
    if (alive) throw new BrokerFailed(`it did not answer at ${address} within ${patienceMs / 1000} s`, logFile);
    if (ended.signal.aborted) throw explain(readFrom(logFile, logStart), dataDir, logFile);
    throw error;
  }
  const stop = () => child.stop(10_000);
  const { pid, exited, running } = child;
  return { address, pid, clusterId, exited, running, stop, [Symbol.asyncDispose]: stop };
}

/** The broker could not be started. */
export class BrokerFailed extends Error {
  /** True when trying again in a moment may help. */
  readonly passing: boolean;
  constructor(why: string, logFile: string, passing = false) {
    super(`Cannot start Kafka: ${why}. What it said is in ${logFile}.`);
    this.name = 'BrokerFailed';
    this.passing = passing;
  }
}

const causes: [pattern: RegExp, why: (dataDir: string) => string, passing: boolean][] = [
  [/Failed to acquire lock/, dir => `another broker works in ${dir}; end it with "npm run stop"`, false],
  [/Address already in use|BindException/, () => 'its port was taken while it started; start it again', true],
  [/UnsupportedClassVersionError/, () => 'this Java is older than 17; run "npm run setup", or set JAVA_HOME', false],
  [
    /ClassNotFound|NoClassDefFound|could not find or load|zip(file)? (error|closed)/i,
    () => 'its jars are not complete; run "npm run setup"',
    false,
  ],
  [/No space left/, () => 'the disk is full; make room', false],
  [
    /InconsistentClusterId|Invalid cluster\.id|meta\.properties/,
    dir => `the data in ${dir} is of another broker or damaged; move that folder away, or run "npm run reset"`,
    false,
  ],
];

function explain(said: string, dataDir: string, logFile: string): BrokerFailed {
  for (const [pattern, why, passing] of causes)
    if (pattern.test(said)) return new BrokerFailed(why(dataDir), logFile, passing);
  const lines = said.split('\n').filter(line => line.trim() && !line.startsWith('\tat '));
  return new BrokerFailed(
    `it ended at once${lines.length ? ` ("${lines.at(-1)!.trim().slice(0, 200)}")` : ''}`,
    logFile,
  );
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(file: string, start: number): string {
  const length = sizeOf(file) - start;
  if (length <= 0) return '';
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes, 0, length, start);
  closeSync(descriptor);
  return bytes.toString('utf8');
}

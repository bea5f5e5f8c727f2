import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { waitForBroker } from '../kafka/connect.ts';
import { showBytes } from '../run/amounts.ts';
import { inRoot } from '../run/paths.ts';
import { readRun } from '../run/run-file.ts';
import { brokers } from '../run/settings.ts';

/** One line of the report, as text. */
export type EnvironmentRow = { part: string; found: string };

const packages = {
  TypeScript: 'typescript',
  DuckDB: '@duckdb/node-api',
  Polars: 'nodejs-polars',
  'Kafka client': 'kafkajs',
  'Chart language': 'vega-lite',
} as const;

/**
 * Report what this notebook runs on: versions, the broker it talks to, memory. A broker that does not answer is a line of
 * the report and no error.
 *
 * @example await environment() // [{ part: 'Node', found: '24.21.0' }, …]
 */
export async function environment(): Promise<EnvironmentRow[]> {
  const report = (part: string, found: string): EnvironmentRow => ({ part, found });
  const run = readRun();
  return [
    report('Node', process.versions.node),
    ...Object.entries(packages).map(([part, name]) => report(part, versionOf(name))),
    report('Kafka broker', await broker()),
    report('Running system', run ? `on since ${run.startedAt}, market at ×${run.speed}` : 'off'),
    report('Memory of this notebook', showBytes(process.memoryUsage.rss())),
    report('Memory of this machine', `${showBytes(totalmem())}, ${showBytes(freemem())} free`),
  ];
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8')) as { version: string })
    .version;
}

async function broker(): Promise<string> {
  try {
    const { brokers: members } = await waitForBroker(brokers(), { limitMs: 2_000 });
    return `${brokers().join(', ')} answers, ${members.length === 1 ? 'one broker' : `${members.length} brokers`}`;
  } catch (error) {
    return (error as Error).message;
  }
}

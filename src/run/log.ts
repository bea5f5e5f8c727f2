import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DestinationStream, type Logger, pino } from 'pino';
import { inState } from './paths.ts';

const largestBytes = 8 * 2 ** 20;

/** Where a service's log is; an overlong one of earlier runs is set aside first. */
export function logFile(service: string): string {
  const path = inState('logs', `${service}.log`);
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && statSync(path).size > largestBytes) renameSync(path, `${path}.old`);
  return path;
}

/** Make the log of one of our own services: one JSON object a line on stdout (or `to`), keys and tokens left out. */
export function openLog(service: string, to?: DestinationStream): Logger {
  const secrets = ['apiKey', 'token', 'headers["x-cg-demo-api-key"]', 'config.headers["x-cg-demo-api-key"]'];
  return pino(
    {
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      redact: { paths: secrets.flatMap(path => [path, `*.${path}`]), remove: true },
    },
    to,
  );
}

/** The last message of a log, rather that of an error than a line of its stack; empty without one. */
export function lastWords(log: string): string {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-30);
  return lines.findLast(line => /^(\w+ )*\w*Error\b|^Cannot /.test(line)) ?? lines.at(-1)!;
}

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatData, writeSettings } from './data-dir.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'ticklake-data-'));

test('an empty folder becomes the data of a new cluster, and stays it', () => {
  const dataDir = folder();
  const name = formatData(dataDir);
  expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
  expect(formatData(dataDir)).toBe(name);
  expect(formatData(folder())).not.toBe(name);
});

test('a name that cannot be read is refused with a way on', () => {
  const dataDir = folder();
  formatData(dataDir);
  writeFileSync(join(dataDir, 'data', 'meta.properties'), 'version=1\n');
  expect(() => formatData(dataDir)).toThrow(/Cannot read the cluster's id from .*"npm run reset"/);
});

test('settings name both ports, listen on loopback only and leave nothing to fill in', () => {
  const settings = readFileSync(writeSettings(folder(), { port: 19092, controllerPort: 19093 }), 'utf8');
  expect(settings).toContain('listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093');
  expect(settings).not.toContain('${');
  for (const [, host] of settings.matchAll(/:\/\/([^:]*):/g)) expect(host).toBe('127.0.0.1');
});

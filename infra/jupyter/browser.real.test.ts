import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inRoot } from '../../src/run/paths.ts';
import { type Jupyter, startJupyter } from '../../src/workspace/jupyter.ts';
import { launchBrowser, openNotebook } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'jupyter-'));
const home = join(folder, 'home');
const shots = inRoot('.ticklake', 'state', 'screenshots');
let lab: Jupyter;
let browser: Browser;

beforeAll(async () => {
  vi.stubEnv('TICKLAKE_WORKSPACE', join(folder, 'workspace'));
  vi.stubEnv('TICKLAKE_STATE', join(folder, 'state'));
  for (const made of ['home', 'workspace']) mkdirSync(join(folder, made));
  copyFileSync(
    inRoot('infra', 'jupyter', 'fixtures', 'everything.ipynb'),
    join(folder, 'workspace', 'everything.ipynb'),
  );
  lab = await startJupyter({
    port: await getPort(),
    open: 'everything.ipynb',
    env: { HOME: home },
    log: join(folder, 'log'),
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const api = (path: string) => {
  const { origin, search } = new URL(lab.address);
  return { open: `${origin}/api/${path}`, withToken: `${origin}/api/${path}${search}` };
};

test('only the TypeScript kernel is offered', async () => {
  const reply = await fetch(api('kernelspecs').withToken);
  const found = (await reply.json()) as { default: string; kernelspecs: object };
  expect(Object.keys(found.kernelspecs)).toEqual(['tslab']);
  expect(found.default).toBe('tslab');
});

test('nothing is answered without the token', async () => {
  expect((await fetch(api('contents').open)).status).toBe(403);
  expect((await fetch(api('contents').withToken)).status).toBe(200);
});

test('it listens on loopback alone', async () => {
  const { port, search } = new URL(lab.address);
  const others = Object.values(networkInterfaces())
    .flat()
    .filter(part => part && !part.internal && part.family === 'IPv4');
  for (const { address } of others as { address: string }[]) {
    await expect(fetch(`http://${address}:${port}/api/status${search}`)).rejects.toThrow();
  }
});

test('a notebook runs in the browser: tables and charts are drawn, also in the dark and after a reload', async () => {
  const notebook = await openNotebook(browser, lab.address);
  const { page } = notebook;
  const drawn = () => page.locator('.vega-embed svg.marks').count();
  expect(await notebook.runAll()).toEqual([]);
  expect(await page.locator('.tl-table table').count()).toBe(3);
  await expect.poll(drawn).toBe(4);
  await notebook.screenshots('everything-light', shots);

  const inkOf = () =>
    page.evaluate("getComputedStyle(document.querySelector('.vega-embed .role-title-text text')).fill");
  const light = await inkOf();
  expect(light).toMatch(/^rgb/);
  await notebook.theme('dark');
  expect(await inkOf()).not.toBe(light);
  await notebook.screenshots('everything-dark', shots);

  await notebook.reload();
  await expect.poll(drawn).toBe(4);
  expect(await page.locator('.tl-table table').count()).toBe(3);
  expect(await page.locator('svg[aria-label^="Diagram"]').count()).toBe(1);
  await notebook.screenshots('everything-reloaded', shots);
  expect(notebook.problems).toEqual([]);
  await page.close();
});

test('a live chart moves while its cell runs', async () => {
  const notebook = await openNotebook(browser, lab.address);
  const { page } = notebook;
  const subtitle = () => page.locator('.vega-embed').last().locator('.role-title-subtitle').textContent();
  const seen = new Set<string | null>();
  const look = () =>
    subtitle()
      .then(text => seen.add(text))
      .catch(() => {});
  const watching = setInterval(look, 150);
  await notebook.runAll();
  clearInterval(watching);
  expect(seen.size).toBeGreaterThan(3);
  await page.close();
});

test('nothing is written to the home of the user', () => {
  expect(readdirSync(home)).toEqual([]);
});

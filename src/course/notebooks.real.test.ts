import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchBrowser, openNotebook } from '../../infra/jupyter/browser.ts';
import { inRoot } from '../run/paths.ts';
import { fillWorkspace } from '../workspace/fill.ts';
import { type Jupyter, startJupyter } from '../workspace/jupyter.ts';

const names = readdirSync(inRoot('notebooks'), { withFileTypes: true }).flatMap(entry =>
  entry.isDirectory() ? entry.name : [],
);
const shots = inRoot('.ticklake', 'state', 'screenshots');

const folder = mkdtempSync(join(tmpdir(), 'lessons-'));
let browser: Browser;
let lab: Jupyter | undefined;

beforeAll(async () => {
  vi.stubEnv('TICKLAKE_WORKSPACE', join(folder, 'workspace'));
  vi.stubEnv('TICKLAKE_STATE', join(folder, 'state'));
  fillWorkspace();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test.each(names)(
  '%s runs in the browser: no error, tables and charts drawn, the live chart moves',
  async name => {
    const log = join(folder, `${name}.log`);
    lab = await startJupyter({ port: await getPort(), open: `${name}.ipynb`, log });
    const notebook = await openNotebook(browser, lab.address).catch(error => {
      throw new Error(`${error.message}\n${readFileSync(log, 'utf8').slice(-4000)}`, { cause: error });
    });
    const { page, panel } = notebook;
    const drawings = new Map<number, Set<string | null>>();
    const look = async () => {
      const charts = await panel.locator('.vega-embed svg.marks').evaluateAll(all => all.map(chart => chart.outerHTML));
      charts.forEach((chart, at) => {
        drawings.set(at, (drawings.get(at) ?? new Set()).add(chart));
      });
    };
    const watching = setInterval(() => look().catch(() => {}), 250);
    const errors = await notebook.runAll(180_000);
    clearInterval(watching);
    expect(errors).toEqual([]);
    expect(notebook.problems).toEqual([]);
    expect(await panel.locator('.tl-table table').count()).toBeGreaterThan(2);
    expect(await panel.locator('.vega-embed svg.marks').count()).toBeGreaterThan(1);
    // A chart that is drawn once is seen as nothing, then as itself: more than two looks make it a live one.
    if (name !== '06-star') expect(Math.max(...[...drawings.values()].map(seen => seen.size))).toBeGreaterThan(2);
    await notebook.screenshots(`${name}-light`, shots);
    await notebook.theme('dark');
    await notebook.screenshots(`${name}-dark`, shots);
    await page.close();
    await lab.stop();
  },
  240_000,
);

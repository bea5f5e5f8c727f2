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

// These run in the page: count how often a chart is drawn at each place, however fast it is replaced.
const watchCharts = `
  window.drawings = new Map();
  new MutationObserver(changes => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]))
      for (const chart of node.matches?.('svg.marks') ? [node] : (node.querySelectorAll?.('svg.marks') ?? [])) {
        const cell = chart.closest('.jp-Cell');
        if (!cell) continue;
        const place = cell.dataset.windowedListIndex + '/' + [...cell.querySelectorAll('svg.marks')].indexOf(chart);
        window.drawings.set(place, (window.drawings.get(place) ?? new Set()).add(chart));
      }
  }).observe(document.body, { childList: true, subtree: true });`;
const timesDrawn = '[...window.drawings.values()].map(charts => charts.size)';

test.each(names)(
  '%s runs in the browser: no error, tables and charts drawn, the live chart moves',
  async name => {
    const log = join(folder, `${name}.log`);
    lab = await startJupyter({ port: await getPort(), open: `${name}.ipynb`, log });
    const notebook = await openNotebook(browser, lab.address).catch(error => {
      throw new Error(`${error.message}\n${readFileSync(log, 'utf8').slice(-4000)}`, { cause: error });
    });
    const { page, panel } = notebook;
    await page.evaluate(watchCharts);
    const errors = await notebook.runAll(300_000);
    expect(errors).toEqual([]);
    expect(notebook.problems).toEqual([]);
    expect(await panel.locator('.tl-table table').count()).toBeGreaterThan(2);
    expect(await panel.locator('.vega-embed svg.marks').count()).toBeGreaterThan(1);
    // A chart that is drawn more than twice at its place is a live one.
    if (name !== '06-star') expect(Math.max(...(await page.evaluate<number[]>(timesDrawn)))).toBeGreaterThan(2);
    await notebook.screenshots(`${name}-light`, shots);
    await notebook.theme('dark');
    await notebook.screenshots(`${name}-dark`, shots);
    await page.close();
    await lab.stop();
  },
  400_000,
);

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launchBrowser, type OpenNotebook, openNotebook } from '../../infra/jupyter/browser.ts';
import { inRoot } from '../run/paths.ts';
import { fillWorkspace } from '../workspace/fill.ts';
import { type Jupyter, startJupyter } from '../workspace/jupyter.ts';
import type { Exercise } from './exercise.ts';
import { exercisesOf, stationsWithExercises } from './exercises.ts';
import { stationsThatLeave } from './leaves.fixture.ts';

const names = readdirSync(inRoot('notebooks'), { withFileTypes: true }).flatMap(entry =>
  entry.isDirectory() ? entry.name : [],
);
/** Where pictures go when `SCREENSHOTS` is set. */
const shots = inRoot('.ticklake', 'state', 'screenshots');

const folder = mkdtempSync(join(tmpdir(), 'lessons-'));
let browser: Browser;
let lab: Jupyter | undefined;
const log = join(folder, 'jupyter.log');

beforeAll(async () => {
  vi.stubEnv('TICKLAKE_WORKSPACE', join(folder, 'workspace'));
  vi.stubEnv('TICKLAKE_STATE', join(folder, 'state'));
  fillWorkspace();
  browser = await launchBrowser();
  lab = await startJupyter({ port: await getPort(), open: `${names[0]}.ipynb`, log });
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

/** For cells: what is said to answers, the right value of the other market, and answers of any kind but a good one. */
const helpers = `
  import { findExercise } from './src/course/exercises.ts'
  import { wantedOf } from './src/course/exercise.ts'
  import { secondGround } from './src/course/second.ts'
  import { shown } from './src/show/shown.ts'
  const copied = async (id: string) => {
    const { station, exercise } = await findExercise(id)
    return wantedOf(exercise, await secondGround(station))
  }
  const rubbish: (() => unknown)[] = [
    () => undefined, () => null, () => '', () => [], () => ({}), () => 0,
    () => () => { throw new Error('mine') }, () => Promise.reject(new Error('mine')),
  ]
  const verdictsOn = async (tries: (() => ReturnType<typeof check>)[]) => {
    const said: string[] = []
    for (const tried of tries) said.push((await tried())[shown]()['text/plain']!)
    return JSON.stringify(said)
  }`;

/** What a cell says in the end, as text. */
async function said(notebook: OpenNotebook, code: string): Promise<string> {
  const run = await notebook.execute(code);
  expect(run.status, `${code}\n${run.text}${run.outputs.map(one => one.evalue ?? '').join('')}`).toBe('ok');
  return String(run.outputs.at(-1)?.data?.['text/plain'] ?? run.text.trim());
}

/** Answer an exercise in all the ways that learners do, the right one last. */
async function answer(notebook: OpenNotebook, { id, title, form, answer, everywhere, ...exercise }: Exercise) {
  const { solution, wrong, right } = exercise;
  const check = form === 'state' ? `check('${id}')` : `check('${id}', ${answer})`;
  const tries = wrong.map(({ cell }) => `async () => {\n${cell}\nreturn ${check}\n}`);
  if (form !== 'state') tries.push(`...rubbish.map(one => () => check('${id}', one()))`);
  if (form === 'value' && !everywhere) tries.push(`async () => check('${id}', await copied('${id}'))`);
  const verdicts = JSON.parse(await said(notebook, `await verdictsOn([${tries.join(',\n')}])`)) as string[];
  for (const [at, { cell, says }] of wrong.entries())
    expect(verdicts[at], `${id}: ${cell}`).toBe(`Not yet: ${id} · ${title}\n${says}`);
  for (const [at, verdict] of verdicts.slice(wrong.length).entries())
    expect(verdict, `${id}: piece ${at + 1} of the rubbish, or the copy after it`).toMatch(/^(Not yet|Error)/);
  for (const cell of [`${solution.cell}\nawait ${check}`, `await ${check}`]) // once more: a check changes nothing
    expect(await said(notebook, cell), `${id}: its solution`).toBe(`Correct: ${id} · ${title}\n${right}`);
}

describe.each(names)('%s', name => {
  let notebook: OpenNotebook;
  afterAll(async () => {
    await notebook?.shutDown();
  });

  test('runs in the browser: no error, tables and charts drawn, the live chart moves', async () => {
    // A layout of its own: the notebooks of the others would come back behind it, each with a kernel.
    const address = lab!.address
      .replace('/lab/tree/', `/lab/workspaces/${name}/tree/`)
      .replace(`${names[0]}.ipynb`, `${name}.ipynb`);
    notebook = await openNotebook(browser, address).catch(error => {
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
    if (!process.env.SCREENSHOTS) return;
    await notebook.screenshots(`${name}-light`, shots);
    await notebook.theme('dark');
    await notebook.screenshots(`${name}-dark`, shots);
  }, 400_000);

  test.runIf(stationsWithExercises().includes(name))(
    'every exercise answers what learners answer',
    async () => {
      const exercises = await exercisesOf(name);
      const checks = (await notebook.codeCells()).filter(({ source }) => source.startsWith('await check('));
      expect(checks).toHaveLength(exercises.length);
      for (const { source, outputs } of checks)
        expect(outputs.at(-1)?.data?.['text/plain'], source).toMatch(/^Not answered yet/);
      await said(notebook, helpers);
      for (const exercise of exercises) await answer(notebook, exercise);
      const again = checks[0]!.source;
      await notebook.execute(`throw new Error('mine')`);
      expect(await said(notebook, again)).toContain('The cell that ran before this one failed');
      expect(await said(notebook, again)).not.toContain('The cell that ran before');
      if (stationsThatLeave.includes(name)) {
        const differs = `import { whatDiffers } from './src/course/leaves.fixture.ts'\n(await whatDiffers('${name}')).join('\\n')`;
        expect(await said(notebook, differs), 'what the next station begins with').toBe('');
      }
      const progress = await said(notebook, `import { progress } from './src/course/course.ts'\nawait progress()`);
      expect(progress.split('\n').find(line => line.startsWith(name))).toContain(
        ` ${exercises.length} of ${exercises.length},`,
      );
    },
    400_000,
  );
});

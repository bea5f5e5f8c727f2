import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type KernelSession, openKernel } from '../../infra/jupyter/kernel-session.ts';
import { inRoot } from '../run/paths.ts';
import type { Exercise } from './exercise.ts';
import { exercisesOf, stationsWithExercises } from './exercises.ts';
import { stationsThatLeave } from './leaves.fixture.ts';

/** What a cell says in the end, as text. */
async function said(kernel: KernelSession, code: string): Promise<string> {
  const run = await kernel.execute(code);
  expect(run.status, `${code}\n${run.text}${run.outputs.map(one => one.evalue ?? '').join('')}`).toBe('ok');
  return String(run.outputs.at(-1)?.data?.['text/plain'] ?? run.text.trim());
}

const cellsOf = (station: string): string[] =>
  JSON.parse(readFileSync(inRoot('notebooks', station, `${station}.ipynb`), 'utf8'))
    .cells.filter((cell: { cell_type: string }) => cell.cell_type === 'code')
    .map(({ source }: { source: string | string[] }) => [source].flat().join(''));

const checkOf = ({ id, answer, form }: Exercise) =>
  form === 'state' ? `await check('${id}')` : `await check('${id}', ${answer})`;

/** For cells: the right value of the other market, and what is said to answers of any kind but a good one. */
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
  const verdictsOnRubbish = async (id: string) => {
    const said: string[] = []
    for (const answer of rubbish) said.push((await check(id, answer()))[shown]()['text/plain']!)
    return JSON.stringify(said)
  }`;

test.each(stationsWithExercises())(
  '%s: every exercise answers what learners answer, in the real kernel',
  async station => {
    await using kernel = await openKernel();
    const exercises = await exercisesOf(station);
    for (const cell of cellsOf(station)) {
      const text = await said(kernel, cell); // the notebook as it is handed out
      if (cell.startsWith('await check(')) expect(text, cell).toMatch(/^Not answered yet/);
    }
    await said(kernel, helpers);
    for (const exercise of exercises) {
      const { id, form, solution, wrong, right } = exercise;
      const check = checkOf(exercise);
      for (const { cell, says } of wrong) {
        const text = await said(kernel, `${cell}\n${check}`);
        expect(text, `${id}: ${cell}`).toBe(`Not yet: ${id} · ${exercise.title}\n${says}`);
      }
      if (form !== 'state')
        for (const [at, text] of JSON.parse(await said(kernel, `await verdictsOnRubbish('${id}')`)).entries())
          expect(text, `${id}: piece ${at + 1} of the rubbish`).toMatch(/^(Not yet|Error)/);
      if (form === 'value' && !exercise.everywhere)
        expect(await said(kernel, `await check('${id}', await copied('${id}'))`), `${id}, copied`).toMatch(/^Not yet/);
      for (const cell of [`${solution.cell}\n${check}`, check]) // once more: a check changes nothing
        expect(await said(kernel, cell), `${id}: its solution`).toBe(`Correct: ${id} · ${exercise.title}\n${right}`);
    }
    const again = checkOf(exercises[0]!);
    await kernel.execute(`throw new Error('mine')`);
    expect(await said(kernel, again)).toContain('The cell that ran before this one failed');
    expect(await said(kernel, again)).not.toContain('The cell that ran before');
    if (stationsThatLeave.includes(station)) {
      const differs = `import { whatDiffers } from './src/course/leaves.fixture.ts'\n(await whatDiffers('${station}')).join('\\n')`;
      expect(await said(kernel, differs), 'what the next station begins with').toBe('');
    }
    const progress = await said(kernel, `import { progress } from './src/course/course.ts'\nawait progress()`);
    expect(progress).toContain(`${exercises.length} of`);
  },
  600_000,
);

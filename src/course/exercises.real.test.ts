import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type KernelSession, openKernel } from '../../infra/jupyter/kernel-session.ts';
import { inRoot } from '../run/paths.ts';
import type { Exercise } from './exercise.ts';
import { exercisesOf, stationsWithExercises } from './exercises.ts';
import { stationsThatLeave } from './leaves.fixture.ts';

/** What a check says, as text. */
async function said(kernel: KernelSession, code: string): Promise<string> {
  const run = await kernel.execute(code);
  expect(run.status, `${code}\n${run.text}${run.outputs.map(one => one.evalue ?? '').join('')}`).toBe('ok');
  return String(run.outputs.at(-1)?.data?.['text/plain'] ?? '');
}

const cellsOf = (station: string): string[] =>
  JSON.parse(readFileSync(inRoot('notebooks', station, `${station}.ipynb`), 'utf8'))
    .cells.filter((cell: { cell_type: string }) => cell.cell_type === 'code')
    .map(({ source }: { source: string | string[] }) => [source].flat().join(''));

const checkOf = ({ id, answer, form }: Exercise) =>
  form === 'state' ? `await check('${id}')` : `await check('${id}', ${answer})`;

/** The right value of the other market. */
const copied = `
  import { findExercise } from './src/course/exercises.ts'
  import { wantedOf } from './src/course/exercise.ts'
  import { secondGround } from './src/course/second.ts'
  const copied = async (id: string) => {
    const { station, exercise } = await findExercise(id)
    return wantedOf(exercise, await secondGround(station))
  }`;

const rubbish = [
  'undefined',
  'null',
  '""',
  '[]',
  '{}',
  '0',
  '() => { throw new Error("mine") }',
  'Promise.reject(new Error("mine"))',
];

test.each(stationsWithExercises())(
  '%s: every exercise answers what learners answer, in the real kernel',
  async station => {
    await using kernel = await openKernel();
    const exercises = await exercisesOf(station);
    for (const cell of cellsOf(station)) {
      const text = await said(kernel, cell); // the notebook as it is handed out
      if (cell.startsWith('await check(')) expect(text, cell).toMatch(/^Not answered yet/);
    }
    await said(kernel, copied);
    for (const exercise of exercises) {
      const { id, form, solution, wrong, right } = exercise;
      const check = checkOf(exercise);
      for (const { cell, says } of wrong) {
        await said(kernel, cell);
        expect(await said(kernel, check), `${id}: ${cell}`).toBe(`Not yet: ${id} · ${exercise.title}\n${says}`);
      }
      if (form !== 'state')
        for (const answer of rubbish) {
          const text = await said(kernel, `await check('${id}', (${answer}) as never)`);
          expect(text, `${id} with ${answer}`).toMatch(/^(Not yet|Error)/);
        }
      if (form === 'value' && !exercise.everywhere)
        expect(await said(kernel, `await check('${id}', await copied('${id}'))`), `${id}, copied`).toMatch(/^Not yet/);
      await said(kernel, solution.cell);
      for (let time = 1; time <= 2; time++)
        expect(await said(kernel, check), `${id}: its solution`).toBe(`Correct: ${id} · ${exercise.title}\n${right}`);
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

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '../run/paths.ts';
import type { Exercise } from './exercise.ts';
import { exercisesOf, findExercise, stationsWithExercises } from './exercises.ts';
import { questionsOf } from './quiz.ts';

type Cell = { cell_type: string; source: string | string[] };

const names = stationsWithExercises();
const codeOf = (station: string): string[] =>
  (JSON.parse(readFileSync(inRoot('notebooks', station, `${station}.ipynb`), 'utf8')).cells as Cell[])
    .filter(cell => cell.cell_type === 'code')
    .map(({ source }) => [source].flat().join('').trim());

test('there are forty exercises and more, four to eight a station', async () => {
  const counts = await Promise.all(names.map(async name => (await exercisesOf(name)).length));
  for (const count of counts) expect(count).toSatisfy(n => n >= 4 && n <= 8);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(40);
});

test.each(names)('%s: ids count up from one', async name => {
  const ids = (await exercisesOf(name)).map(({ id }) => id);
  expect(ids).toEqual(ids.map((_, at) => `${Number(name.slice(0, 2))}.${at + 1}`));
});

test.each(names)('%s: no exercise lacks a part', async name => {
  for (const exercise of await exercisesOf(name)) expect(lacks(exercise), exercise.id).toEqual([]);
});

function lacks({ title, answer, form, hints, solution, wrong, right, wanted }: Exercise): string[] {
  const said = (text: string) => text.trim().length > 10;
  const named = new RegExp(`\\b${answer}\\b`);
  const lack: [boolean, string][] = [
    [title.trim().length > 5, 'title'],
    [hints.length >= 2 && hints.every(said), 'two hints'],
    [named.test(solution.cell) && said(solution.why), 'solution with its reasoning'],
    [!solution.cell.includes('todo'), 'solution without todo()'],
    [wrong.length >= 2 && wrong.every(({ says }) => said(says)), 'two typical wrong answers'],
    [new Set(wrong.map(({ says }) => says)).size === wrong.length, 'messages of their own'],
    [said(right), 'what is said to a right answer'],
    [form !== 'state' || (wanted !== undefined && wrong.every(({ when }) => when !== undefined)), 'wanted and when'],
  ];
  return lack.flatMap(([there, what]) => (there ? [] : what));
}

test.each(names)(
  '%s: the notebook asks every exercise in order, each with a blank, a check, hints and a solution',
  async name => {
    const cells = codeOf(name);
    const exercises = await exercisesOf(name);
    const asked = cells.flatMap(cell => /^await check\('([\d.]+)'/.exec(cell)?.[1] ?? []);
    expect(asked).toEqual(exercises.map(({ id }) => id));
    for (const { id, answer, form } of exercises) {
      const at = cells.findIndex(cell => cell.startsWith(`await check('${id}'`));
      expect(cells[at]).toBe(form === 'state' ? `await check('${id}')` : `await check('${id}', ${answer})`);
      expect(cells[at - 1]).toMatch(/todo/);
      expect(cells[at - 1]).toContain(answer);
      expect(cells.slice(at + 1, at + 3)).toEqual([`await hint('${id}')`, `await solution('${id}')`]);
    }
  },
);

test.each(names)('%s: three to five questions, one right choice each, and every choice explained', async name => {
  const questions = await questionsOf(name);
  expect(questions.length).toSatisfy(n => n >= 3 && n <= 5);
  for (const { question, choices } of questions) {
    expect(
      choices.filter(({ right }) => right),
      question,
    ).toHaveLength(1);
    expect(choices.length, question).toBeGreaterThanOrEqual(3);
    for (const { why } of choices) expect(why.length, question).toBeGreaterThan(10);
  }
  expect(codeOf(name)).toContain(`await quiz('${name}')`);
});

test('an id that is not there is answered by those that are', async () => {
  await expect(findExercise('0.99')).rejects.toThrow('Station 00-welcome has 0.1');
  await expect(findExercise('nonsense')).rejects.toThrow("such as '0.1'");
});

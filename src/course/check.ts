import { kernel } from '../show/output.ts';
import type { Shown } from '../show/shown.ts';
import { card, type Part } from './card.ts';
import { findExercise, type Placed } from './exercises.ts';
import { grade, type Verdict } from './grade.ts';
import { note, readJournal } from './journal.ts';
import { secondGround } from './second.ts';
import { standingOf } from './standing.ts';
import { groundNow } from './station.ts';

const triesUntilWanted = 3;
const oldAnswer =
  'The cell that ran before this one failed. If it is the one with your answer, what was judged here is what stood there before: mend it, run it, and check again.';

/**
 * Check an answer and say how it stands: not answered yet, correct, not yet, or an error. May be asked any number of times.
 *
 * @param id the exercise, such as '4.2'
 * @param answer what the cell above has made; leave it out where the state of the lake or a topic is the answer
 */
export async function check(id: string, answer?: unknown): Promise<Shown> {
  const placed = await findExercise(id);
  const verdict = await verdictOf(placed, answer);
  note({ did: 'check', station: placed.station, exercise: id, verdict: verdict.kind });
  const { tries } = standingOf(readJournal(), placed.station, id);
  const words = wordsOf(verdict, placed, tries);
  return card(verdict.kind, titleOf(placed), kernel()?.lastFailed ? [...words, oldAnswer] : words);
}

/** Grade an answer on its station's ground, without noting it. */
async function verdictOf({ station, exercise }: Placed, answer: unknown): Promise<Verdict> {
  return grade(exercise, answer, await groundNow(station), () => secondGround(station));
}

/** Show the hints of an exercise, closed: each opens by a click. */
export async function hint(id: string): Promise<Shown> {
  const placed = await findExercise(id);
  const { hints } = placed.exercise;
  const closed = hints.map((text, at) => ({ closed: `Hint ${at + 1} of ${hints.length}`, parts: [text] }));
  return card('hint', titleOf(placed), closed);
}

/** Show a solution and its reasoning: openly once the exercise is solved, closed before. */
export async function solution(id: string): Promise<Shown> {
  const placed = await findExercise(id);
  const { cell, why } = placed.exercise.solution;
  const parts = [{ code: cell.trim() }, why];
  const { solvedAt } = standingOf(readJournal(), placed.station, id);
  return card('solution', titleOf(placed), solvedAt ? parts : [{ closed: 'Show one way to solve it', parts }]);
}

const titleOf = ({ exercise: { id, title } }: Placed) => `${id} · ${title}`;

function wordsOf(verdict: Verdict, { exercise }: Placed, tries: number): Part[] {
  if (verdict.kind === 'unanswered')
    return [
      `${exercise.form === 'state' ? 'Nothing is there yet. Do the task in place of' : 'Replace'} \`todo()\` in the cell above, run it, then run this one. \`await hint('${exercise.id}')\` gives a direction.`,
    ];
  if (verdict.kind === 'error')
    return [{ code: verdict.says }, `This came from your own code. Mend it above, run that cell, then check again.`];
  if (verdict.kind === 'not yet' && verdict.wanted !== undefined && tries >= triesUntilWanted)
    return [verdict.says, `Expected there: ${verdict.wanted}`];
  return [verdict.says];
}

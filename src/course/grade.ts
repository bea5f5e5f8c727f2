import { runInThisContext } from 'node:vm';
import { type Difference, firstDifference, isFormedAs, kindOf, textOf } from './compare.ts';
import { type Exercise, type Ground, type Misfit, outcomeOf, runCell, wantedOf } from './exercise.ts';
import { inParts } from './in-parts.ts';
import { isTodo } from './todo.ts';

/** What is said to an answer. */
export type Verdict =
  | { kind: 'unanswered' }
  | { kind: 'correct'; says: string }
  /** `wanted` is the right value at the first difference; it is shown from the third try. */
  | { kind: 'not yet'; says: string; wanted?: string }
  | { kind: 'error'; says: string };

/** Longest wait for an answer that is a promise or a query. */
const patienceMs = 20_000;

/**
 * Grade an answer: by what comes out of it, never by its text. Queries and functions are tried on a second ground as well,
 * so that an answer that only fits this week's numbers does not pass, and queries once more in parts, so that none passes whose
 * rows came in the right order by chance.
 *
 * @param second made when it is needed, for queries and functions
 */
export async function grade(
  exercise: Exercise,
  answer: unknown,
  ground: Ground,
  second: () => Promise<Ground>,
): Promise<Verdict> {
  try {
    return await judge(exercise, answer, ground, second).catch(saidOfMisfit);
  } catch (error) {
    return { kind: 'error', says: errorText(error) + calledWith(error) };
  }
}

async function judge(
  exercise: Exercise,
  answer: unknown,
  ground: Ground,
  second: () => Promise<Ground>,
): Promise<Verdict> {
  if (isTodo(answer)) return { kind: 'unanswered' };
  const given = await inTime(Promise.resolve(answer));
  const misfit = misfitOf(exercise, given);
  if (misfit) return { kind: 'not yet', says: misfit };
  const watch: Watch = {};
  const tried = exercise.form === 'function' ? cutOff(given as Answer, watch) : given;
  const outcome = await inTime(outcomeOf(exercise, tried, ground));
  if (watch.endless) throw watch.endless;
  if (isTodo(outcome) || (exercise.form === 'state' && outcome === undefined)) return { kind: 'unanswered' };
  const wanted = await wantedOf(exercise, ground);
  const difference = firstDifference(outcome, wanted, exercise.compare);
  if (difference) return notYet(difference, await typicalError(exercise, outcome, wanted, ground));
  if (exercise.form === 'query' || exercise.form === 'function') {
    const there = await second();
    const [again, wantedAgain] = [await inTime(outcomeOf(exercise, tried, there)), await wantedOf(exercise, there)];
    if (watch.endless) throw watch.endless;
    if (firstDifference(again, wantedAgain, exercise.compare))
      return {
        kind: 'not yet',
        says: (await typicalError(exercise, again, wantedAgain, there)) ?? onlyHere,
      };
  }
  if (exercise.form === 'query' && !(await inTime(isSteady(exercise, given, ground, wanted))))
    return { kind: 'not yet', says: byChance };
  return { kind: 'correct', says: exercise.right };
}

const readings = 5; // which thread comes first is chance: all may come out right once

/** Does a query that came out right do so when several threads share the work? */
async function isSteady(exercise: Exercise, answer: unknown, ground: Ground, wanted: unknown): Promise<boolean> {
  for (let reading = 0; reading < readings; reading++) {
    const found = await outcomeOf(exercise, answer, inParts(ground));
    if (firstDifference(found, wanted, exercise.compare)) return false;
  }
  return true;
}

function saidOfMisfit(error: unknown): Verdict {
  if (!isMisfit(error)) throw error;
  return isTodo(error.found) ? { kind: 'unanswered' } : { kind: 'not yet', says: error.message };
}

/** By its name: a notebook may hold two copies of the module that makes it. */
const isMisfit = (error: unknown): error is Misfit => error instanceof Error && error.name === 'Misfit';

const onlyHere =
  'It fits the data of this station, and not those of another market. Is there a number, a coin or a date in it that should be asked of the data? Or does it count on what just never happens here: a tie, a gap, a time on the full hour?';

const byChance =
  'It came out right, and otherwise when it was read again in parts, by several threads, as a larger table would be: which of its rows come first is chance. Do some tie, or does it count on a subquery that is sorted? An aggregate around it need not get the rows in that order. Say the order where it counts: `first(x order by y)`, `min_by(x, y)`, or a window.';

const notYet = ({ off, wanted }: Difference, typical?: string): Verdict =>
  typical ? { kind: 'not yet', says: typical } : { kind: 'not yet', says: off, wanted };

/** The message of a typical wrong answer, if this is one. */
async function typicalError(exercise: Exercise, outcome: unknown, wanted: unknown, ground: Ground) {
  const formed = isFormedAs(outcome, wanted);
  for (const { cell, says, when, ofForm } of exercise.wrong) {
    if (when && !formed && !ofForm) continue;
    if (when ? when(outcome, wanted) : await comesOutAs(exercise, cell, outcome, ground)) return says;
  }
  return undefined;
}

async function comesOutAs(exercise: Exercise, cell: string, outcome: unknown, ground: Ground): Promise<boolean> {
  if (exercise.form === 'state') return false; // to try the cell would change the state
  const theirs = await outcomeOf(exercise, await runCell(exercise, cell, ground), ground);
  return !firstDifference(outcome, theirs, exercise.compare);
}

/** Says that an answer is of another form than was asked. */
function misfitOf({ id, form, answer: name }: Exercise, answer: unknown): string | undefined {
  if (form === 'query' && typeof answer !== 'string')
    return `"${name}" should be a query, as text between backticks; it is ${kindOf(answer)}.`;
  if (form === 'query' && !(answer as string).trim())
    return `"${name}" is an empty text. Write the query between the backticks.`;
  if (form === 'function' && answer === undefined)
    return `There is nothing to judge. Does the cell above make "${name}", did you run it, and does the check say \`check('${id}', ${name})\`?`;
  if (form === 'function' && typeof answer !== 'function')
    return `"${name}" should be a function; it is ${kindOf(answer)}.`;
  if (form === 'value' && answer === undefined)
    return `There is nothing to judge. Does the cell above give "${name}" a value, did you run it, and does the check say \`check('${id}', ${name})\`?`;
  if (form === 'value' && answer === null) return `"${name}" is null. Does the cell above give it a value?`;
  return undefined;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const say = () =>
      reject(
        new Error(`It was not done after ${patienceMs / 1000} seconds. Does it wait for something that never comes?`),
      );
    timer = setTimeout(say, patienceMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

type Answer = (...args: unknown[]) => unknown;

const loopMs = 3000;
const call = Symbol.for('ticklake.answer');

/** The error of an answer that did not come back. */
type Watch = { endless?: Error };

/** With what an answer was called when it threw this. */
const calls = new WeakMap<object, unknown[]>();

/**
 * An answer that notes with what it was called when it fails, and that is cut off when it does not come back: it holds the
 * only thread, so that neither the stop button nor a timer could end it; Node can, where it runs as a script with a time limit.
 * After that it is not called again.
 */
function cutOff(answer: Answer, watch: Watch): Answer {
  return (...args) => {
    if (watch.endless) throw watch.endless;
    const home = globalThis as { [call]?: () => unknown };
    const noted = (error: unknown) => {
      if (error instanceof Error) calls.set(error, args);
      return error;
    };
    home[call] = () => answer(...args);
    try {
      const given = runInThisContext(`globalThis[Symbol.for('ticklake.answer')]()`, { timeout: loopMs });
      return given instanceof Promise ? given.catch(error => Promise.reject(noted(error))) : given;
    } catch (error) {
      if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw noted(error);
      watch.endless = new Error(
        `It did not come back after ${loopMs / 1000} seconds. Is there a loop in it that never ends?`,
      );
      throw noted(watch.endless);
    }
  };
}

/** Whether a value can be told in a line: a connection or a lake, with its functions, cannot. */
const isData = (value: unknown): boolean =>
  typeof value !== 'function' && !Object.values(value ?? {}).some(part => typeof part === 'function');

function calledWith(error: unknown): string {
  const args = error instanceof Error ? (calls.get(error) ?? []) : [];
  return args.length > 0
    ? `\nCalled with: ${args.map(arg => (isData(arg) ? textOf(arg) : kindOf(arg))).join(', ')}`
    : '';
}

/** The learner's own error in the lines they can act on. */
function errorText(error: unknown): string {
  const text =
    error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error);
  return text.split('\n').slice(0, 6).join('\n').slice(0, 600);
}

import ts from 'typescript';
import { isFrame } from '../show/table.ts';
import { type Comparison, isRow, kindOf, type Row } from './compare.ts';
import type { Station } from './station.ts';

/** Where an answer is tried: a station's lake and topic, or the second lake, whose market went another way. */
export type Ground = Pick<Station, 'name' | 'lake' | 'topic'>;

/** What a learner is asked for. */
export type Form = 'value' | 'query' | 'function' | 'state';

/** An answer that many give, and what to say to it. */
export type WrongAnswer = {
  /** The cell, as the learner would write it. */
  cell: string;
  says: string;
  /**
   * Recognises it by its outcome, which has the form of what is wanted. Without this, an answer is this one when both come
   * out alike. Needed where cells change the state.
   */
  when?(outcome: unknown, wanted: unknown): boolean;
  /** Is the form itself what is wrong? Then `when` is asked of outcomes of any form. */
  ofForm?: boolean;
};

/** One exercise; its cells are whole cells of the notebook, as text. */
export type Exercise = {
  /** Station and place: "4.2". */
  id: string;
  title: string;
  level: 'beginner' | 'intermediate' | 'advanced';
  form: Form;
  /** The name that the cell gives to its answer. */
  answer: string;
  /**
   * What is compared: run the query, call the function, look at the state (undefined where nothing was done yet). Unless said
   * otherwise the rows of a query, and any other answer itself.
   */
  outcome?(answer: never, ground: Ground): unknown;
  /** How outcomes are compared. */
  compare?: Comparison;
  /** Is the right value the same in every market? Then it proves nothing that a copied one is refused. */
  everywhere?: boolean;
  /** Names that the cells use beside `lake` and `topic`: what earlier cells of the notebook have imported or made. */
  scope?: Readonly<Record<string, unknown>>;
  /** For `state`: what must be found, since the solution cannot be run again only to know. */
  wanted?(ground: Ground): unknown;
  /** From direction to nearly there; at least two. */
  hints: readonly string[];
  solution: { cell: string; why: string };
  /** At least two. */
  wrong: readonly WrongAnswer[];
  /** Said to a correct answer: why it is right, and what to try next. */
  right: string;
};

/** Thrown by an `outcome` to what gives another kind of thing than was asked. */
export class Misfit extends Error {
  override name = 'Misfit';
  /** What was given instead. */
  readonly found: unknown;
  constructor(says: string, found: unknown) {
    super(says);
    this.found = found;
  }
}

/**
 * The list of rows that a function gave; a frame counts as its rows.
 *
 * @param of what the rows are: "ticks"
 * @throws Misfit when it is no list, or not of rows alone
 */
export function listOf(found: unknown, of: string): Row[] {
  const list: unknown = typeof found === 'object' && found !== null && isFrame(found) ? found.toRecords() : found;
  const misfit = (off: string) => new Misfit(`The function should give a list of ${of}; ${off}.`, found);
  if (!Array.isArray(list)) throw misfit(`it gives ${kindOf(found)}`);
  const at = list.findIndex(entry => !isRow(entry));
  if (at >= 0) throw misfit(`entry ${at + 1} of its list is ${kindOf(list[at])}`);
  return list;
}

/** What comes out of an answer on this ground. Queries are run there, functions are what `outcome` makes of them. */
export async function outcomeOf(exercise: Exercise, answer: unknown, ground: Ground): Promise<unknown> {
  if (exercise.outcome) return exercise.outcome(answer as never, ground);
  return exercise.form === 'query' ? ground.lake.rows(answer as string) : answer;
}

/** What should come out on this ground: what the solution does, or what the exercise says. */
export async function wantedOf(exercise: Exercise, ground: Ground): Promise<unknown> {
  if (exercise.wanted) return exercise.wanted(ground);
  return outcomeOf(exercise, await runCell(exercise, exercise.solution.cell, ground), ground);
}

/** Run the text of one of our own cells on a ground and return its answer. Never used with a learner's text. */
export async function runCell({ answer, scope = {} }: Exercise, cell: string, ground: Ground): Promise<unknown> {
  const names = { ...scope, lake: ground.lake, topic: ground.topic };
  const code = `return (async () => {\n${stripTypes(cell)}\nreturn ${answer};\n})()`;
  return new Function(...Object.keys(names), code)(...Object.values(names));
}

const stripTypes = (cell: string): string =>
  ts.transpile(cell, { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, isolatedModules: true });

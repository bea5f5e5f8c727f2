import { existsSync } from 'node:fs';
import { inRoot } from '../run/paths.ts';
import { inlineHtml, type Shown, shown } from '../show/shown.ts';
import { colours } from '../show/theme.ts';

/** One choice of a question; `why` explains it, right or wrong. */
export type Choice = { text: string; right?: boolean; why: string };

/** One question; exactly one choice is right. */
export type Question = { question: string; choices: readonly Choice[] };

/** The questions of a station. */
export async function questionsOf(station: string): Promise<readonly Question[]> {
  const file = inRoot('notebooks', station, 'quiz.ts');
  if (!existsSync(file)) throw new Error(`There is no quiz for "${station}": ${file} is missing.`);
  const { questions } = (await import(file)) as { questions: readonly Question[] };
  return questions;
}

/**
 * Show the quiz of a station. A click on a choice (or Enter on it) opens what is to be said to it; nothing is counted.
 *
 * @param station its name, such as '04-silver'
 */
export async function quiz(station: string): Promise<Shown> {
  const questions = await questionsOf(station);
  const html = questions.map((question, at) => questionHtml(question, at, station)).join('');
  const text = questions.map(({ question, choices }, at) =>
    [`${at + 1}. ${question}`, ...choices.map(choice => `   - ${choice.text}`)].join('\n'),
  );
  return {
    [shown]: () => ({
      'text/html': `<div style="max-width:760px;font-size:var(--jp-content-font-size1,14px);line-height:1.5;color:var(--jp-ui-font-color1,inherit)">${html}</div>`,
      'text/plain': text.join('\n'),
    }),
  };
}

function questionHtml({ question, choices }: Question, at: number, station: string): string {
  const group = `quiz-${station}-${at}`;
  return `<section aria-label="Question ${at + 1}" style="margin:0 0 18px"><p style="margin:0 0 6px"><strong>${at + 1}. ${inlineHtml(question)}</strong></p>${choices.map(choice => choiceHtml(choice, group)).join('')}</section>`;
}

/** A choice opens by itself, without a script, and closes the others of its question. */
function choiceHtml({ text, right, why }: Choice, group: string): string {
  const [sign, word, colour] = right ? ['✓', 'Right.', colours.green] : ['✕', 'No.', colours.vermilion];
  return `<details name="${group}" style="margin:3px 0;border:1px solid var(--jp-border-color2,#8886);border-radius:4px"><summary style="cursor:pointer;padding:5px 10px">${inlineHtml(text)}</summary><p style="margin:0;padding:4px 12px 8px;border-left:4px solid ${colour}"><strong><span aria-hidden="true" style="color:${colour}">${sign}</span> ${word}</strong> ${inlineHtml(why)}</p></details>`;
}

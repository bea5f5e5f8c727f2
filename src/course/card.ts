import { escapeHtml, inlineHtml, type Shown, shown } from '../show/shown.ts';
import { colours } from '../show/theme.ts';

/** What a card is about; each has a sign and a colour, and always a word. */
export type Mood = 'unanswered' | 'correct' | 'not yet' | 'error' | 'hint' | 'solution';

const looks: Record<Mood, { sign: string; colour: string; word: string }> = {
  unanswered: { sign: '○', colour: colours.grey, word: 'Not answered yet' },
  correct: { sign: '✓', colour: colours.green, word: 'Correct' },
  'not yet': { sign: '→', colour: colours.orange, word: 'Not yet' },
  error: { sign: '✕', colour: colours.vermilion, word: 'Error' },
  hint: { sign: '?', colour: colours.sky, word: 'Hint' },
  solution: { sign: '=', colour: colours.blue, word: 'Solution' },
};

/** A card's parts, in their order: prose, a piece of code, or something that a click opens. */
export type Part = string | { code: string } | { closed: string; parts: readonly Part[] };

/** Make a card: a coloured edge, a sign and a word, and what is said. It reads well in both themes and aloud. */
export function card(mood: Mood, title: string, parts: readonly Part[]): Shown {
  const { sign, colour, word } = looks[mood];
  const head = `<strong><span aria-hidden="true" style="display:inline-block;width:1.4em;color:${colour}">${sign}</span>${word}</strong> <span style="color:var(--jp-ui-font-color2,#767676)">${escapeHtml(title)}</span>`;
  return {
    [shown]: () => ({
      'text/html': `<div role="status" style="max-width:760px;margin:4px 0;padding:8px 14px;border-left:5px solid ${colour};background:var(--jp-layout-color1,transparent);color:var(--jp-ui-font-color1,inherit);font-size:var(--jp-content-font-size1,14px);line-height:1.5">${head}${parts.map(partHtml).join('')}</div>`,
      'text/plain': [`${word}: ${title}`, ...parts.map(partText)].join('\n'),
    }),
  };
}

function partHtml(part: Part): string {
  if (typeof part === 'string') return `<p style="margin:4px 0 0;white-space:pre-wrap">${inlineHtml(part)}</p>`;
  if ('code' in part)
    return `<pre style="margin:6px 0 0;padding:8px 12px;overflow-x:auto;font-size:13px;background:var(--jp-layout-color2,#8881)">${escapeHtml(part.code)}</pre>`;
  return `<details style="margin:4px 0 0"><summary style="cursor:pointer">${inlineHtml(part.closed)}</summary>${part.parts.map(partHtml).join('')}</details>`;
}

const partText = (part: Part): string => {
  if (typeof part === 'string') return part;
  return 'code' in part ? part.code : [part.closed, ...part.parts.map(partText)].join('\n');
};

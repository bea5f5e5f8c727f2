import { place } from './output.ts';
import { escapeHtml, type Shown, shown } from './shown.ts';

const silentMs = 500;
const redrawMs = 250;

/** Says how far the work is: `done` of `total` (any unit), and what is being done. */
export type Report = (done: number, total?: number, what?: string) => void;

/**
 * Run work that may take over two seconds and show its progress in one line that changes in place. Work that is over within
 * half a second shows nothing.
 *
 * @param title What is done, as a learner would say it: "Reading the tape".
 * @param work Gets `report(done, total?, what?)`, to be called as often as it likes.
 * @returns What the work returns.
 * @example const rows = await progressBar('Reading the tape', report => readTape(tape, report))
 */
export async function progressBar<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
  const { show } = place();
  const state = {
    title,
    begun: performance.now(),
    done: 0,
    total: undefined as number | undefined,
    what: '',
    ended: '',
  };
  let redraw: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    show(line(state));
    redraw = setInterval(() => show(line(state)), redrawMs);
  }, silentMs);
  const end = (ended: string) => {
    clearTimeout(first);
    clearInterval(redraw);
    if (redraw) show(line({ ...state, ended }));
  };
  try {
    const result = await work((done, total, what = '') => Object.assign(state, { done, total, what }));
    end('done');
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}

type State = { title: string; begun: number; done: number; total?: number; what: string; ended: string };

function line(state: State): Shown {
  const { title, begun, done, total, what, ended } = state;
  const seconds = `${Math.round((performance.now() - begun) / 1000)} s`;
  const count = total
    ? `${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`
    : done.toLocaleString('en-US');
  const doing = [done > 0 || total ? count : '', what].filter(Boolean).join(' · ') || 'working';
  const words = ended || `${doing} · ${seconds}`;
  const bar = ended
    ? ''
    : `<progress ${total ? `value="${done}" max="${total}"` : ''} style="width:220px"></progress> `;
  return {
    [shown]: () => ({
      'text/html': `<div>${bar}${escapeHtml(title)}: ${escapeHtml(words)}</div>`,
      'text/plain': `${title}: ${words}`,
    }),
  };
}

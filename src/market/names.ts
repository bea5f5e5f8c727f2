import { keyOf, uniform } from './random.ts';

const heads = 'al bra cor dra el fen gal hel ix jor kel lum mer nov or pra qui ras sol tan ul ver wex yel zan'.split(
  ' ',
);
const middles = 'a e i o u ari ero ino ola uve'.split(' ');
const tails = 'dex fi lith mint net on pad rax swap tide va vex x zen bit'.split(' ');
const seconds = ['', '', '', '', 'Chain', 'Finance', 'Network', 'Protocol', 'Token'];

const pick = <T>(list: T[], key: number, n: number): T => list[Math.floor(uniform(key, n) * list.length)]!;

/** An invented coin's names: `id` in lower case with hyphens, `name` for people, `symbol` of three or four letters. */
export type Names = { id: string; symbol: string; name: string };

/**
 * Invent `count` coins' names, none of them used twice as an id (two coins may share a symbol, as in the real market).
 * Returns the same list every time.
 */
export function inventNames(count: number): Names[] {
  const key = keyOf('names');
  const names = new Map<string, Names>();
  for (let n = 0; names.size < count; n += 4) {
    const word = pick(heads, key, n) + pick(middles, key, n + 1) + pick(tails, key, n + 2);
    const name = `${word[0]!.toUpperCase()}${word.slice(1)} ${pick(seconds, key, n + 3)}`.trim();
    const id = name.toLowerCase().replaceAll(' ', '-');
    if (!names.has(id)) names.set(id, { id, name, symbol: word.slice(0, 3 + (n % 2 ? 0 : word.length % 2)) });
  }
  return [...names.values()];
}

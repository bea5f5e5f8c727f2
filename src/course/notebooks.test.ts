import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '../run/paths.ts';
import { stations } from './stations.ts';

type Cell = {
  id: string;
  cell_type: 'code' | 'markdown';
  source: string | string[];
  outputs?: unknown[];
  execution_count?: number;
};

const names = readdirSync(inRoot('notebooks'), { withFileTypes: true }).flatMap(entry =>
  entry.isDirectory() ? entry.name : [],
);
const cellsOf = (name: string): Cell[] =>
  JSON.parse(readFileSync(inRoot('notebooks', name, `${name}.ipynb`), 'utf8')).cells;
const textOf = ({ source }: Cell) => (Array.isArray(source) ? source.join('') : source);
const codeOf = (name: string) => cellsOf(name).filter(cell => cell.cell_type === 'code');

test('every folder of notebooks/ is a station of the plan', () => {
  expect(stations.map(station => station.name)).toEqual(expect.arrayContaining(names));
});

test.each(names)('%s is stored without outputs, and its cells have names of their own', name => {
  for (const cell of codeOf(name)) expect(cell).toMatchObject({ outputs: [], execution_count: null });
  const ids = cellsOf(name).map(cell => cell.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(names)('%s has code cells of at most ten lines', name => {
  const long = codeOf(name).filter(cell => textOf(cell).trim().split('\n').length > 10);
  expect(long.map(cell => cell.id)).toEqual([]);
});

test.each(names)('%s opens its own station and imports files that exist', name => {
  const code = codeOf(name).map(textOf).join('\n');
  expect(code).toContain(`await station('${name}'`);
  for (const [, file] of code.matchAll(/from '\.\/([^']+)'/g)) expect(existsSync(inRoot(file!)), file).toBe(true);
});

test.each(names)('%s links to notebooks that lie beside it', name => {
  const prose = cellsOf(name).map(textOf).join('\n');
  for (const [, target] of prose.matchAll(/\]\(([^)#]+\.ipynb)\)/g))
    expect(names.map(other => `${other}.ipynb`)).toContain(target!.replace(/^\.\//, ''));
});

test('every term of the glossary is linked where it is first met, and every link has its term', () => {
  const glossary = readFileSync(inRoot('notebooks', 'GLOSSARY.md'), 'utf8');
  const terms = [...glossary.matchAll(/^\| <a id="([^"]+)"><\/a>.* \| (\d\d) \|$/gm)].map(([, id, at]) => [id, at]);
  const met = new Map<string, string>();
  for (const name of names)
    for (const [, id] of cellsOf(name)
      .map(textOf)
      .join('\n')
      .matchAll(/\]\(GLOSSARY\.md#([^)]+)\)/g))
      if (!met.has(id!)) met.set(id!, name.slice(0, 2));
  expect(terms.length).toBeGreaterThan(40);
  expect(glossary).toContain('<a id="short-forms"></a>');
  met.delete('short-forms'); // a page of its own, linked from several stations
  expect([...met].toSorted()).toEqual(terms.toSorted());
});

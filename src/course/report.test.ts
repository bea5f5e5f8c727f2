import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toCsv } from '../report/csv.ts';
import type { StationProgress } from './progress.ts';
import { gather, reportOf } from './report.ts';

const progress = (solved: number): StationProgress[] => [
  {
    station: '04-silver',
    title: 'Silver',
    solved,
    exercises: 2,
    minutes: 31,
    details: [
      { id: '4.1', title: 'one', level: 'beginner', solved: solved > 0, tries: 1 },
      { id: '4.2', title: 'two', level: 'beginner', solved: solved > 1, tries: 0 },
    ],
  },
];

test('a room is gathered: the latest report of each name, and what is none is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'room-'));
  const hand = (file: string, content: unknown) => writeFileSync(join(folder, file), JSON.stringify(content));
  hand('b-early.json', reportOf(progress(1), 'Bo', new Date(1000)));
  hand('b-late.json', reportOf(progress(2), 'Bo', new Date(2000)));
  hand('a.json', reportOf(progress(0), '=cmd()', new Date(0)));
  hand('other.json', { report: 'something' });
  writeFileSync(join(folder, 'broken.json'), '{');
  hand('huge.json', { ...reportOf(progress(1), 'Al'), more: 'x'.repeat(2 ** 20) });
  const { rows, refused } = gather(folder);
  expect(rows.map(({ name, solved, minutes, '04-silver': silver }) => [name, solved, minutes, silver])).toEqual([
    ['=cmd()', 0, 31, '0/2'],
    ['Bo', 2, 31, '2/2'],
  ]);
  expect(refused).toEqual([
    { file: 'broken.json', reason: 'no JSON' },
    { file: 'huge.json', reason: 'larger than a report can be' },
    { file: 'other.json', reason: 'no report of ticklake' },
  ]);
  expect(toCsv(rows).split('\r\n')[1]).toMatch(/^a\.json,'=cmd\(\),/);
});

test('a report names stations and nothing else, and a link to nowhere is left out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'room-'));
  for (const [at, station] of ['=1+1', 'x,"y', '\u001b[2J', 'solved', 'name'].entries()) {
    const stations = progress(1).map(one => ({ ...one, station }));
    writeFileSync(join(folder, `${at}.json`), JSON.stringify(reportOf(stations, 'Eve')));
  }
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link.json'));
  const { rows, refused } = gather(folder);
  expect(rows).toEqual([]);
  expect(refused.map(({ reason }) => reason)).toEqual([...Array(5).fill('no report of ticklake'), 'no file']);
});

test('the head of the CSV is written as carefully as its rows', () => {
  const row = { file: 'a.json', name: 'Bo', version: '1', at: '', solved: 0, exercises: 0, minutes: 0, '=1,"': 1 };
  const [head] = toCsv([row]).split('\r\n');
  expect(head).toBe(`file,name,version,at,solved,exercises,minutes,"'=1,"""`);
});

test('no name becomes a formula, whatever a spreadsheet parts at', () => {
  const row = { file: 'a.json', version: '1', at: '', solved: 0, exercises: 0, minutes: 0 };
  const cells = ['Eve;=1+1;', '＝1+1', 'Eve\t=1+1'].map(name => toCsv([{ ...row, name }]).split('\r\n')[1]);
  expect(cells).toEqual(['a.json,1,,0,0,0,"Eve;=1+1;"', "a.json,1,,0,0,0,'＝1+1", 'a.json,1,,0,0,0,"Eve\t=1+1"']);
});

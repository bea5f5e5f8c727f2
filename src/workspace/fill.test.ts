import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillWorkspace, resetWorkspace } from './fill.ts';

let folder: string;
const name = '03-bronze.ipynb';
const at = new Date('2026-03-09T10:30:00Z');
const places = () => ({ from: join(folder, 'notebooks'), to: join(folder, 'workspace') });
const mine = (file = name) => join(folder, 'workspace', file);
const notebook = (source: string, output?: string) =>
  JSON.stringify({ cells: [{ cell_type: 'code', source: [source], outputs: output ? [{ text: output }] : [] }] });

function publish(source: string, station = '03-bronze') {
  mkdirSync(join(folder, 'notebooks', station), { recursive: true });
  writeFileSync(join(folder, 'notebooks', station, `${station}.ipynb`), notebook(source));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fill-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a first fill brings every station in order, and a second changes nothing', () => {
  publish('one');
  publish('hello', '00-welcome');
  const outcomes = () => fillWorkspace(places()).map(filled => `${filled.name} ${filled.outcome}`);
  expect(outcomes()).toEqual(['00-welcome.ipynb added', '03-bronze.ipynb added']);
  expect(outcomes()).toEqual(['00-welcome.ipynb current', '03-bronze.ipynb current']);
});

test('the glossary comes with them', () => {
  publish('one');
  writeFileSync(join(folder, 'notebooks', 'GLOSSARY.md'), '# Glossary\n');
  expect(fillWorkspace(places()).map(({ name: page }) => page)).toEqual([name, 'GLOSSARY.md']);
  expect(readFileSync(mine('GLOSSARY.md'), 'utf8')).toBe('# Glossary\n');
});

test('a notebook that was only run is refreshed by a newer version', () => {
  publish('one');
  fillWorkspace(places());
  writeFileSync(mine(), notebook('one', 'an output'));
  publish('two');
  expect(fillWorkspace(places())).toEqual([{ name, outcome: 'refreshed' }]);
  expect(readFileSync(mine(), 'utf8')).toBe(notebook('two'));
});

test('a notebook that the learner changed is never touched, and an update lies beside it', () => {
  publish('one');
  fillWorkspace(places());
  writeFileSync(mine(), notebook('my own work'));
  expect(fillWorkspace(places())).toEqual([{ name, outcome: 'kept' }]);
  publish('two');
  expect(fillWorkspace(places())).toEqual([{ name, outcome: 'update beside', beside: '03-bronze.update.ipynb' }]);
  expect(readFileSync(mine(), 'utf8')).toBe(notebook('my own work'));
  expect(readFileSync(mine('03-bronze.update.ipynb'), 'utf8')).toBe(notebook('two'));
});

test('an update that the learner changed is not touched either', () => {
  publish('one');
  fillWorkspace(places());
  writeFileSync(mine(), notebook('my own work'));
  publish('two');
  fillWorkspace(places());
  writeFileSync(mine('03-bronze.update.ipynb'), notebook('more of my work'));
  publish('three');
  expect(fillWorkspace(places())).toEqual([{ name, outcome: 'kept' }]);
  expect(readFileSync(mine('03-bronze.update.ipynb'), 'utf8')).toBe(notebook('more of my work'));
});

test('an update that the learner removed does not come again until there is a newer one', () => {
  publish('one');
  fillWorkspace(places());
  writeFileSync(mine(), notebook('my own work'));
  publish('two');
  fillWorkspace(places());
  rmSync(mine('03-bronze.update.ipynb'));
  expect(fillWorkspace(places())).toEqual([{ name, outcome: 'kept' }]);
  publish('three');
  expect(fillWorkspace(places())[0]?.outcome).toBe('update beside');
});

test('a changed notebook survives the loss of the manifest', () => {
  publish('one');
  fillWorkspace(places());
  writeFileSync(mine(), notebook('my own work'));
  rmSync(mine('.delivered.json'));
  fillWorkspace(places());
  expect(readFileSync(mine(), 'utf8')).toBe(notebook('my own work'));
});

test('a half written file of the learner counts as changed', () => {
  publish('one');
  fillWorkspace(places());
  writeFileSync(mine(), '{ "cells": [');
  publish('two');
  fillWorkspace(places());
  expect(readFileSync(mine(), 'utf8')).toBe('{ "cells": [');
});

test('a reset keeps a dated copy of what the learner changed', () => {
  publish('one');
  publish('hello', '00-welcome');
  fillWorkspace(places());
  writeFileSync(mine(), notebook('my own work'));
  expect(resetWorkspace({ ...places(), name, at })).toEqual(['03-bronze.2026-03-09T10-30-00.ipynb']);
  expect(readFileSync(mine('03-bronze.2026-03-09T10-30-00.ipynb'), 'utf8')).toBe(notebook('my own work'));
  expect(readFileSync(mine(), 'utf8')).toBe(notebook('one'));
});

test('a reset of what was not changed makes no copy', () => {
  publish('one');
  fillWorkspace(places());
  expect(resetWorkspace({ ...places(), at })).toEqual([]);
  expect(readdirSync(join(folder, 'workspace')).sort()).toEqual(['.delivered.json', name]);
});

test('a reset of an unknown notebook names the known ones', () => {
  publish('one');
  expect(() => resetWorkspace({ ...places(), name: '99-x.ipynb', at })).toThrow(
    /no such notebook, only 03-bronze.ipynb/,
  );
  expect(existsSync(mine('99-x.ipynb'))).toBe(false);
});

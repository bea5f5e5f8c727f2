import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inRoot } from '../../src/run/paths.ts';
import { type KernelSession, openKernel } from './kernel-session.ts';

let kernel: KernelSession;
// Imported by cells, so it must lie in the project; ignored by git.
const scratch = inRoot('.ticklake', `scratch-${process.pid}`);
const scratchImport = `./.ticklake/scratch-${process.pid}`;

beforeAll(async () => {
  mkdirSync(scratch, { recursive: true });
  kernel = await openKernel();
});
afterAll(async () => {
  await kernel[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

const say = async (code: string) => {
  const { status, text, outputs } = await kernel.execute(code);
  expect(status, JSON.stringify(outputs)).toBe('ok');
  return text.trim();
};
const shown = async (code: string) => (await kernel.execute(code)).outputs.at(-1)?.data ?? {};
const failure = async (code: string) => (await kernel.execute(code)).outputs.find(output => output.type === 'error');

test('the kernel works at the root of the project wherever the notebook lies, on Node 24 or newer', async () => {
  expect(await say('process.cwd()')).toBe(inRoot());
  expect(Number(await say('process.versions.node.split(".")[0]'))).toBeGreaterThanOrEqual(24);
});

test('cells may use what the language and its library offer today', async () => {
  expect(await say('[3, 1, 2].toSorted().join()')).toBe('1,2,3');
  expect(await say('const point = { x: 1 } satisfies Record<string, number>; point.x')).toBe('1');
  expect(
    await say(
      'enum Side { Buy, Sell }\nclass Box { #v = 2; get v() { return this.#v } }\nString(Side.Sell) + new Box().v',
    ),
  ).toBe('12');
  expect(await say(`{ using door = { [Symbol.dispose]() { console.log('closed') } }; console.log('open') }`)).toBe(
    'open\nclosed',
  );
});

test('await, for await and await using stand at the top level of a cell', async () => {
  expect(await say('const later = await Promise.resolve(41)\nlater + 1')).toBe('42');
  expect(
    await say('async function* two() { yield 1; yield 2 }\nfor await (const item of two()) console.log(item)'),
  ).toBe('1\n2');
  expect(
    await say(`await using door = { async [Symbol.asyncDispose]() { console.log('closed') } }\nconsole.log('open')`),
  ).toBe('open\nclosed');
  expect(
    await say(
      `await using other = { async [Symbol.asyncDispose]() { console.log('closed') } }\nconst inner = 3\ninner * 2`,
    ),
  ).toBe('closed\n6');
  expect(await say('inner + 1')).toBe('4');
});

test('a name of an earlier cell may stand alone in an object, read or assigned', async () => {
  await say(`let topic = 'ticks'; const rows = 2`);
  expect(await say('const made = { topic, rows }\nawait 1\nmade.topic + made.rows')).toBe('ticks2');
  expect(await say(`({ topic } = { topic: 'prices' })\nconst all = () => ({ topic })\nall().topic`)).toBe('prices');
});

test('a property of a type of an earlier cell can be taken apart under another name', async () => {
  await say('type Tick = { price: number }; const tick: Tick = { price: 7 }; let last = 0');
  expect(await say('const { price: now } = tick; ({ price: last } = tick); [now, last].join()')).toBe('7,7');
});

test('modules of the project and of npm are imported with their types', async () => {
  expect(await say(`import { inRoot } from './src/run/paths.ts'\ninRoot('sql')`)).toBe(inRoot('sql'));
  expect(await say(`import { z } from 'zod'\nz.object({ a: z.number() }).parse({ a: 1 }).a`)).toBe('1');
  expect((await failure(`inRoot(5)`))?.evalue).toMatch(/'number' is not assignable to parameter of type 'string'/);
});

test('an edit two imports down shows when the import is run again, and untouched modules keep their state', async () => {
  writeFileSync(join(scratch, 'deep.ts'), `export const word = 'old';\n`);
  writeFileSync(join(scratch, 'middle.ts'), `import { word } from './deep.ts';\nexport const say = () => word;\n`);
  writeFileSync(join(scratch, 'apart.ts'), `export const count = { value: 0 };\n`);
  const cell = `import { say } from '${scratchImport}/middle.ts'\nimport { count } from '${scratchImport}/apart.ts'\ncount.value++\nsay() + count.value`;
  expect(await say(cell)).toBe('old1');
  writeFileSync(join(scratch, 'deep.ts'), `export const word = 'new';\n`);
  await expect.poll(() => say(cell)).toMatch(/^new\d+$/);
  expect(Number((await say(cell)).slice(3))).toBeGreaterThan(1);
});

test('files that appear beside imported ones do not disturb the next cell', async () => {
  writeFileSync(join(scratch, 'typed.ts'), `import { z } from 'zod';\nexport const three = z.literal(3).parse(3);\n`);
  expect(await say(`import { three } from '${scratchImport}/typed.ts'\nthree`)).toBe('3');
  for (let turn = 1; turn <= 3; turn++) {
    await say(`import { mkdirSync, watch, writeFileSync } from 'node:fs'
      import { once } from 'node:events'
      const notices = watch(${JSON.stringify(scratch)})
      mkdirSync(${JSON.stringify(scratch)} + '/new-${turn}')
      writeFileSync(${JSON.stringify(scratch)} + '/new-${turn}.ts', 'export const turn = ${turn}')
      writeFileSync(${JSON.stringify(scratch)} + '/deep.ts', "export const word = 'turn ${turn}'")
      await once(notices, 'change')
      notices.close()`);
    expect(await say(`${turn} + 1`)).toBe(String(turn + 1));
  }
});

test('completion knows names, members, exports and paths', async () => {
  expect(await kernel.complete(`const text = 'a'; text.toUpp|`)).toContain('toUpperCase');
  expect(await kernel.complete(`import { inR| } from './src/run/paths.ts'`)).toContain('inRoot');
  expect(await kernel.complete(`import { inRoot } from './src/run/pa|'`)).toContain('paths.ts');
});

test('hovering shows signature and docblock', async () => {
  const hover = await kernel.hover(`import { inRoot } from './src/run/paths.ts'\ninR|oot('a')`);
  expect(hover).toMatch(/inRoot\(\.\.\.parts: string\[\]\): string/);
  expect(hover).toMatch(/Absolute path inside the project folder/);
});

test('the last value of a cell shows as what it is', async () => {
  expect((await shown(`[{ coin: 'bitcoin', price: 67250.5 }]`))['text/html']).toMatch(/67,250\.5/);
  expect((await shown(`import pl from 'nodejs-polars'\npl.DataFrame({ price: [1234.5, null] })`))['text/html']).toMatch(
    /1,234\.5/,
  );
  const chart = await shown(`({ data: { values: [{ price: 1 }] }, mark: 'bar', title: 'Nothing yet' })`);
  expect(chart['application/vnd.vegalite.v5+json']).toMatchObject({ title: 'Nothing yet', description: 'Nothing yet' });
  expect(await say(`({ data: { values: [] }, mark: 'bar' })`)).toMatch('There are no rows to draw');
  expect(await say(`Promise.resolve(1)`)).toMatch(/write "await" before it/);
});

test('no output and no reply is lost, however many are sent at once', async () => {
  const lines = 3000;
  const { outputs } = await kernel.execute(`import { display } from 'tslab'
    for (let n = 0; n < ${lines}; n++) display.text(String(n))`);
  expect(outputs.map(output => output.data?.['text/plain'])).toEqual(
    Array.from({ length: lines }, (_, n) => String(n)),
  );
  expect(await say('1 + 1')).toBe('2');
});

test('the question for the history prints nothing into the cell that runs', async () => {
  const cell = kernel.execute('await new Promise(resolve => setTimeout(resolve, 500))\n1 + 1');
  await kernel.askHistory();
  expect((await cell).text.trim()).toBe('2');
});

test('an error of the compiler names line and place and nothing else', async () => {
  const error = await failure(`const fine = 1\nconst price: number = 'high'`);
  expect(error?.evalue).toBe(
    `line 2: Type 'string' is not assignable to type 'number'.\n    const price: number = 'high'\n          ^`,
  );
});

test('a thrown error shows its message and cause without frames of the machinery', async () => {
  const error = await failure(`throw new RangeError('too far', { cause: new Error('no road') })`);
  expect(error?.ename).toBe('RangeError');
  expect(stripVTControlCharacters(error?.traceback?.join('\n') ?? '')).toBe(
    'RangeError: too far\nCause: Error: no road',
  );
});

test('what fails without being awaited is told, and once when it fails alike', async () => {
  const text = await say(`for (let n = 0; n < 50; n++) Promise.reject(new Error('no one waits'))
    await new Promise(done => setImmediate(done))`);
  expect(text).toBe('Not awaited, and failed: Error: no one waits');
});

test('an interrupt ends a loop that watches for it, without an error, and the next cell runs', async () => {
  const loop = kernel.execute(`import { interrupted } from './src/show/show.ts'
    const stop = interrupted(); let turns = 0
    while (!stop.aborted) { turns++; if (turns === 1) console.log('begun'); await new Promise(r => setTimeout(r, 20)) }
    'ended in order'`);
  const interrupting = setInterval(() => kernel.interrupt(), 700);
  const { status, text } = await loop;
  clearInterval(interrupting);
  expect({ status, text }).toEqual({ status: 'ok', text: 'begun\nended in order\n' });
  expect(await say('turns > 0')).toBe('true');
});

test('an interrupt frees a cell that does not watch for it', async () => {
  const stuck = kernel.execute('await new Promise(() => {})');
  const interrupting = setInterval(() => kernel.interrupt(), 700);
  const { status, outputs } = await stuck;
  clearInterval(interrupting);
  expect({ status, name: outputs.find(output => output.type === 'error')?.ename }).toEqual({
    status: 'error',
    name: 'Interrupted',
  });
});

test('an old Node first on PATH does not matter', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'old-node-'));
  writeFileSync(join(folder, 'node'), '#!/bin/sh\necho v18.0.0\n');
  chmodSync(join(folder, 'node'), 0o755);
  const env = { PATH: `${folder}:${process.env.PATH}`, TICKLAKE_NODE: '' };
  expect(execFileSync('node', ['--version'], { env: { ...process.env, ...env }, encoding: 'utf8' }).trim()).toBe(
    'v18.0.0',
  );
  await using other = await openKernel({ env });
  expect((await other.execute('Number(process.versions.node.split(".")[0]) >= 24')).text).toBe('true\n');
  rmSync(folder, { recursive: true });
});

test('the kernel ends when the process that started it is killed', async () => {
  const other = await openKernel();
  const pid = await other.pid();
  const parent = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
  process.kill(parent, 'SIGKILL');
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  await other[Symbol.asyncDispose]();
});

function isRunning(pid: number): boolean {
  try {
    return !/^Z/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch {
    return false;
  }
}

test('a kernel ends whose server died before it was loaded', async () => {
  const file = join(scratch, 'connection.json');
  const ports = Object.fromEntries(
    await Promise.all(
      ['shell', 'iopub', 'stdin', 'control', 'hb'].map(async name => [`${name}_port`, await getPort()] as const),
    ),
  );
  const told = { ip: '127.0.0.1', transport: 'tcp', key: 'k', signature_scheme: 'hmac-sha256', ...ports };
  writeFileSync(file, JSON.stringify(told));
  const env = { ...process.env, JPY_PARENT_PID: String(spawnSync('true').pid) };
  const orphan = spawn(inRoot('infra/jupyter/kernels/tslab/start.sh'), [file], { env, stdio: 'ignore' });
  try {
    const ended = new Promise(resolve => orphan.once('exit', resolve));
    expect(await Promise.race([ended, setTimeout(20_000, 'still there')])).toBe(0);
  } finally {
    orphan.kill('SIGKILL');
  }
});

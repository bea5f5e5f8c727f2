import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { inRoot } from '../run/paths.ts';
import { takeTurn } from '../run/turn.ts';

test('while a stress run is at work in a folder, another one is refused', async () => {
  const state = mkdtempSync(join(tmpdir(), 'ticklake-stress-'));
  const command = [inRoot('src', 'cli', 'stress.ts'), '--coins', '2', '--days', '1', '--json'];
  const run = () => execa(process.execPath, command, { env: { TICKLAKE_STATE: state }, reject: false });
  const turn = await takeTurn(join(state, 'stress', 'run.sqlite'));
  expect(await run()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^Cannot begin: another stress run is at work in /),
  });
  turn.release();
  expect(await run()).toMatchObject({ exitCode: 0 });
});

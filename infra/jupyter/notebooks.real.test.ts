import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inRoot } from '../../src/run/paths.ts';
import { describeFailure, runNotebooks } from './notebooks.ts';

const fixture = (name: string) => inRoot('infra', 'jupyter', 'fixtures', `${name}.ipynb`);

test('notebooks run side by side, and the one that fails says where and why', async () => {
  const out = mkdtempSync(join(tmpdir(), 'executed-'));
  const [everything, failing] = await runNotebooks([fixture('everything'), fixture('failing')], { out });
  expect(everything).toMatchObject({ failure: null, warnings: [] });
  expect(failing?.failure).toMatchObject({ cell: 3, message: 'RangeError: the price is 1' });
  expect(describeFailure(failing!)).toMatch(/failing\.ipynb, cell 3 \(\/\/ the price is wrong\): RangeError/);
  const cells = JSON.parse(readFileSync(join(out, 'everything.ipynb'), 'utf8')).cells;
  expect(cells.at(-1).outputs).toHaveLength(1);
  expect(cells.at(-1).outputs[0].data['text/plain'].join?.('') ?? cells.at(-1).outputs[0].data['text/plain']).toMatch(
    /Prices as they arrive\. 50 ticks/,
  );
  rmSync(out, { recursive: true });
});

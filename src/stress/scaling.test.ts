import { expect, test } from 'vitest';
import { dress } from '../show/chart.ts';
import { logLog, scalingPlot, stagePoints } from './scaling.ts';
import type { StressSummary } from './stress.ts';

const run = (rows: number, seconds: number, peakBytes: number): StressSummary => ({
  rows,
  stages: [
    { name: 'tables', rows: 0, seconds: 0, peakBytes: 1 },
    { name: 'bronze.market_rows', rows, seconds, peakBytes },
  ],
  seconds,
  peakBytes,
  files: { before: 1, after: 1 },
  bytes: rows * 80,
  report: 'report.csv',
});

type View = { data: { values: object[] }; encoding?: object };
const viewsOf = (runs: StressSummary[]) => {
  const { vconcat } = scalingPlot(runs, 'title') as { vconcat: [{ layer: View[] }, View] };
  return { layers: vconcat[0].layer, memory: vconcat[1] };
};

test('stages go by the name of their layer, and one that took no time still has a place on a logarithmic axis', () => {
  expect(stagePoints([run(100, 2, 5e6)])).toEqual([
    { rows: 100, stage: 'tables', seconds: 0.001 },
    { rows: 100, stage: 'bronze', seconds: 2 },
  ]);
});

test('the dashed line grows as the rows do, from the slowest stage of the smallest run', () => {
  const { layers, memory } = viewsOf([run(1000, 9, 7e6), run(100, 2, 5e6)]);
  expect(layers[1]!.data.values).toEqual([
    { rows: 100, seconds: 2 },
    { rows: 1000, seconds: 20 },
  ]);
  expect(memory.data.values).toMatchObject([{ megabytes: 7 }, { megabytes: 5 }]);
});

test('one run has points and no dashed line, and the plot can be drawn', () => {
  expect(viewsOf([run(100, 2, 5e6)]).layers).toHaveLength(1);
  const drawn = dress(scalingPlot([run(100, 2, 5e6)], 'Not everything grows'));
  expect(drawn['text/plain']).toMatch(/^Chart: Not everything grows\. npm run stress/);
});

test('both axes are logarithmic, and a second column is told by dashes', () => {
  const spec = logLog([{ n: 1, s: 2, engine: 'a', format: 'b' }], {
    x: 'n',
    y: 's',
    colour: 'engine',
    dash: 'format',
    xUnit: 'rows',
    yUnit: 's',
  });
  expect(spec.encoding).toMatchObject({
    x: { field: 'n', scale: { type: 'log' } },
    y: { field: 's', scale: { type: 'log' } },
    strokeDash: { field: 'format' },
  });
});

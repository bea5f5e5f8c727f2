import type { Spec } from '../show/chart.ts';
import { colours, layerColours } from '../show/theme.ts';
import type { StressSummary } from './stress.ts';

/** What a chart with two logarithmic axes shows; `x` and `y` are columns of positive numbers. */
export type LogLogOptions<R> = {
  x: keyof R & string;
  y: keyof R & string;
  /** Column that tells the lines apart. */
  colour: keyof R & string;
  /** Names of the axes, with their units. */
  xUnit: string;
  yUnit: string;
  /** Colours by the words of that column, where they are not to be chosen by themselves. */
  wearing?: Readonly<Record<string, string>>;
  /** Column whose words are told apart by dashes as well. */
  dash?: keyof R & string;
  /** The ends of the axis of x; those of the rows when missing. */
  span?: readonly [from: number, to: number];
};

/**
 * Describe lines over two logarithmic axes, where a power of x is a straight line and its exponent the slope.
 *
 * @param rows in any order
 * @example logLog(times, { x: 'rows', y: 'seconds', colour: 'engine', xUnit: 'rows', yUnit: 's' })
 */
export function logLog<R extends object>(rows: readonly R[], options: LogLogOptions<R>): Spec {
  const { x, y, colour, xUnit, yUnit, wearing, dash, span } = options;
  const scale = wearing && { scale: { domain: Object.keys(wearing), range: Object.values(wearing) } };
  const channel = (field: string, title: string, format: string, ends?: object) => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', ...ends },
    axis: { title, format, tickCount: 4 },
  });
  return {
    data: { values: rows },
    mark: { type: 'line', point: true },
    encoding: {
      x: channel(x, xUnit, '~s', span && { domain: span, nice: false }),
      y: channel(y, yUnit, '~g'),
      color: { field: colour, type: 'nominal', title: colour, ...scale },
      ...(dash && { strokeDash: { field: dash, type: 'nominal', title: dash } }),
      tooltip: [
        { field: colour, type: 'nominal', title: colour },
        ...(dash ? [{ field: dash, type: 'nominal', title: dash }] : []),
        { field: x, type: 'quantitative', title: xUnit, format: ',' },
        { field: y, type: 'quantitative', title: yUnit, format: '.3~g' },
      ],
    },
  };
}

const stageColours = {
  tables: colours.sky,
  bronze: layerColours.bronze,
  silver: layerColours.silver,
  gold: layerColours.gold,
  compaction: colours.blue,
  report: colours.green,
};

/** One point of a line of the scaling plot: how long a stage took in a run of so many rows. */
export type StagePoint = { rows: number; stage: string; seconds: number };

/** The stages of runs as points, named by their layer. */
export const stagePoints = (runs: readonly StressSummary[]): StagePoint[] =>
  runs.flatMap(({ rows, stages }) =>
    stages.map(({ name, seconds }) => ({ rows, stage: name.split('.')[0]!, seconds: Math.max(seconds, 0.001) })),
  );

/**
 * Describe how runs of different sizes compare: the seconds of each stage, and below them the peak memory of the whole process.
 * The dashed line grows as the rows do, from the slowest stage of the smallest run.
 *
 * @param runs of the same machine
 */
export function scalingPlot(runs: readonly StressSummary[], title: string): Spec {
  const points = stagePoints(runs);
  const sizes = runs.map(({ rows }) => rows);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const from = Math.max(...points.filter(({ rows }) => rows === least).map(({ seconds }) => seconds));
  const linear = [least, most].map(rows => ({ rows, seconds: (from * rows) / least }));
  const span = [least / 1.3, Math.max(most * 1.3, least * 12)] as const;
  const { data, ...stages } = logLog(points, {
    span,
    x: 'rows',
    y: 'seconds',
    colour: 'stage',
    xUnit: 'rows',
    yUnit: 'time of a stage (s)',
    wearing: stageColours,
  });
  const memory = runs.map(({ rows, peakBytes }) => ({ rows, megabytes: peakBytes / 1e6, what: 'whole process' }));
  const dashed = {
    data: { values: linear },
    mark: { type: 'line', strokeDash: [5, 5], color: colours.grey, point: false },
    encoding: {
      x: { field: 'rows', type: 'quantitative' },
      y: { field: 'seconds', type: 'quantitative' },
    },
  };
  const { encoding, ...below } = logLog(memory, {
    span,
    x: 'rows',
    y: 'megabytes',
    colour: 'what',
    xUnit: 'rows',
    yUnit: 'peak memory (MB)',
  });
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title: {
      text: title,
      subtitle: 'npm run stress on this machine, 30 days; dashed: twice the rows, twice the seconds',
    },
    vconcat: [
      { width: 500, height: 300, layer: [{ data, ...stages }, ...(least < most ? [dashed] : [])] },
      { width: 500, height: 120, ...below, encoding: { ...(encoding as object), color: { value: colours.vermilion } } },
    ],
    resolve: { scale: { color: 'independent' } },
  };
}

import pl, { type DataFrame } from 'nodejs-polars';
import type { Exercise, Ground } from '../../src/course/exercise.ts';
import { isFrame } from '../../src/show/table.ts';

type Plan = { coins: number; days: number; bytesPerRow: number; rowsPerSecond: number };
type Estimate = { rows: number; gigabytes: number; minutes: number };
type Stage = { name: string; rows: number; seconds: number };
type Slowest = { name: string; share: number; rowsPerSecond: number };
type Point = { rows: number; seconds: number };
type Line = { exponent: number; secondsAt: (rows: number) => number };
type Job = { rows: number; bytesPerRow: number; hours: number; gigabytes: number };
type Verdict = { hours: number; gigabytes: number; fits: boolean };
type Peak = { id: string; volume: number };

/** Plans for 13.1. */
const plans: readonly { plan: string; given: Plan }[] = [
  { plan: 'the small run', given: { coins: 200, days: 30, bytesPerRow: 80, rowsPerSecond: 100_000 } },
  { plan: 'one coin, one day', given: { coins: 1, days: 1, bytesPerRow: 100, rowsPerSecond: 12 } },
  { plan: 'a hundred million', given: { coins: 5000, days: 834, bytesPerRow: 75, rowsPerSecond: 390_000 } },
  { plan: 'wide rows', given: { coins: 17_000, days: 365, bytesPerRow: 2048, rowsPerSecond: 250_000 } },
];

const stage = (name: string, rows: number, seconds: number): Stage => ({ name, rows, seconds });

/** Runs for 13.2; no two stages of one took equally long. */
const runs: readonly { run: string; stages: Stage[] }[] = [
  {
    run: 'silver waits longest',
    stages: [
      stage('tables', 0, 0.4),
      stage('bronze', 144_000, 2),
      stage('silver', 144_000, 3),
      stage('gold', 144_000, 1),
    ],
  },
  {
    run: 'the first',
    stages: [stage('bronze', 1_000_000, 8), stage('silver', 1_000_000, 4), stage('report', 30, 0.5)],
  },
  { run: 'the last', stages: [stage('bronze', 500, 0.25), stage('report', 30, 0.75)] },
  { run: 'one without rows', stages: [stage('tables', 0, 6), stage('bronze', 3000, 2), stage('silver', 3000, 2.5)] },
  { run: 'only one', stages: [stage('bronze', 2_000_000, 0.5)] },
  {
    run: 'few rows a second, and soon done',
    stages: [stage('bronze', 9_000_000, 30), stage('gold', 9_000_000, 3), stage('report', 30, 1)],
  },
];

const power = (factor: number, exponent: number, sizes: number[]): Point[] =>
  sizes.map(rows => ({ rows, seconds: factor * rows ** exponent }));
const measured: Point[] = [
  { rows: 144_000, seconds: 1.1 },
  { rows: 504_000, seconds: 2.9 },
  { rows: 1_512_000, seconds: 9.7 },
  { rows: 10_080_000, seconds: 58 },
];

/** Measured and made-up lists for 13.3. */
const pointLists: readonly { list: string; points: Point[] }[] = [
  { list: 'measured, with noise', points: measured },
  { list: 'grows as the rows do', points: power(2e-6, 1, [1000, 10_000, 100_000]) },
  { list: 'grows like the root', points: power(0.01, 0.5, [100, 2500, 10_000, 1_000_000]) },
  { list: 'grows faster than the rows', points: power(3e-7, 1.3, [144_000, 504_000, 1_512_000]) },
  { list: 'does not grow', points: power(0.4, 0, [1000, 20_000, 300_000]) },
  {
    list: 'in no order',
    points: [measured[2]!, measured[0]!, measured[3]!, { rows: 60_000, seconds: 0.9 }, measured[1]!],
  },
];

/** Jobs for 13.7: of each what is asked for, and what the machine has. */
const jobs: readonly { job: string; points: Point[]; given: Job }[] = [
  { job: 'fits', points: measured, given: { rows: 1e8, bytesPerRow: 75, hours: 1, gigabytes: 20 } },
  { job: 'too long', points: measured, given: { rows: 1e9, bytesPerRow: 75, hours: 1, gigabytes: 200 } },
  { job: 'too big', points: measured, given: { rows: 1e9, bytesPerRow: 75, hours: 8, gigabytes: 50 } },
  { job: 'to the last gigabyte', points: measured, given: { rows: 1e9, bytesPerRow: 75, hours: 8, gigabytes: 75 } },
  { job: 'too long and too big', points: measured, given: { rows: 1e11, bytesPerRow: 75, hours: 8, gigabytes: 500 } },
  {
    job: 'grows faster than the rows',
    points: power(3e-7, 1.3, [144_000, 504_000, 1_512_000]),
    given: { rows: 1e9, bytesPerRow: 60, hours: 24, gigabytes: 100 },
  },
  {
    job: 'grows slower than the rows',
    points: power(3e-5, 0.8, [144_000, 504_000, 1_512_000]),
    given: { rows: 2e9, bytesPerRow: 60, hours: 2, gigabytes: 1000 },
  },
];

/** What the notebook calls `fit`: a straight line through the logarithms. */
export const fit = (points: readonly Point[]): Line => {
  const [x, y] = [points.map(({ rows }) => Math.log(rows)), points.map(({ seconds }) => Math.log(seconds))];
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [mx, my] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const exponent = x.reduce((sum, value, at) => sum + (value - mx) * (y[at]! - my), 0) / spread;
  return { exponent, secondsAt: rows => Math.exp(my + exponent * (Math.log(rows) - mx)) };
};

/** Forty coins of the station's week, hour by hour in no order. */
const volumes = ({ lake }: Ground, most: number): Promise<Peak[]> =>
  lake.rows<Peak>(
    `select coin_id || '-' || kafka_offset % 4 as id, total_volume_usd as volume from silver.crypto_prices
     where total_volume_usd is not null order by md5(coin_id || kafka_offset) limit ${most}`,
  );

const peak = (id: string, volume: number): Peak => ({ id, volume });
const letters = [...'abcdefghijklmnop'];

/** Rows for 13.5 and 13.6, each list with a name. */
async function peakLists(ground: Ground): Promise<{ rows: string; list: Peak[] }[]> {
  return [
    { rows: 'forty coins, in no order', list: await volumes(ground, 300) },
    { rows: 'three coins', list: [peak('b', 5), peak('a', 7), peak('c', 6)] },
    { rows: 'each larger than the one before', list: letters.map((id, at) => peak(id, at + 1)) },
    { rows: 'one coin again and again', list: [3, 9, 4, 8, 9, 1].map(volume => peak('a', volume)) },
    { rows: 'ties', list: letters.toReversed().map(id => peak(id, id < 'd' ? 2 : 1)) },
    {
      rows: 'a coin that was left behind comes back',
      list: [peak('p', 1), ...letters.slice(0, 12).map((id, at) => peak(id, at + 10)), peak('p', 50), peak('a', 15)],
    },
  ];
}

/** The files of a table of the learner's, as the lake lists them. */
type Tidied = { rows: number; coins: number; offsets: number; files: number; with_deletes: number };

const tidied = async ({ lake }: Ground): Promise<Tidied | undefined> => {
  const there = await lake.rows(
    `select 1 from duckdb_tables() where database_name = 'lake' and schema_name = 'my' and table_name = 'polls'`,
  );
  if (there.length === 0) return undefined;
  const [found] = await lake.rows<Tidied>(`
    select count(*) as rows, count(distinct coin_id) as coins, sum(kafka_offset)::bigint as offsets,
      (select count(*) from ducklake_list_files('lake', 'polls', schema => 'my')) as files,
      (select count(delete_file) from ducklake_list_files('lake', 'polls', schema => 'my')) as with_deletes
    from my.polls`);
  return found;
};

const partsOf = (found: unknown) => found as Tidied;

export const exercises: readonly Exercise[] = [
  {
    id: '13.1',
    title: 'Before the run: how much will it be?',
    level: 'beginner',
    form: 'function',
    answer: 'estimate',
    compare: { key: ['plan'] },
    outcome: (answer: (plan: Plan) => Estimate) =>
      plans.map(({ plan, given }) => ({ plan, ...pickEstimate(answer({ ...given })) })),
    hints: [
      'Begin with the rows: every coin has one in each hour of each day.',
      'The bytes are rows times bytes a row; a gigabyte is 1e9 of them. The seconds are rows divided by rows a second; a minute has 60.',
    ],
    solution: {
      cell: `
const estimate = ({ coins, days, bytesPerRow, rowsPerSecond }: Plan): Estimate => {
  const rows = coins * days * 24
  return { rows, gigabytes: rows * bytesPerRow / 1e9, minutes: rows / rowsPerSecond / 60 }
}`,
      why: 'Three products and two units. Such an estimate is rough, and it tells minutes from days before anything runs.',
    },
    wrong: [
      {
        cell: `
const estimate = ({ coins, days, bytesPerRow, rowsPerSecond }: Plan): Estimate => {
  const rows = coins * days
  return { rows, gigabytes: rows * bytesPerRow / 1e9, minutes: rows / rowsPerSecond / 60 }
}`,
        says: 'You count one row a coin and day. There is one a coin and hour.',
      },
      {
        cell: `
const estimate = ({ coins, days, bytesPerRow, rowsPerSecond }: Plan): Estimate => {
  const rows = coins * days * 24
  return { rows, gigabytes: rows * bytesPerRow / 2 ** 30, minutes: rows / rowsPerSecond / 60 }
}`,
        says: 'You divide by 1,073,741,824, which makes gibibytes. A gigabyte here is 10⁹ bytes, as disks are sold.',
      },
      {
        cell: `
const estimate = ({ coins, days, bytesPerRow, rowsPerSecond }: Plan): Estimate => {
  const rows = coins * days * 24
  return { rows, gigabytes: rows * bytesPerRow / 1e9, minutes: rows / rowsPerSecond }
}`,
        says: 'Rows divided by rows a second are seconds. Minutes were asked for.',
      },
    ],
    right:
      'Write your estimate down before you measure: where the two differ by a factor of ten, there is something to learn. What does a tick a second make of the rows?',
  },
  {
    id: '13.2',
    title: 'The slowest stage',
    level: 'beginner',
    form: 'function',
    answer: 'slowest',
    compare: { key: ['run'] },
    outcome: (answer: (stages: Stage[]) => Slowest) =>
      runs.map(({ run, stages }) => {
        const { name, share, rowsPerSecond } = answer(stages.map(one => ({ ...one }))) ?? {};
        return { run, name, share, rowsPerSecond };
      }),
    hints: [
      'The slowest stage is the one with the most seconds, however many rows it had.',
      'Its share is its seconds divided by those of all stages together: a number from 0 to 1.',
      '`stages.reduce((worst, one) => one.seconds > worst.seconds ? one : worst)` finds it.',
    ],
    solution: {
      cell: `
const slowest = (stages: Stage[]): Slowest => {
  const all = stages.reduce((sum, { seconds }) => sum + seconds, 0)
  const { name, rows, seconds } = stages.reduce((worst, one) => one.seconds > worst.seconds ? one : worst)
  return { name, share: seconds / all, rowsPerSecond: rows / seconds }
}`,
      why: 'Seconds can be added up, so a share of them says what a remedy can gain at most: a stage with a share of 0.1, made infinitely fast, saves a tenth.',
    },
    wrong: [
      {
        cell: `
const slowest = (stages: Stage[]): Slowest => {
  const all = stages.reduce((sum, { seconds }) => sum + seconds, 0)
  const rate = (one: Stage) => one.rows / one.seconds
  const { name, rows, seconds } = stages.reduce((worst, one) => rate(one) < rate(worst) ? one : worst)
  return { name, share: seconds / all, rowsPerSecond: rows / seconds }
}`,
        says: 'You take the stage with the fewest rows a second. A stage that writes 30 lines of a report has few, and is over at once: look for the most seconds.',
      },
      {
        cell: `
const slowest = (stages: Stage[]): Slowest => {
  const all = stages.reduce((sum, { seconds }) => sum + seconds, 0)
  const { name, rows, seconds } = stages.reduce((worst, one) => one.seconds > worst.seconds ? one : worst)
  return { name, share: 100 * seconds / all, rowsPerSecond: rows / seconds }
}`,
        says: 'Your share is in percent. A share goes from 0 to 1; leave the 100 to whoever shows it.',
      },
      {
        cell: `
const slowest = (stages: Stage[]): Slowest => {
  const all = stages.reduce((sum, { seconds }) => sum + seconds, 0)
  const { name, rows, seconds } = stages.reduce((worst, one) => one.seconds > worst.seconds ? one : worst)
  return { name, share: seconds / (all - seconds), rowsPerSecond: rows / seconds }
}`,
        says: 'You divide by the seconds of the other stages. A share is a part of all, itself included.',
      },
      {
        cell: `
const slowest = (stages: Stage[]): Slowest => {
  const all = stages.reduce((sum, { seconds }) => sum + seconds, 0)
  const { name, rows, seconds } = stages.reduce((worst, one) => one.seconds > worst.seconds ? one : worst)
  return { name, share: seconds / all, rowsPerSecond: rows / all }
}`,
        says: 'Name and share are right. The rate divides by the seconds of all stages; take those of this one.',
      },
    ],
    right:
      'Now you know where a remedy pays. Call it with `first.stages`: if that stage were twice as fast, how much faster would the whole run be?',
  },
  {
    id: '13.3',
    title: 'How fast does it grow?',
    level: 'intermediate',
    form: 'function',
    answer: 'exponentOf',
    compare: { key: ['list'], tolerance: 1e-6 },
    outcome: (answer: (points: Point[]) => number) =>
      pointLists.map(({ list, points }) => ({ list, exponent: whole(answer(points.map(point => ({ ...point })))) })),
    hints: [
      'Take the logarithm of both: x = log(rows), y = log(seconds). Then seconds = c · rowsᵏ is the straight line y = log(c) + k · x.',
      'The slope of the best line: the sum of (x − mean x)(y − mean y), divided by the sum of (x − mean x)².',
      '`const x = points.map(p => Math.log(p.rows))`, the same for y, `const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length`; then the two sums.',
    ],
    solution: {
      cell: `
const exponentOf = (points: Point[]): number => {
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const x = points.map(({ rows }) => Math.log(rows))
  const y = points.map(({ seconds }) => Math.log(seconds))
  const [mx, my] = [mean(x), mean(y)]
  const together = x.reduce((sum, value, at) => sum + (value - mx) * (y[at]! - my), 0)
  return together / x.reduce((sum, value) => sum + (value - mx) ** 2, 0)
}`,
      why: 'On logarithms a power is a straight line, and least squares finds its slope with every point. The base of the logarithm falls out of the quotient.',
    },
    wrong: [
      {
        cell: `
const exponentOf = (points: Point[]): number => {
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const x = points.map(({ rows }) => rows)
  const y = points.map(({ seconds }) => seconds)
  const [mx, my] = [mean(x), mean(y)]
  const together = x.reduce((sum, value, at) => sum + (value - mx) * (y[at]! - my), 0)
  return together / x.reduce((sum, value) => sum + (value - mx) ** 2, 0)
}`,
        says: 'You fit a line to the numbers themselves: its slope is seconds a row. The exponent is the slope between their logarithms.',
      },
      {
        cell: `
const exponentOf = (points: Point[]): number => {
  const [first, last] = [points[0]!, points.at(-1)!]
  return Math.log(last.seconds / first.seconds) / Math.log(last.rows / first.rows)
}`,
        says: 'You use the first and the last point alone. One of them measured at a bad moment, and the exponent is wrong; let every point count.',
      },
      {
        cell: `
const exponentOf = (points: Point[]): number => {
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  return mean(points.map(({ rows, seconds }) => Math.log(seconds) / Math.log(rows)))
}`,
        says: 'You divide the logarithms point by point, as if one row took one second. A line has a beginning as well as a slope: take the means off first.',
      },
      {
        cell: `
const exponentOf = (points: Point[]): number => {
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const x = points.map(({ rows }) => Math.log(rows))
  const y = points.map(({ seconds }) => Math.log(seconds))
  const [mx, my] = [mean(x), mean(y)]
  const together = x.reduce((sum, value, at) => sum + (value - mx) * (y[at]! - my), 0)
  return together / y.reduce((sum, value) => sum + (value - my) ** 2, 0)
}`,
        says: 'You divide by the spread of the seconds; that of the rows belongs there. Where the seconds do not grow at all, yours divides by nothing.',
      },
    ],
    right:
      'One number says how a stage scales: 1 is in step with the rows, below 1 is better, above 1 hurts sooner or later. Which exponent does sorting have, roughly?',
  },
  {
    id: '13.4',
    title: 'Tidy a table of small files',
    level: 'intermediate',
    form: 'state',
    answer: 'tidy',
    outcome: async (_, ground) => {
      const found = await tidied(ground);
      return found?.files === landings && found.with_deletes === landings / 2 ? undefined : found;
    },
    wanted: async ({ lake }): Promise<Tidied> => {
      const [kept] = await lake.rows<Pick<Tidied, 'rows' | 'coins' | 'offsets'>>(
        `select count(*) as rows, count(distinct coin_id) as coins, sum(kafka_offset)::bigint as offsets
         from silver.crypto_prices where coin_id <> 'tron' or kafka_offset >= 1584`,
      );
      return { ...kept!, files: 1, with_deletes: 0 };
    },
    hints: [
      'Two things are untidy: 12 files, and beside six of them another one that names their deleted rows. A merge takes only files of which nothing is deleted, so what must come first?',
      "`ducklake_rewrite_data_files('lake', 'polls', schema => 'my', delete_threshold => 0)` writes files anew without their deleted rows; `ducklake_merge_adjacent_files` joins what is small. Both are called within `lake.write`, one transaction each.",
      "`await lake.write('rewrite', tx => tx.run(`call …`))`, then the same with the merge. Or let the project's own `maintain(lake)` of `./src/lake/maintain.ts` do both.",
    ],
    solution: {
      cell: `
await leaveMess()
const tidy = async () => {
  await lake.write('rewrite files', tx =>
    tx.run(\`call ducklake_rewrite_data_files('lake', 'polls', schema => 'my', delete_threshold => 0)\`))
  await lake.write('merge files', tx =>
    tx.run(\`call ducklake_merge_adjacent_files('lake', 'polls', schema => 'my')\`))
}
await tidy()`,
      why: 'First the deleted rows go, each file by itself; then the files are joined. No row changes, and who looks back sees the table as it was.',
    },
    wrong: [
      {
        cell: `
await leaveMess()
const tidy = async () => {
  await lake.write('merge files', tx =>
    tx.run(\`call ducklake_merge_adjacent_files('lake', 'polls', schema => 'my')\`))
}
await tidy()`,
        says: 'The newer files are one now. The older ones still have deleted rows beside them, and a merge leaves such files alone: write them anew first.',
        when: outcome => partsOf(outcome).files > 1 && partsOf(outcome).with_deletes > 0,
      },
      {
        cell: `
await leaveMess()
const tidy = async () => lake.write('rewrite files', tx =>
  tx.run(\`call ducklake_rewrite_data_files('lake', 'polls', schema => 'my', delete_threshold => 0)\`))
await tidy()`,
        says: 'The deleted rows are gone, and the small files are still many. Join them.',
        when: (outcome, wanted) =>
          partsOf(outcome).files > 2 &&
          partsOf(outcome).with_deletes === 0 &&
          partsOf(outcome).rows === partsOf(wanted).rows,
      },
      {
        cell: `
await leaveMess()
const tidy = async () => lake.write('rewrite and merge', async tx => {
  await tx.run(\`call ducklake_rewrite_data_files('lake', 'polls', schema => 'my', delete_threshold => 0)\`)
  await tx.run(\`call ducklake_merge_adjacent_files('lake', 'polls', schema => 'my')\`)
})
await tidy()`,
        says: 'Two files are left: the merge passed over those that still had deleted rows, since it came first, or in the same transaction, where nothing is rewritten yet. Rewrite, commit, then merge.',
        when: (outcome, wanted) =>
          partsOf(outcome).files === 2 &&
          partsOf(outcome).with_deletes === 0 &&
          partsOf(outcome).rows === partsOf(wanted).rows,
      },
      {
        cell: `
await leaveMess()
const tidy = async () => lake.write('make it anew', tx =>
  tx.run('create or replace table my.polls as from silver.crypto_prices'))
await tidy()`,
        says: 'One file, and the rows that somebody had deleted are back. To tidy is to keep every row that is there, and none that is not.',
        when: (outcome, wanted) => partsOf(outcome).rows > partsOf(wanted).rows,
      },
    ],
    right:
      'The same rows in one file. The files of before are still on the disk: snapshots name them, until those are let go. In the running pipeline `maintain` does all of it after every 25th landing.',
  },
  {
    id: '13.5',
    title: 'Ten rows in the hand',
    level: 'intermediate',
    form: 'function',
    answer: 'keep',
    compare: { key: ['rows'] },
    outcome: async (answer: (top: Peak[], row: Peak) => Peak[], ground) => {
      const found = [];
      for (const { rows, list } of await peakLists(ground)) {
        let top: Peak[] = [];
        let held = 0;
        for (const row of list) {
          top = answer(top, { ...row });
          if (!Array.isArray(top)) return top;
          held = Math.max(held, top.length);
        }
        found.push({ rows, held, top: top.map(({ id, volume }) => ({ id, volume })) });
      }
      return found;
    },
    hints: [
      'Three cases: the coin is in your hand with a larger volume (nothing changes), with a smaller one (the new row takes its place), or not at all (it joins).',
      'Join first, then sort by volume, the largest first, ties by id; then keep the first ten: `.slice(0, 10)`.',
      '`const held = top.find(({ id }) => id === row.id)`; if `held` has at least the volume of `row`, return `top`. Otherwise `[...top.filter(({ id }) => id !== row.id), row]`, sorted and cut.',
    ],
    solution: {
      cell: `
const keep = (top: Peak[], row: Peak): Peak[] => {
  const held = top.find(({ id }) => id === row.id)
  if (held && held.volume >= row.volume) return top
  const joined = [...top.filter(({ id }) => id !== row.id), row]
  const order = (a: Peak, b: Peak) => b.volume - a.volume || (a.id < b.id ? -1 : 1)
  return joined.sort(order).slice(0, 10)
}`,
      why: 'A largest value never needs a row again that it has seen: a coin that was put down comes back only with a larger one. So ten rows are enough, for a hundred million as for a hundred.',
    },
    wrong: [
      {
        cell: `
const keep = (top: Peak[], row: Peak): Peak[] => {
  const order = (a: Peak, b: Peak) => b.volume - a.volume || (a.id < b.id ? -1 : 1)
  return [...top, row].sort(order).slice(0, 10)
}`,
        says: 'These are the ten largest rows, and some of them are the same coin. Each coin stands there once, with its largest volume.',
      },
      {
        cell: `
const keep = (top: Peak[], row: Peak): Peak[] => {
  const held = top.find(({ id }) => id === row.id)
  if (held && held.volume >= row.volume) return top
  const joined = [...top.filter(({ id }) => id !== row.id), row]
  return joined.sort((a, b) => b.volume - a.volume || (a.id < b.id ? -1 : 1))
}`,
        says: 'You hold every coin that has come by. With ten rows in the hand the memory stays the same, however many come.',
      },
      {
        cell: `
const keep = (top: Peak[], row: Peak): Peak[] => {
  const joined = [...top.filter(({ id }) => id !== row.id), row]
  const order = (a: Peak, b: Peak) => b.volume - a.volume || (a.id < b.id ? -1 : 1)
  return joined.sort(order).slice(0, 10)
}`,
        says: 'You keep the last volume of a coin. Its largest was asked for: a smaller row changes nothing.',
      },
      {
        cell: `
const keep = (top: Peak[], row: Peak): Peak[] => {
  const held = top.find(({ id }) => id === row.id)
  const volume = (held?.volume ?? 0) + row.volume
  const joined = [...top.filter(({ id }) => id !== row.id), { id: row.id, volume }]
  const order = (a: Peak, b: Peak) => b.volume - a.volume || (a.id < b.id ? -1 : 1)
  return joined.sort(order).slice(0, 10)
}`,
        says: 'You add volumes up. Each is a sum over 24 hours already; and a sum cannot be kept in ten rows, for a coin that was put down has lost what it had.',
      },
      {
        cell: `
const keep = (top: Peak[], row: Peak): Peak[] => {
  const held = top.find(({ id }) => id === row.id)
  if (held && held.volume >= row.volume) return top
  const joined = [...top.filter(({ id }) => id !== row.id), row]
  return joined.sort((a, b) => b.volume - a.volume).slice(0, 10)
}`,
        says: 'Where two coins have the same volume, the order in which they came decides. Let the id decide, the smaller one first.',
      },
    ],
    right:
      'The memory of this question does not depend on the rows. Which of these need no more either: the smallest, the mean, the median, the number of different coins? (The first two.)',
  },
  {
    id: '13.6',
    title: 'The same ten in Polars',
    level: 'intermediate',
    form: 'function',
    answer: 'topTen',
    compare: { key: ['frame', 'place'] },
    outcome: async (answer: (frame: DataFrame) => DataFrame, ground) => {
      const found: object[] = [];
      for (const { rows, list } of await peakLists(ground)) {
        const top = await answer(pl.DataFrame({ id: list.map(({ id }) => id), volume: list.map(one => one.volume) }));
        if (typeof top !== 'object' || !top || !isFrame(top)) return top;
        for (const [at, row] of top.toRecords().entries()) found.push({ frame: rows, place: at + 1, ...row });
      }
      return found;
    },
    hints: [
      "Group by coin, take the largest volume of each group: `frame.groupBy('id').agg(pl.col('volume').max())`.",
      "Then sort by two columns, one of them falling: `.sort(['volume', 'id'], [true, false])`, and take the head.",
    ],
    solution: {
      cell: `
const topTen = (frame: DataFrame): DataFrame =>
  frame.groupBy('id').agg(pl.col('volume').max())
    .sort(['volume', 'id'], [true, false]).head(10)`,
      why: 'You say what is wanted, and the engine walks over columns on every core. A group keeps one number for each coin, not ten in all; for some thousand coins that is next to nothing.',
    },
    wrong: [
      {
        cell: `
const topTen = (frame: DataFrame): DataFrame =>
  frame.sort(['volume', 'id'], [true, false]).head(10)`,
        says: 'These are the ten largest rows, and some of them are the same coin. Group by coin first.',
      },
      {
        cell: `
const topTen = (frame: DataFrame): DataFrame =>
  frame.groupBy('id').agg(pl.col('volume').max())
    .sort(['volume', 'id'], [false, false]).head(10)`,
        says: 'Yours are the ten smallest: a sort rises unless you say that it falls.',
      },
      {
        cell: `
const topTen = (frame: DataFrame): DataFrame =>
  frame.groupBy('id').agg(pl.col('volume').sum())
    .sort(['volume', 'id'], [true, false]).head(10)`,
        says: 'You add volumes up. Each is a sum over 24 hours already; the largest of each coin was asked for.',
      },
      {
        cell: `
const topTen = (frame: DataFrame): DataFrame =>
  frame.groupBy('id').agg(pl.col('volume').max())
    .sort(['volume', 'id'], [true, true]).head(10)`,
        says: 'Where two coins have the same volume, yours puts the larger id first. Let only the volume fall.',
      },
    ],
    scope: { pl },
    right:
      'Four words instead of a loop. Try `frame.lazy()` before and `.collectSync()` after: the answer is the same, and Polars may plan all steps together.',
  },
  {
    id: '13.7',
    title: 'Will it fit?',
    level: 'advanced',
    form: 'function',
    answer: 'forecast',
    compare: { key: ['job'], tolerance: 1e-6 },
    outcome: (answer: (points: Point[], job: Job) => Verdict) =>
      jobs.map(({ job, points, given }) => {
        const { hours, gigabytes, fits } =
          answer(
            points.map(point => ({ ...point })),
            { ...given },
          ) ?? {};
        return { job, hours, gigabytes, fits };
      }),
    hints: [
      '`fit(points).secondsAt(job.rows)` goes on along the line through the logarithms. An hour has 3,600 seconds.',
      'Gigabytes: rows times bytes a row, divided by 1e9. It fits when the hours and the gigabytes are both no more than the job allows.',
    ],
    solution: {
      cell: `
const forecast = (points: Point[], job: Job): Verdict => {
  const hours = fit(points).secondsAt(job.rows) / 3600
  const gigabytes = job.rows * job.bytesPerRow / 1e9
  return { hours, gigabytes, fits: hours <= job.hours && gigabytes <= job.gigabytes }
}`,
      why: 'Time follows the line that was measured, disk the rows themselves. A forecast holds as long as nothing new begins to hurt: memory, a full disk, a cache that is too small. Measure on the way.',
    },
    wrong: [
      {
        cell: `
const forecast = (points: Point[], job: Job): Verdict => {
  const last = points.at(-1)!
  const hours = last.seconds * job.rows / last.rows / 3600
  const gigabytes = job.rows * job.bytesPerRow / 1e9
  return { hours, gigabytes, fits: hours <= job.hours && gigabytes <= job.gigabytes }
}`,
        says: 'You go on from one point, in step with the rows. The points know better how it grows: use the line through all of them.',
      },
      {
        cell: `
const forecast = (points: Point[], job: Job): Verdict => {
  const hours = fit(points).secondsAt(job.rows) / 3600
  const gigabytes = job.rows * job.bytesPerRow / 1e9
  return { hours, gigabytes, fits: hours <= job.hours }
}`,
        says: 'Hours and gigabytes are right. A job that is done in time and finds no room on the disk does not fit.',
      },
      {
        cell: `
const forecast = (points: Point[], job: Job): Verdict => {
  const hours = fit(points).secondsAt(job.rows) / 3600
  const gigabytes = job.rows * job.bytesPerRow / 1e9
  return { hours, gigabytes, fits: hours <= job.hours || gigabytes <= job.gigabytes }
}`,
        says: 'One of the two is not enough: it must end in time, and find its room.',
      },
      {
        cell: `
const forecast = (points: Point[], job: Job): Verdict => {
  const hours = fit(points).secondsAt(job.rows) / 3600
  const gigabytes = job.rows * job.bytesPerRow / 1e9
  return { hours, gigabytes, fits: hours < job.hours && gigabytes < job.gigabytes }
}`,
        says: 'What is exactly used up fits: 75 gigabytes go into 75.',
      },
      {
        cell: `
const forecast = (points: Point[], job: Job): Verdict => {
  const hours = fit(points).secondsAt(job.rows) / 60
  const gigabytes = job.rows * job.bytesPerRow / 1e9
  return { hours, gigabytes, fits: hours <= job.hours && gigabytes <= job.gigabytes }
}`,
        says: 'These are minutes. Hours were asked for, and the job counts in hours.',
      },
    ],
    scope: { fit },
    right:
      'Now you can answer before anything is bought. Ask it with your own runs: `forecast(runs, { rows: 1e9, bytesPerRow: 75, hours: 1, gigabytes: 100 })`. What would you change first if it does not fit?',
  },
];

const landings = 12;

/** A number, whatever was given: the answer is compared, not its kind of zero. */
const whole = (value: number): number => (Math.abs(value) < 1e-9 ? 0 : value);

function pickEstimate(found: Estimate): Partial<Estimate> {
  const { rows, gigabytes, minutes } = found ?? {};
  return { rows, gigabytes, minutes };
}

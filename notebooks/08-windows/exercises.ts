import type { Exercise, Ground } from '../../src/course/exercise.ts';
import { stageNow } from '../../src/course/stage.ts';
import { topicOffsets } from '../../src/kafka/topics.ts';

type Row = Record<string, unknown>;
type Named = { name: string; from: string };

/** `100 * last / first - 100` is not quite 0 where the price has not moved; that is no mistake. */
const withoutDust = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'number' && Math.abs(value) < 1e-9 ? 0 : value]),
  );

/** Run the query that an answer makes of each table; rows carry the table's name. */
async function rowsOf(answer: (from: string) => string, tables: readonly Named[], { lake }: Ground): Promise<unknown> {
  const rows: object[] = [];
  for (const { name, from } of tables) {
    const sql = answer(from);
    if (typeof sql !== 'string') return sql;
    const found = await lake.rows(sql);
    rows.push(...found.map(row => ({ table: name, ...row })));
  }
  return rows;
}

const nine = `timestamptz '2026-03-09 09:00:00+00'`;
const after = (seconds: number | null) =>
  seconds === null ? 'null::timestamptz' : `${nine} + to_milliseconds(${Math.round(seconds * 1000)})`;

/** What stands after `from` for ticks that are written out: coin, seconds after nine, price. */
const feed = (ticks: readonly (readonly [string, number, number])[]): string =>
  `(select * from (values ${ticks.map(([coin, s, price]) => `('${coin}', ${after(s)}, ${price}::double)`).join(', ')})
    as ticks(coin_id, last_updated, price_usd))`;

/** Feeds for 8.2. */
const feeds: readonly Named[] = [
  {
    name: 'a quick feed of two coins',
    from: feed([
      ['bitcoin', 0, 71_000],
      ['tron', 7, 0.31],
      ['bitcoin', 20, 71_010],
      ['tron', 27, 0.315],
      ['bitcoin', 60, 71_020],
      ['bitcoin', 75.5, 71_050],
      ['tron', 87, 0.3],
      ['bitcoin', 80, 71_035],
      ['bitcoin', 119.999, 71_002],
      ['bitcoin', 135.5, 71_044],
    ]),
  },
  {
    name: 'a feed that was silent for a while',
    from: feed([
      ['solana', 0, 140],
      ['solana', 299, 142],
      ['solana', 300, 141],
      ['solana', 360, 143.5],
      ['solana', 961, 139],
      ['solana', 1021, 138],
      ['solana', 1021.5, 137],
    ]),
  },
  {
    name: 'some hours of the week',
    from: `(select coin_id, last_updated, price_usd from silver.crypto_prices where coin_id in ('bitcoin', 'ethereum')
      and last_updated >= (select max(last_updated) from silver.crypto_prices) - interval 5 hours)`,
  },
];

/** What stands after `from` for messages that are written out: offset, seconds after nine, is it a poll. */
const messages = (list: readonly (readonly [number, number, boolean])[]): string =>
  `(select * from (values ${list.map(([offset, s, isPoll]) => `(${offset}::bigint, ${after(s)}, ${isPoll})`).join(', ')})
    as messages(kafka_offset, poll_time, is_poll))`;

/** Topics for 8.3. */
const topics: readonly Named[] = [
  {
    name: 'answers that overtake each other',
    from: messages([
      [10, 0, true],
      [11, 60, true],
      [12, 30, true],
      [13, 45, true],
      [14, 120, true],
      [15, 90, true],
      [17, 180, true],
    ]),
  },
  {
    name: 'with prices by hand between them',
    from: messages([
      [1, 900, false],
      [2, 0, true],
      [3, 86_400, false],
      [4, 30, true],
      [5, 20, true],
      [6, -500, false],
      [7, 60, true],
    ]),
  },
  {
    name: 'stored in no order',
    from: messages([
      [5, 150, true],
      [3, 200, true],
      [4, 60, true],
      [1, 0, true],
      [2, 30, false],
    ]),
  },
  {
    name: 'the week as it came',
    from: '(select distinct kafka_offset, poll_time, true as is_poll from silver.crypto_prices)',
  },
];

/** What stands after `from` for arrivals that are written out: coin, event time and watermark in seconds after nine. */
const arrivals = (list: readonly (readonly [string, number, number | null])[]): string =>
  `(select * from (values ${list.map(([coin, s, mark]) => `('${coin}', ${after(s)}, ${after(mark)})`).join(', ')})
    as arrivals(coin_id, last_updated, watermark))`;

/** Streams for 8.4. */
const streams: readonly Named[] = [
  {
    name: 'a few ticks, each at an edge',
    from: arrivals([
      ['bitcoin', 30, 60], // the watermark has reached the end of its minute: too late
      ['bitcoin', 0, 61],
      ['bitcoin', 30, 75], // a minute after the tick itself is not the end of its minute
      ['bitcoin', 59.999, 59], // one second before
      ['bitcoin', 60, 60], // of the next minute
      ['bitcoin', 90, 0], // its minute ends at the newest poll
      ['bitcoin', 90, -1],
      ['bitcoin', 95, null],
      ['tron', 20, 40], // behind the watermark, in a minute that is open
      ['tron', 20, -60],
      ['tron', 20, null],
      ['solana', 5, null],
      ['solana', 61, 30],
      ['ripple', 5, 7200],
    ]),
  },
  {
    name: 'a Sunday with a slow network',
    from: `(
      with asked as (
        select coin_id, last_updated, poll_time, dense_rank() over (order by poll_time) as number
        from silver.crypto_prices
        where coin_id in ('bitcoin', 'solana') and poll_time >= (select max(poll_time) from silver.crypto_prices) - interval 1 day),
      arrived as (select *, number + if(number % 5 = 2, number % 4 + 0.5, 0) as place from asked)
      select coin_id, last_updated, max(poll_time) over (partition by coin_id order by place
        rows between unbounded preceding and 1 preceding) - interval 2 minutes as watermark
      from arrived)`,
  },
];

const rows = (outcome: unknown): Row[] => (Array.isArray(outcome) ? outcome : []);
const secondsOf = (time: unknown) =>
  time instanceof Date ? (time.getTime() - Date.UTC(2026, 2, 9, 9)) / 1000 : undefined;

/** How many ticks an answer to 8.2 sees in the minute of the first one after the silence. */
const ticksAfterSilence = (outcome: unknown) =>
  Number(rows(outcome).find(row => row.coin_id === 'solana' && secondsOf(row.last_updated) === 961)?.tick_count_1m);

/** How many ticks an answer to 8.2 sees in the minute of each tick of solana. */
const ticksOfSolana = (outcome: unknown) =>
  rows(outcome)
    .filter(row => row.coin_id === 'solana')
    .map(row => Number(row.tick_count_1m));

/** Are these the counts of so many rows each, as few as there are at first? */
const countsRows = (counts: readonly number[]) => {
  const most = Math.max(...counts);
  return most < counts.length && counts.every((count, at) => count === Math.min(at + 1, most));
};

/** The watermark, in seconds after nine, that an answer to 8.3 gives the message behind two that came late. */
const metAfterOvertaking = (outcome: unknown) =>
  secondsOf(rows(outcome).find(row => row.table === topics[0]!.name && Number(row.kafka_offset) === 14)?.watermark);

type Tick = { at: number; price: number };
type State = { count: number; sum: number; first: Tick; last: Tick; seen: number[] };
type Add = (state: State | undefined, tick: Tick) => State;

/** Orders of arrival for 8.5, each with a name; one is a real quarter of an hour. */
async function tickLists({ lake }: Ground): Promise<{ ticks: string; list: Tick[] }[]> {
  const real = await lake.rows<Tick>(`
    select epoch_ms(last_updated) as "at", price_usd as price from silver.crypto_prices
    where coin_id = 'ethereum' and last_updated >= (select max(last_updated) from silver.crypto_prices) - interval 2 hours
    order by last_updated`);
  const tick = (at: number, price: number): Tick => ({ at, price });
  const few = [tick(100, 5), tick(200, 7), tick(300, 6)];
  return [
    { ticks: 'in order', list: few },
    { ticks: 'a single tick', list: [tick(50, 9)] },
    { ticks: 'the latest comes first', list: few.toReversed() },
    { ticks: 'the earliest comes last', list: [few[1]!, few[2]!, few[0]!] },
    { ticks: 'the same one twice at once', list: [few[0]!, few[0]!, few[1]!] },
    { ticks: 'an old one again', list: [...few, few[0]!, few[1]!] },
    { ticks: 'the last one again with another price', list: [...few, tick(300, 8)] },
    { ticks: 'the first one again with another price', list: [...few, tick(100, 4)] },
    { ticks: 'a real stretch, backwards', list: real.toReversed() },
    { ticks: 'a real stretch, sent twice', list: [...real, ...real] },
  ];
}

/** What lies on the desk of 8.6, a row for each window and two for what is in none. */
type Desk = { what: string; trades: number; mean_usd: number | null };
const desk = (outcome: unknown): Desk[] => (Array.isArray(outcome) ? outcome : []);
const tradesOf = (outcome: unknown, what: string) => desk(outcome).find(row => row.what === what)?.trades ?? 0;
const isAlike = (outcome: unknown, wanted: unknown, what: string) => {
  const [mine, theirs] = [outcome, wanted].map(rows => desk(rows).find(row => row.what === what)?.mean_usd);
  return typeof mine === 'number' && Math.abs(mine - (theirs ?? 0)) < 1e-6;
};
const sentAtFirst = 9n; // the polls of the morning

export const exercises: readonly Exercise[] = [
  {
    id: '8.1',
    title: 'A quarter of an hour',
    level: 'beginner',
    form: 'query',
    answer: 'quarters',
    compare: { key: ['coin_id', 'window_start'], tolerance: 1e-6 },
    outcome: async (answer: string, { lake }) => (await lake.rows(answer)).map(withoutDust),
    hints: [
      "One row is one coin in one window: group by both. `time_bucket(interval '15 minutes', last_updated)` is the beginning of the window.",
      'First and last are prices at the earliest and at the latest time: `min_by(price_usd, last_updated)` and `max_by(…)`.',
      'The change is `100 * (last_price_usd / first_price_usd - 1)`: a name may be used as soon as it is given. The spread is `stddev_samp(price_usd)`.',
    ],
    solution: {
      cell: `
const quarters = \`
  select time_bucket(interval '15 minutes', last_updated) as window_start, coin_id,
    count(*) as tick_count,
    min_by(price_usd, last_updated) as first_price_usd, max_by(price_usd, last_updated) as last_price_usd,
    avg(price_usd) as avg_price_usd, stddev_samp(price_usd) as volatility,
    100 * (last_price_usd / first_price_usd - 1) as change_pct
  from silver.crypto_prices group by all\``,
      why: 'Each tick falls into the one window that its own time names, whenever it arrived. A window with one tick has a change of 0 and a volatility of null: of one price nobody knows how much prices move.',
    },
    wrong: [
      {
        cell: `
const quarters = \`
  select time_bucket(interval '15 minutes', poll_time) as window_start, coin_id, count(*) as tick_count,
    min_by(price_usd, last_updated) as first_price_usd, max_by(price_usd, last_updated) as last_price_usd,
    avg(price_usd) as avg_price_usd, stddev_samp(price_usd) as volatility,
    100 * (last_price_usd / first_price_usd - 1) as change_pct
  from silver.crypto_prices group by all\``,
        says: 'Your windows go by the time of asking. A price of 13:59 that was asked for at 14:00 belongs to the window that ends at 14:00.',
      },
      {
        cell: `
const quarters = \`
  select time_bucket(interval '15 minutes', last_updated) as window_start, coin_id, count(*) as tick_count,
    min(price_usd) as first_price_usd, max(price_usd) as last_price_usd,
    avg(price_usd) as avg_price_usd, stddev_samp(price_usd) as volatility,
    100 * (last_price_usd / first_price_usd - 1) as change_pct
  from silver.crypto_prices group by all\``,
        says: 'In your windows every price rises: you took the lowest as the first and the highest as the last. First and last go by time.',
      },
      {
        cell: `
const quarters = \`
  select time_bucket(interval '15 minutes', last_updated) as window_start, coin_id, count(*) as tick_count,
    min_by(price_usd, last_updated) as first_price_usd, max_by(price_usd, last_updated) as last_price_usd,
    avg(price_usd) as avg_price_usd, stddev_pop(price_usd) as volatility,
    100 * (last_price_usd / first_price_usd - 1) as change_pct
  from silver.crypto_prices group by all\``,
        says: 'Your volatility is that of a whole population: it divides by the number of ticks, and says 0 where there is one. The sample divides by one less, and says null.',
      },
      {
        cell: `
const quarters = \`
  select time_bucket(interval '15 minutes', last_updated) as window_start, coin_id, count(*) as tick_count,
    min_by(price_usd, last_updated) as first_price_usd, max_by(price_usd, last_updated) as last_price_usd,
    avg(price_usd) as avg_price_usd, stddev_samp(price_usd) as volatility,
    last_price_usd / first_price_usd - 1 as change_pct
  from silver.crypto_prices group by all\``,
        says: 'All but the change is right: yours is a fraction, and per cent were asked.',
      },
      {
        cell: `
const quarters = \`
  select time_bucket(interval '15 minutes', last_updated) as window_start, coin_id, count(*) as tick_count,
    min_by(price_usd, last_updated) as first_price_usd, max_by(price_usd, last_updated) as last_price_usd,
    avg(price_usd) as avg_price_usd, coalesce(stddev_samp(price_usd), 0) as volatility,
    100 * (last_price_usd / first_price_usd - 1) as change_pct
  from silver.crypto_prices group by all\``,
        says: 'A window with one tick says that nothing moved. Nobody knows that: leave the null.',
      },
      {
        cell: `
const quarters = \`
  select date_trunc('hour', last_updated) as window_start, coin_id, count(*) as tick_count,
    min_by(price_usd, last_updated) as first_price_usd, max_by(price_usd, last_updated) as last_price_usd,
    avg(price_usd) as avg_price_usd, stddev_samp(price_usd) as volatility,
    100 * (last_price_usd / first_price_usd - 1) as change_pct
  from silver.crypto_prices group by all\``,
        says: 'These are hours. Four windows were asked of each.',
      },
    ],
    right:
      'Every tick is in one window, by its own time. Add up `tick_count` over all of them: is it the number of rows of silver? Then try windows that begin at :05, :20, :35 and :50; `time_bucket` takes an offset as its third argument.',
  },
  {
    id: '8.2',
    title: 'The last minute at every tick',
    level: 'intermediate',
    form: 'function',
    answer: 'rolling',
    compare: { key: ['table', 'coin_id', 'last_updated'], tolerance: 1e-6 },
    outcome: (answer: (ticks: string) => string, ground) => rowsOf(answer, feeds, ground),
    hints: [
      'A window function gives a value for every row. `over (partition by coin_id order by last_updated …)` keeps the coins apart and puts the ticks in order; the rest says how far the window reaches back.',
      '`range between interval 1 minute preceding and current row` measures in time. `rows` would count ticks.',
      'Name the windows at the end: `window minute as (…), five_minutes as (…)`, and write `avg(price_usd) over minute`, `stddev_samp(price_usd) over five_minutes`.',
    ],
    solution: {
      cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, stddev_samp(price_usd) over five_minutes as volatility_5m_usd
  from \${ticks}
  window minute as (partition by coin_id order by last_updated
      range between interval 1 minute preceding and current row),
    five_minutes as (partition by coin_id order by last_updated
      range between interval 5 minutes preceding and current row)\``,
      why: 'The window ends with the row itself and goes back by time, so it holds one tick or fifty, as many as came. A tick exactly one minute before is still in it.',
    },
    wrong: [
      {
        cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, stddev_samp(price_usd) over five_minutes as volatility_5m_usd
  from \${ticks}
  window minute as (partition by coin_id order by last_updated),
    five_minutes as (partition by coin_id order by last_updated)\``,
        says: 'Your windows end with the row and have no beginning: without a frame they go back to the first tick of the coin. Say how far back they reach.',
      },
      {
        cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, stddev_samp(price_usd) over five_minutes as volatility_5m_usd
  from \${ticks}
  window minute as (partition by coin_id order by last_updated
      range between interval 1 minute preceding and interval 1 minute following),
    five_minutes as (partition by coin_id order by last_updated
      range between interval 5 minutes preceding and interval 5 minutes following)\``,
        says: 'Your windows reach beyond the row: at the time of a tick nobody knows what comes after it. Let them end with the row itself.',
      },
      {
        cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, stddev_samp(price_usd) over five_minutes as volatility_5m_usd
  from \${ticks}
  window minute as (partition by coin_id order by last_updated rows between 1 preceding and current row),
    five_minutes as (partition by coin_id order by last_updated rows between 5 preceding and current row)\``,
        says: 'You count rows. How many minutes lie between two rows depends on the feed; measure in time.',
        when: (outcome, wanted) =>
          ticksAfterSilence(outcome) > ticksAfterSilence(wanted) && countsRows(ticksOfSolana(outcome)),
      },
      {
        cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, stddev_samp(price_usd) over five_minutes as volatility_5m_usd
  from \${ticks}
  window minute as (partition by coin_id order by last_updated
      range between interval 15 minutes preceding and current row),
    five_minutes as (partition by coin_id order by last_updated
      range between interval 5 minutes preceding and current row)\``,
        says: 'The ticks before the silence are still in your minute: it reaches back further than a minute. Look at its interval.',
        when: (outcome, wanted) =>
          ticksAfterSilence(outcome) > ticksAfterSilence(wanted) &&
          ticksOfSolana(outcome).at(-1)! > ticksOfSolana(wanted).at(-1)!,
      },
      {
        cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, stddev_samp(price_usd) over five_minutes as volatility_5m_usd
  from \${ticks}
  window minute as (order by last_updated range between interval 1 minute preceding and current row),
    five_minutes as (order by last_updated range between interval 5 minutes preceding and current row)\``,
        says: 'Your windows mix the coins: a mean of bitcoin and tron is a price of nothing. Begin anew with each coin.',
      },
      {
        cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, stddev_samp(price_usd) over five_minutes as volatility_5m_usd
  from \${ticks}
  window minute as (partition by coin_id, date_trunc('minute', last_updated)),
    five_minutes as (partition by coin_id, time_bucket(interval '5 minutes', last_updated))\``,
        says: 'These are minutes of the clock, tumbling windows, and each tick even sees what comes after it. A rolling window ends with the row itself.',
      },
      {
        cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, stddev_samp(price_usd) over five_minutes as volatility_5m_usd
  from \${ticks}
  window minute as (partition by coin_id order by last_updated
      range between interval 59 seconds preceding and current row),
    five_minutes as (partition by coin_id order by last_updated
      range between interval 299 seconds preceding and current row)\``,
        says: 'Your windows are a little too short: a tick exactly one minute (five minutes) before belongs to them.',
      },
      {
        cell: `
const rolling = (ticks: string) => \`
  select coin_id, last_updated, avg(price_usd) over minute as rolling_avg_1m_usd,
    count(*) over minute as tick_count_1m, coalesce(stddev_samp(price_usd) over five_minutes, 0) as volatility_5m_usd
  from \${ticks}
  window minute as (partition by coin_id order by last_updated
      range between interval 1 minute preceding and current row),
    five_minutes as (partition by coin_id order by last_updated
      range between interval 5 minutes preceding and current row)\``,
        says: 'Where a tick is alone in its five minutes you say that nothing moves. From one price nobody can tell: leave the null.',
      },
    ],
    right:
      "By time, each coin for itself, whatever the feed. `gold.asset_metrics` has the same three columns for the whole week. Try `rolling('silver.crypto_prices')`: at how many ticks is the minute's mean the price itself?",
  },
  {
    id: '8.3',
    title: 'The watermark that a message meets',
    level: 'intermediate',
    form: 'function',
    answer: 'watermarks',
    compare: { key: ['table', 'kafka_offset'] },
    outcome: (answer: (messages: string) => string, ground) => rowsOf(answer, topics, ground),
    hints: [
      'The step above has the window: in the order of offsets, all rows before this one. What must change so that only some of the rows count, and all of them come out?',
      'A `where` would take the messages of others out of the answer. `max(poll_time) filter (is_poll) over (…)` leaves them out of the maximum alone.',
      '`max(poll_time) filter (is_poll) over (order by kafka_offset rows between unbounded preceding and 1 preceding) - interval 2 minutes`',
    ],
    solution: {
      cell: `
const watermarks = (messages: string) => \`
  select kafka_offset, max(poll_time) filter (is_poll) over (order by kafka_offset
      rows between unbounded preceding and 1 preceding) - interval 2 minutes as watermark
  from \${messages}\``,
      why: 'The maximum over all that lies before: it rises, stands still when an old answer comes, and never falls. The order of offsets is the same for everybody who reads the topic, today or in a year.',
    },
    wrong: [
      {
        cell: `
const watermarks = (messages: string) => \`
  select kafka_offset, max(poll_time) over (order by kafka_offset
      rows between unbounded preceding and 1 preceding) - interval 2 minutes as watermark
  from \${messages}\``,
        says: 'A message of somebody else moved your watermark. One wrong clock among strangers, and every window is closed: only the feed counts.',
      },
      {
        cell: `
const watermarks = (messages: string) => \`
  select kafka_offset, max(poll_time) over (order by kafka_offset
      rows between unbounded preceding and 1 preceding) - interval 2 minutes as watermark
  from \${messages} where is_poll\``,
        says: 'The messages of others are missing. They do not move the watermark, but they meet one: their ticks may be late as well.',
      },
      {
        cell: `
const watermarks = (messages: string) => \`
  select kafka_offset, max(poll_time) filter (is_poll) over (order by kafka_offset) - interval 2 minutes as watermark
  from \${messages}\``,
        says: 'Your watermark includes the message itself. A poll after a pause would close the very windows that its own ticks belong to: it counts from the next message on.',
      },
      {
        cell: `
const watermarks = (messages: string) => \`
  select kafka_offset, lag(poll_time) over (order by kafka_offset) - interval 2 minutes as watermark
  from \${messages}\``,
        says: 'You take the message before, whatever it says. When that one came late, your watermark falls, and closed windows open again. It only ever rises.',
        when: outcome => metAfterOvertaking(outcome) === 45 - 120,
      },
      {
        cell: `
const watermarks = (messages: string) => \`
  select kafka_offset, max(poll_time) filter (is_poll) over (order by poll_time
      rows between unbounded preceding and 1 preceding) - interval 2 minutes as watermark
  from \${messages}\``,
        says: 'You go in the order of poll times, as if nothing had been overtaken. What a message meets is what came before it in the topic: go by offset.',
        when: outcome => metAfterOvertaking(outcome) === 90 - 120,
      },
      {
        cell: `
const watermarks = (messages: string) => \`
  select kafka_offset, max(poll_time) filter (is_poll) over (order by kafka_offset
      rows between unbounded preceding and 1 preceding) as watermark
  from \${messages}\``,
        says: 'That is the newest poll so far. The watermark stands two minutes behind it; those are what we wait for late ones.',
      },
    ],
    right:
      'It rises and never falls, and every message has the one that lay before it. `silver.watermarks` keeps only the messages that moved it, some bytes each: with them the question is an as-of join. How would you count by how much the feed was behind its own clock?',
  },
  {
    id: '8.4',
    title: 'How late is our stream?',
    level: 'intermediate',
    form: 'function',
    answer: 'lateness',
    compare: { key: ['table', 'coin_id'] },
    outcome: (answer: (arrivals: string) => string, ground) => rowsOf(answer, streams, ground),
    hints: [
      "The end of a tick's minute is `date_trunc('minute', last_updated) + interval 1 minute`. Compare that with the watermark, and with the watermark plus two minutes.",
      'A `case` gives each tick one word; it takes the first branch that is true. Which question comes first, and where does a null go?',
      "`count(*) filter (verdict = 'too late') as too_late`, the same for the others, `group by coin_id`.",
    ],
    solution: {
      cell: `
const lateness = (arrivals: string) => \`
  with judged as (
    select coin_id, date_trunc('minute', last_updated) + interval 1 minute as window_end,
      case when window_end <= watermark then 'too late'
        when window_end <= watermark + interval 2 minutes then 'late' else 'on time' end as verdict
    from \${arrivals})
  select coin_id, count(*) filter (verdict = 'on time') as on_time,
    count(*) filter (verdict = 'late') as late, count(*) filter (verdict = 'too late') as too_late
  from judged group by coin_id\``,
      why: 'The end of the window is compared, not the tick: a window closes as a whole. Where the watermark is null no comparison is true, so `else` takes the tick, and on time is right, as nothing has been closed yet.',
    },
    wrong: [
      {
        cell: `
const lateness = (arrivals: string) => \`
  with judged as (
    select coin_id, case when last_updated < watermark then 'too late'
        when last_updated < watermark + interval 2 minutes then 'late' else 'on time' end as verdict
    from \${arrivals})
  select coin_id, count(*) filter (verdict = 'on time') as on_time,
    count(*) filter (verdict = 'late') as late, count(*) filter (verdict = 'too late') as too_late
  from judged group by coin_id\``,
        says: 'You compare the tick with the watermark. A tick may lie behind it in a minute that has not ended yet, and that window is open: compare the end of its minute.',
      },
      {
        cell: `
const lateness = (arrivals: string) => \`
  with judged as (
    select coin_id, date_trunc('minute', last_updated) + interval 1 minute as window_end,
      case when window_end < watermark then 'too late'
        when window_end < watermark + interval 2 minutes then 'late' else 'on time' end as verdict
    from \${arrivals})
  select coin_id, count(*) filter (verdict = 'on time') as on_time,
    count(*) filter (verdict = 'late') as late, count(*) filter (verdict = 'too late') as too_late
  from judged group by coin_id\``,
        says: 'Nearly: at the edge you are one instant too kind. A window is closed when the watermark has *reached* its end: `<=`.',
      },
      {
        cell: `
const lateness = (arrivals: string) => \`
  with judged as (
    select coin_id, last_updated + interval 1 minute as window_end,
      case when window_end <= watermark then 'too late'
        when window_end <= watermark + interval 2 minutes then 'late' else 'on time' end as verdict
    from \${arrivals})
  select coin_id, count(*) filter (verdict = 'on time') as on_time,
    count(*) filter (verdict = 'late') as late, count(*) filter (verdict = 'too late') as too_late
  from judged group by coin_id\``,
        says: 'You add a minute to the tick itself. Its window ends with the minute of the clock: cut the time down to its minute first, then add one.',
      },
      {
        cell: `
const lateness = (arrivals: string) => \`
  select coin_id,
    count(*) filter (date_trunc('minute', last_updated) + interval 1 minute > watermark + interval 2 minutes) as on_time,
    count(*) filter (date_trunc('minute', last_updated) + interval 1 minute > watermark
      and date_trunc('minute', last_updated) + interval 1 minute <= watermark + interval 2 minutes) as late,
    count(*) filter (date_trunc('minute', last_updated) + interval 1 minute <= watermark) as too_late
  from \${arrivals} group by coin_id\``,
        says: 'Some ticks are in none of your three columns. What is `x > null`? Where there is no watermark yet, a tick is on time.',
      },
      {
        cell: `
const lateness = (arrivals: string) => \`
  with judged as (
    select coin_id, date_trunc('minute', last_updated) + interval 1 minute as window_end, watermark from \${arrivals})
  select coin_id,
    count(*) filter (window_end > watermark + interval 2 minutes or watermark is null) as on_time,
    count(*) filter (window_end <= watermark + interval 2 minutes) as late,
    count(*) filter (window_end <= watermark) as too_late
  from judged group by coin_id\``,
        says: 'What is too late you count as late as well. Each tick has one verdict: the three columns add up to the ticks of the coin.',
      },
    ],
    right:
      'Three numbers that add up, for each coin. Put them beside the wait: what would three minutes change? Such a table, once a day, is how a wait is chosen and defended.',
  },
  {
    id: '8.5',
    title: 'A window that stands any order',
    level: 'advanced',
    form: 'function',
    answer: 'add',
    compare: { key: ['ticks'] },
    outcome: async (answer: Add, ground) => {
      const rows: object[] = [];
      for (const { ticks, list } of await tickLists(ground)) {
        let state: State | undefined;
        for (const tick of list) state = answer(state, { ...tick });
        const { count, sum, first, last } = (state ?? {}) as Partial<State>;
        rows.push({ ticks, count, sum, first_price: first?.price, last_price: last?.price });
      }
      return rows;
    },
    hints: [
      'Three questions for each tick: is it the first of all? Has its time been seen? Is it earlier than `first`, or later than `last`?',
      'Without a state, the tick is everything: `{ count: 1, sum: tick.price, first: tick, last: tick, seen: [tick.at] }`. If `state.seen.includes(tick.at)`, the state stays as it is.',
      'Else count and sum grow, `first` is `tick.at < state.first.at ? tick : state.first`, `last` the other way round, and the time joins `seen`.',
    ],
    solution: {
      cell: `
const add = (state: State | undefined, tick: Tick): State => {
  if (!state) return { count: 1, sum: tick.price, first: tick, last: tick, seen: [tick.at] };
  if (state.seen.includes(tick.at)) return state;
  return {
    count: state.count + 1, sum: state.sum + tick.price,
    first: tick.at < state.first.at ? tick : state.first,
    last: tick.at > state.last.at ? tick : state.last,
    seen: [...state.seen, tick.at],
  };
}`,
      why: 'First and last are decided by time, so the order of arrival has no say. What was seen is remembered, so a second sending has none either. The price is memory: one number a tick, until the window is closed.',
    },
    wrong: [
      {
        cell: `
const add = (state: State | undefined, tick: Tick): State => state
  ? { count: state.count + 1, sum: state.sum + tick.price, first: state.first, last: tick, seen: [] }
  : { count: 1, sum: tick.price, first: tick, last: tick, seen: [] }`,
        says: 'Your first and last are the first and the last to arrive, and what comes twice counts twice. Both go by the time of the tick.',
      },
      {
        cell: `
const add = (state: State | undefined, tick: Tick): State => {
  if (!state) return { count: 1, sum: tick.price, first: tick, last: tick, seen: [] };
  return {
    count: state.count + 1, sum: state.sum + tick.price,
    first: tick.at < state.first.at ? tick : state.first,
    last: tick.at > state.last.at ? tick : state.last, seen: [],
  };
}`,
        says: 'First and last are right in any order. A tick that is sent twice counts twice: what would the state need to know it again?',
      },
      {
        cell: `
const add = (state: State | undefined, tick: Tick): State => {
  if (!state) return { count: 1, sum: tick.price, first: tick, last: tick, seen: [tick.at] };
  if (state.seen.includes(tick.at)) return state;
  return { count: state.count + 1, sum: state.sum + tick.price, first: state.first, last: tick,
    seen: [...state.seen, tick.at] };
}`,
        says: 'No tick counts twice. But first and last are those that arrived first and last; they are the earliest and the latest by time.',
      },
      {
        cell: `
const add = (state: State | undefined, tick: Tick): State => {
  if (!state) return { count: 1, sum: tick.price, first: tick, last: tick, seen: [tick.at] };
  if (state.seen.at(-1) === tick.at) return state;
  return {
    count: state.count + 1, sum: state.sum + tick.price,
    first: tick.at < state.first.at ? tick : state.first,
    last: tick.at > state.last.at ? tick : state.last,
    seen: [tick.at],
  };
}`,
        says: 'You know a tick again only right after it came. It may come again much later, when others have come between.',
      },
      {
        cell: `
const add = (state: State | undefined, tick: Tick): State => {
  if (!state) return { count: 1, sum: tick.price, first: tick, last: tick, seen: [tick.at] };
  if (tick.at <= state.last.at) return state;
  return { count: state.count + 1, sum: state.sum + tick.price, first: state.first, last: tick,
    seen: [...state.seen, tick.at] };
}`,
        says: 'You leave out every tick that is not later than the last. So nothing is doubled, and whatever comes late is lost.',
      },
      {
        cell: `
const add = (state: State | undefined, tick: Tick): State => {
  if (!state) return { count: 1, sum: tick.price, first: tick, last: tick, seen: [tick.at] };
  const known = state.seen.includes(tick.at);
  return {
    count: state.count + (known ? 0 : 1), sum: state.sum + (known ? 0 : tick.price),
    first: tick.at <= state.first.at ? tick : state.first,
    last: tick.at >= state.last.at ? tick : state.last,
    seen: known ? state.seen : [...state.seen, tick.at],
  };
}`,
        says: 'Count and sum are right. When a time comes again with another price, your first or last takes the new one; the one that came first stays.',
      },
    ],
    right:
      'Any order, any repetition, the same window. Two such states can even be joined: what would `join(a, b)` have to look at? That is how several machines share one window.',
  },
  {
    id: '8.6',
    title: 'Send it in time',
    level: 'advanced',
    form: 'state',
    answer: 'mend',
    compare: { key: ['what'] },
    outcome: async (_, { name }): Promise<Desk[] | undefined> => {
      const stage = stageNow(name, 'desk');
      if (!stage) return undefined;
      const { high } = (await topicOffsets(stage.topic))[0]!;
      if (high <= sentAtFirst) return undefined;
      const windows = await stage.lake.rows<Desk>(`
        select 'the window of ' || strftime(window_start, '%H:%M') as what, tick_count as trades, avg_price_usd as mean_usd
        from gold.crypto_metrics_1m order by window_start`);
      const [found] = await stage.lake.rows<{ landed: number; late: number }>(`
        select (select count(*) from bronze.crypto_ticks_raw) as landed, (select count(*) from gold.late_ticks) as late`);
      return [
        ...windows,
        { what: 'set aside', trades: found!.late, mean_usd: null },
        { what: 'waiting in the topic', trades: Number(high) - found!.landed, mean_usd: null },
      ];
    },
    wanted: (): Desk[] => [
      { what: 'the window of 09:00', trades: 5, mean_usd: 71_024.6 },
      { what: 'the window of 09:01', trades: 4, mean_usd: 71_057.5 },
      { what: 'the window of 09:02', trades: 5, mean_usd: 71_042 },
      { what: 'the window of 09:03', trades: 4, mean_usd: 71_049.25 },
      { what: 'the window of 09:04', trades: 2, mean_usd: 71_033.5 },
      { what: 'the window of 09:05', trades: 1, mean_usd: 71_033 },
      { what: 'set aside', trades: 0, mean_usd: null },
      { what: 'waiting in the topic', trades: 0, mean_usd: null },
    ],
    hints: [
      'Nine polls have landed, the last of 09:04:20. Which watermark does the next message meet, and which one the message after `nextPoll`?',
      'After `nextPoll` the watermark stands at 09:03:10, and the minute of 09:02 is closed. So the trade goes first.',
      "`await send(desk, event('09:02:18', 70_950), nextPoll)` sends both, in this order; then `await land(desk)`.",
    ],
    solution: {
      cell: `
const desk = await openDesk()
const mend = async () => {
  await send(desk, event('09:02:18', 70_950), nextPoll)
  await land(desk)
}
await mend()
await windowsOf(desk)`,
      why: 'A message meets the watermark of all that lies before it in the topic. Before `nextPoll` that is 09:02:20, and the minute that ends at 09:03 is open; behind it, it is closed. Whether both land in one transaction or in two makes no difference.',
    },
    wrong: [
      {
        cell: `
const desk = await openDesk()
const mend = async () => send(desk, event('09:02:18', 70_950), nextPoll)
await mend()`,
        says: 'Something waits in the topic. Sending is one step, landing another: `land(desk)` brings it into the lake.',
        when: outcome => tradesOf(outcome, 'waiting in the topic') > 0,
      },
      {
        cell: `
const desk = await openDesk()
const mend = async () => {
  await send(desk, nextPoll, event('09:02:18', 70_950))
  await land(desk)
}
await mend()`,
        says: 'A trade was set aside. Which watermark did it meet? `from gold.late_ticks` says it, and what lay before it in the topic had moved it there.',
        when: outcome => tradesOf(outcome, 'set aside') > 0,
      },
      {
        cell: `
const desk = await openDesk()
const mend = async () => {
  await send(desk, event('09:05:15', 70_950), nextPoll)
  await land(desk)
}
await mend()`,
        says: 'The trade lies in the minute in which it was sent. The time of an event is when it was true: 09:02:18.',
        when: outcome => tradesOf(outcome, 'the window of 09:05') > 1 || tradesOf(outcome, 'the window of 09:04') > 2,
      },
      {
        cell: `
const desk = await openDesk()
const mend = async () => {
  await send(desk, event('09:02:18', 70_950))
  await land(desk)
}
await mend()`,
        says: 'The trade is in its window. The poll of 09:05:10 is still missing.',
        when: (outcome, wanted) =>
          tradesOf(outcome, 'the window of 09:05') === 0 && isAlike(outcome, wanted, 'the window of 09:02'),
      },
      {
        cell: `
const desk = await openDesk()
const mend = async () => {
  await send(desk, event('09:03:18', 70_950), nextPoll)
  await land(desk)
}
await mend()`,
        says: 'A trade has landed in another minute than that of 09:02. Look at the time that you gave it: 09:02:18.',
        when: (outcome, wanted) =>
          desk(outcome).some(({ what, trades }) => what !== 'set aside' && trades > tradesOf(wanted, what)),
      },
      {
        cell: `
const desk = await openDesk()
const mend = async () => {
  await send(desk, nextPoll)
  await land(desk)
}
await mend()`,
        says: 'The poll has landed, and the trade of 09:02:18 was never sent. The minute of 09:02 is closed now: run `openDesk` again and think of the order.',
        when: outcome =>
          tradesOf(outcome, 'the window of 09:05') === 1 && tradesOf(outcome, 'the window of 09:02') === 4,
      },
    ],
    right:
      'The trade met a watermark of 09:02:20, and its window was still open. Now try it the other way round, and look into `gold.late_ticks`: by how many seconds was it too late?',
  },
];

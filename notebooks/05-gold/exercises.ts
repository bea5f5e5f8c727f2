import pl, { type DataFrame } from 'nodejs-polars';
import { kindOf } from '../../src/course/compare.ts';
import { type Exercise, type Ground, Misfit } from '../../src/course/exercise.ts';
import { isTodo } from '../../src/course/todo.ts';
import { isFrame } from '../../src/show/table.ts';

type Tick = { time: Date; price: number; offset: number; index: number };
type Candle = { open: number; high: number; low: number; close: number };
type CandleRow = { [price in `${keyof Candle}_price_usd`]: number };

/** Tick lists for 5.3, each with a name; one is a real hour, in an order that says nothing. */
async function tickLists({ lake }: Ground): Promise<{ ticks: string; list: Tick[] }[]> {
  const real = await lake.rows<Tick>(`
    select last_updated as "time", price_usd as price, kafka_offset as "offset", array_index as "index"
    from silver.crypto_prices
    where coin_id = 'ethereum' and date_trunc('hour', last_updated) = (
      select arg_max(ts, price) from silver.prices_hourly where coin_id = 'ethereum')
    order by md5(kafka_offset::varchar)`);
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 6, 14, minute));
  const tick = (minute: number, price: number, offset: number, index = 0): Tick => ({
    time: at(minute),
    price,
    offset,
    index,
  });
  const lists = [
    { ticks: 'one hour, in mixed order', list: real },
    { ticks: 'a single tick', list: [tick(5, 12, 3)] },
    { ticks: 'the earliest came last', list: [tick(20, 11, 4), tick(40, 14, 5), tick(2, 13, 6)] },
    { ticks: 'two at the first instant', list: [tick(30, 10, 12), tick(5, 8, 10), tick(5, 9, 9)] },
    {
      ticks: 'two at the first instant, of two messages',
      list: [tick(30, 10, 12), tick(5, 8, 10, 0), tick(5, 9, 9, 3)],
    },
    { ticks: 'two at the last instant', list: [tick(50, 7, 100), tick(50, 6, 99), tick(5, 8, 10)] },
    { ticks: 'two in one message', list: [tick(5, 3, 7, 10), tick(5, 4, 7, 2), tick(9, 5, 8, 1), tick(9, 6, 8, 0)] },
    { ticks: 'no tick', list: [] },
  ];
  const turned = lists.map(({ ticks, list }) => ({ ticks: `${ticks}, the other way round`, list: list.toReversed() }));
  return [...lists, ...turned.filter(({ list }) => list.length > 1)];
}

/** Frames of hours for 5.5: the whole, one with a hole in each coin, coins too short for a window, one after the other. */
const hourFrames = async ({ lake }: Ground): Promise<{ hours: string; frame: DataFrame }[]> => {
  const frameWhere = (where: string) =>
    lake.frame(`
      select coin_id, ts, price from silver.prices_hourly
      where coin_id in ('bitcoin', 'tron') and ${where} order by coin_id, ts`);
  const start = '(select min(ts) from silver.prices_hourly)';
  return [
    { hours: 'all hours', frame: await frameWhere('true') },
    {
      hours: 'five hours missing',
      frame: await frameWhere(`ts not between ${start} + interval 60 hours and ${start} + interval 64 hours`),
    },
    { hours: 'twenty hours only', frame: await frameWhere(`ts < ${start} + interval 20 hours`) },
    {
      hours: 'tron from the hour after the last of bitcoin',
      frame: await frameWhere(`(coin_id = 'tron') = (ts >= ${start} + interval 30 hours)`),
    },
  ];
};

/** Tables of hours for 5.6, each as it stands after `from`. */
const hourTables: readonly { table: string; hours: string }[] = [
  { table: 'all hours', hours: 'silver.prices_hourly' },
  {
    table: 'five hours missing',
    hours: `(select * from silver.prices_hourly where ts not between (select min(ts) + interval 60 hours
      from silver.prices_hourly) and (select min(ts) + interval 64 hours from silver.prices_hourly))`,
  },
  {
    table: 'a price that never moves',
    hours: `(select coin_id, ts, 5.0::double as price from silver.prices_hourly where coin_id = 'bitcoin')`,
  },
  {
    table: 'tron from the hour after the last of bitcoin',
    hours: `(select * from silver.prices_hourly where coin_id in ('bitcoin', 'tron')
      and (coin_id = 'tron') = (ts >= (select min(ts) + interval 30 hours from silver.prices_hourly)))`,
  },
];

type Mover = { ts: Date; mover_rank: number; coin_id: string; return_24h: number | null };

const placeOf = ({ ts, mover_rank }: Mover) => `${ts} ${mover_rank}`;
const moved = ({ return_24h }: Mover) => Math.abs(Number(return_24h ?? Number.NaN));
const movedAlike = (one: Mover, other: Mover) => Math.abs(moved(one) - moved(other)) < 1e-12;

/** Each place holds a coin that moved as far as the one that is wanted, and some hold another coin. */
function tiesOtherwise(found: unknown, wanted: unknown): boolean {
  const [mine, theirs] = [found as Mover[], wanted as Mover[]];
  const places = new Map(theirs.map(row => [placeOf(row), row]));
  const wantedAt = (row: Mover) => places.get(placeOf(row));
  return (
    mine.length === theirs.length &&
    mine.every(row => wantedAt(row) && movedAlike(row, wantedAt(row)!)) &&
    mine.some(row => row.coin_id !== wantedAt(row)!.coin_id)
  );
}

/** Some place holds two coins that moved as far. */
function shareAPlace(found: unknown): boolean {
  const places = new Map<string, Mover>();
  return (found as Mover[]).some(row => {
    const other = places.get(placeOf(row));
    places.set(placeOf(row), row);
    return other && other.coin_id !== row.coin_id && movedAlike(other, row);
  });
}

const candles = (found: unknown): CandleRow[] => (Array.isArray(found) ? found : []);
const sorted = (rows: CandleRow[]) => [...rows].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
const keyOf = (row: object) => {
  const { coin_id, hour } = row as { coin_id?: string; hour?: Date };
  return `${coin_id} ${hour instanceof Date ? hour.toISOString() : hour}`;
};

const pricesOf = ({ open_price_usd, high_price_usd, low_price_usd, close_price_usd }: CandleRow): unknown[] => [
  open_price_usd,
  high_price_usd,
  low_price_usd,
  close_price_usd,
];

/** Highs and lows are right, and some open or close is not. */
function openOrCloseByLuck(found: unknown, wanted: unknown): boolean {
  const [mine, theirs] = [sorted(candles(found)), sorted(candles(wanted))];
  if (mine.length !== theirs.length) return false;
  if (![...mine, ...theirs].flatMap(pricesOf).every(price => typeof price === 'number')) return false;
  const same = (name: keyof CandleRow) => mine.every((row, at) => row[name] === theirs[at]![name]);
  return same('high_price_usd') && same('low_price_usd') && !(same('open_price_usd') && same('close_price_usd'));
}

/** The text that the notebook gives for 5.4: each hour with its mean and its number of ticks. */
const hourly = `
  select date_trunc('hour', last_updated) as hour, coin_id,
    avg(price_usd) as avg_price_usd, count(*) as tick_count
  from silver.crypto_prices group by all`;

export const exercises: readonly Exercise[] = [
  {
    id: '5.1',
    title: 'The statistics of every hour',
    level: 'beginner',
    form: 'query',
    answer: 'hourlyStats',
    compare: { key: ['coin_id', 'hour'] },
    hints: [
      "One row is one coin in one hour: group by both. `date_trunc('hour', last_updated)` is the start of the hour.",
      'Four of the columns are `count(*)`, `min`, `max` and `avg` of `price_usd`. The sample standard deviation has a function of its own, and a short name that begins with `stddev_`.',
    ],
    solution: {
      cell: `
const hourlyStats = \`
  select date_trunc('hour', last_updated) as hour, coin_id, count(*) as tick_count,
    min(price_usd) as min_price_usd, max(price_usd) as max_price_usd,
    avg(price_usd) as avg_price_usd, stddev_samp(price_usd) as price_volatility
  from silver.crypto_prices group by hour, coin_id\``,
      why: '`stddev_samp` divides by the number of ticks less one. Of a single tick it gives null by itself: from one price nobody can tell how much prices moved.',
    },
    wrong: [
      {
        cell: `
const hourlyStats = \`
  select date_trunc('hour', last_updated) as hour, coin_id, count(*) as tick_count,
    min(price_usd) as min_price_usd, max(price_usd) as max_price_usd,
    avg(price_usd) as avg_price_usd, stddev_pop(price_usd) as price_volatility
  from silver.crypto_prices group by hour, coin_id\``,
        says: 'Your volatility is that of a whole population: it divides by the number of ticks. The ticks are a sample of the hour. And what does yours say of an hour with one tick?',
      },
      {
        cell: `
const hourlyStats = \`
  select date_trunc('hour', last_updated) as hour, coin_id, count(*) as tick_count,
    min(price_usd) as min_price_usd, max(price_usd) as max_price_usd,
    avg(price_usd) as avg_price_usd, coalesce(stddev_samp(price_usd), 0) as price_volatility
  from silver.crypto_prices group by hour, coin_id\``,
        says: 'An hour with one tick says 0, as if nothing had moved. Nobody knows whether it moved.',
      },
      {
        cell: `
const hourlyStats = \`
  select date_trunc('hour', poll_time) as hour, coin_id, count(*) as tick_count,
    min(price_usd) as min_price_usd, max(price_usd) as max_price_usd,
    avg(price_usd) as avg_price_usd, stddev_samp(price_usd) as price_volatility
  from silver.crypto_prices group by hour, coin_id\``,
        says: 'You put a tick into the hour in which it was asked for. It belongs to the hour in which the price held.',
      },
    ],
    right:
      'One row a coin and hour, and null where one tick is too little to know. Try to sort by `price_volatility / avg_price_usd`: which coin had the wildest hour of the week?',
  },
  {
    id: '5.2',
    title: 'Candles by time',
    level: 'beginner',
    form: 'query',
    answer: 'ohlc',
    compare: { key: ['coin_id', 'hour'] },
    hints: [
      'High and low are a maximum and a minimum of the price. Open and close are not: they are prices at the minimum and at the maximum of something else.',
      '`min_by(this, that)` gives `this` of the row where `that` is smallest.',
    ],
    solution: {
      cell: `
const ohlc = \`
  select date_trunc('hour', last_updated) as hour, coin_id,
    min_by(price_usd, last_updated) as open_price_usd, max(price_usd) as high_price_usd,
    min(price_usd) as low_price_usd, max_by(price_usd, last_updated) as close_price_usd
  from silver.crypto_prices group by hour, coin_id\``,
      why: '`min_by(price_usd, last_updated)` is the price of the earliest tick, in whatever order the rows are stored and read.',
    },
    wrong: [
      {
        cell: `
const ohlc = \`
  select date_trunc('hour', last_updated) as hour, coin_id,
    min(price_usd) as open_price_usd, max(price_usd) as high_price_usd,
    min(price_usd) as low_price_usd, max(price_usd) as close_price_usd
  from silver.crypto_prices group by hour, coin_id\``,
        says: 'Each of your candles opens at its low and closes at its high, as if every price rose all the time. Open and close go by time.',
      },
      {
        cell: `
const ohlc = \`
  select date_trunc('hour', poll_time) as hour, coin_id,
    min_by(price_usd, poll_time) as open_price_usd, max(price_usd) as high_price_usd,
    min(price_usd) as low_price_usd, max_by(price_usd, poll_time) as close_price_usd
  from silver.crypto_prices group by hour, coin_id\``,
        says: 'You cut the hours by the time of asking. A price of 13:59 that was asked for at 14:00 belongs to the candle of 13:00.',
      },
      {
        cell: `
const ohlc = \`
  select date_trunc('hour', last_updated) as hour, coin_id,
    max_by(price_usd, last_updated) as open_price_usd, max(price_usd) as high_price_usd,
    min(price_usd) as low_price_usd, min_by(price_usd, last_updated) as close_price_usd
  from silver.crypto_prices group by hour, coin_id\``,
        says: 'Your candles run backwards: they open with the latest price and close with the earliest.',
      },
      {
        cell: `
const ohlc = \`
  select date_trunc('hour', last_updated) as hour, coin_id,
    first(price_usd) as open_price_usd, max(price_usd) as high_price_usd,
    min(price_usd) as low_price_usd, last(price_usd) as close_price_usd
  from silver.crypto_prices group by hour, coin_id\``,
        says: 'Highs and lows are right. Open or close is a price of the right hour, but not its earliest or latest one. Which column says what is earlier?',
        when: openOrCloseByLuck,
      },
    ],
    right:
      "Open and close go by `last_updated` now, and no order of rows can change them. Try the same with `date_trunc('day', …)`: does a day open where the day before closed?",
  },
  {
    id: '5.3',
    title: 'A candle out of ticks in any order',
    level: 'intermediate',
    form: 'function',
    answer: 'candleOf',
    compare: { key: ['ticks'] },
    outcome: async (answer: (ticks: Tick[]) => Partial<Candle> | undefined, ground) => {
      const rows: object[] = [];
      for (const { ticks, list } of await tickLists(ground)) {
        const candle = (await answer(list.map(tick => ({ ...tick, time: new Date(tick.time) })))) ?? {};
        const names = Object.keys(candle);
        if (names.length > 0 && !['open', 'high', 'low', 'close'].every(name => names.includes(name)))
          throw new Misfit(`A candle has open, high, low and close; yours has ${names.join(', ')}.`, candle);
        const { open, high, low, close }: Partial<Candle> = candle;
        rows.push({ ticks, open, high, low, close });
      }
      return rows;
    },
    hints: [
      'Sort a copy of the ticks, then open is the price of the first and close that of the last. What says which of two comes first?',
      'A comparison may have three parts: `a.time.getTime() - b.time.getTime() || a.offset - b.offset || a.index - b.index`. Where a part is 0, the next one decides.',
      'Without ticks there is no first one: return `undefined` before you ask for its price.',
    ],
    solution: {
      cell: `
const candleOf = (ticks: Tick[]): Candle | undefined => {
  const sorted = [...ticks].sort(
    (a, b) => a.time.getTime() - b.time.getTime() || a.offset - b.offset || a.index - b.index);
  if (sorted.length === 0) return undefined;
  const prices = sorted.map(tick => tick.price);
  return { open: prices[0]!, high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1)! };
}`,
      why: 'Three keys make the order complete: no two ticks have the same message and the same place in it. So every order of arrival gives the same candle.',
    },
    wrong: [
      {
        cell: `
const candleOf = (ticks: Tick[]): Candle | undefined => {
  if (ticks.length === 0) return undefined;
  const prices = ticks.map(tick => tick.price);
  return { open: prices[0]!, high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1)! };
}`,
        says: 'You take the ticks in the order in which they lie in the list. They lie there in any order.',
      },
      {
        cell: `
const candleOf = (ticks: Tick[]): Candle | undefined => {
  const sorted = [...ticks].sort((a, b) => a.time.getTime() - b.time.getTime());
  if (sorted.length === 0) return undefined;
  const prices = sorted.map(tick => tick.price);
  return { open: prices[0]!, high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1)! };
}`,
        says: 'By time it is right. Where two ticks have the same time, your candle still depends on the order of the list.',
      },
      {
        cell: `
const candleOf = (ticks: Tick[]): Candle | undefined => {
  const sorted = [...ticks].sort((a, b) => (a.time > b.time ? 1 : -1));
  if (sorted.length === 0) return undefined;
  const prices = sorted.map(tick => tick.price);
  return { open: prices[0]!, high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1)! };
}`,
        says: 'Your comparison says of two ticks of the same time that the first of them comes first, whichever way round they lie. Such ticks need a rule of their own.',
      },
      {
        cell: `
const candleOf = (ticks: Tick[]): Candle | undefined => {
  const sorted = [...ticks].sort((a, b) => a.offset - b.offset || a.index - b.index);
  if (sorted.length === 0) return undefined;
  const prices = sorted.map(tick => tick.price);
  return { open: prices[0]!, high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1)! };
}`,
        says: 'You sort by offset alone. The offset says in which order messages came; a late message brings an early price.',
      },
      {
        cell: `
const candleOf = (ticks: Tick[]): Candle | undefined => {
  const sorted = [...ticks].sort((a, b) => a.time.getTime() - b.time.getTime() || a.offset - b.offset);
  if (sorted.length === 0) return undefined;
  const prices = sorted.map(tick => tick.price);
  return { open: prices[0]!, high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1)! };
}`,
        says: 'Time and offset are in their place. Two ticks may lie in the same message: then the offset cannot tell them apart, and something else can.',
      },
    ],
    right:
      'Your candle depends on the ticks and not on their order. That is what lets a stream be replayed, and cut into any batches, with the same result. Try to join two candles of neighbouring hours into one: which four numbers do you need?',
  },
  {
    id: '5.4',
    title: 'From hours to days, each tick once',
    level: 'intermediate',
    form: 'query',
    answer: 'dailyAverage',
    compare: { key: ['coin_id', 'date'] },
    scope: { hourly },
    hints: [
      'A mean is a sum divided by a count. You have the mean and the count of each hour: what was its sum?',
      'Add up the sums of the hours, and divide by the added counts: `sum(avg_price_usd * …) / sum(…)`.',
    ],
    solution: {
      cell: `
const dailyAverage = \`
  with hours as (\${hourly})
  select hour::date as date, coin_id,
    sum(avg_price_usd * tick_count) / sum(tick_count) as avg_price_usd,
    sum(tick_count) as tick_count
  from hours group by all\``,
      why: 'Mean times count gives back the sum of an hour. Sums and counts may be added; means may not. So a table that shall be rolled up later keeps its counts.',
    },
    wrong: [
      {
        cell: `
const dailyAverage = \`
  with hours as (\${hourly})
  select hour::date as date, coin_id, avg(avg_price_usd) as avg_price_usd, sum(tick_count) as tick_count
  from hours group by all\``,
        says: 'You took the mean of the means: an hour with few ticks counts as much as an hour with many.',
      },
      {
        cell: `
const dailyAverage = \`
  with hours as (\${hourly})
  select hour::date as date, coin_id,
    sum(avg_price_usd * tick_count) / sum(tick_count) as avg_price_usd, count(*) as tick_count
  from hours group by all\``,
        says: 'The average is right. Your `tick_count` counts the rows of the day, and a row is an hour.',
      },
      {
        cell: `
const dailyAverage = \`
  with hours as (\${hourly})
  select hour::date as date, coin_id,
    sum(avg_price_usd * tick_count) / count(*) as avg_price_usd, sum(tick_count) as tick_count
  from hours group by all\``,
        says: 'The sum is that of all ticks, and you divide it by the number of hours.',
      },
    ],
    right:
      'Sum over sum: each tick counts once. Try to get the week out of your days in the same way. And the highest price of a day: can you take the maximum of maxima?',
  },
  {
    id: '5.5',
    title: 'A moving average that waits until it is full',
    level: 'advanced',
    form: 'function',
    answer: 'withMa24',
    compare: { key: ['hours', 'coin_id', 'ts'] },
    scope: { pl },
    outcome: async (answer: (hours: DataFrame) => unknown, ground) => {
      const rows: object[] = [];
      for (const { hours, frame } of await hourFrames(ground)) {
        const made = await answer(frame.clone());
        if (typeof made !== 'object' || made === null || !isFrame(made))
          throw new Misfit(`The function should give a frame; it gives ${kindOf(made)}.`, made);
        const wanted = ['coin_id', 'ts', 'ma_24'].filter(name => made.columns.includes(name));
        const chosen = (made as DataFrame).select(...wanted).toRecords();
        rows.push(...chosen.map(row => ({ hours, ...row })));
      }
      return rows;
    },
    hints: [
      "`rollingMean({ windowSize: 24, minPeriods: 24 })` is null until 24 rows are there, and `.over('coin_id')` begins anew with each coin. That leaves the gaps.",
      "If no hour is missing, the row 23 rows above is 23 hours older. Compare its `ts` with the row's own, as the cell above does for one hour.",
      'With `us` for `pl.col("ts").cast(pl.Int64)`: `pl.when(us.sub(us.shift(23).over("coin_id")).eq(23 * hourUs)).then(…).otherwise(pl.lit(null))`.',
    ],
    solution: {
      cell: `
const withMa24 = (hours: DataFrame): DataFrame => {
  const us = pl.col('ts').cast(pl.Int64);
  const isFull = us.sub(us.shift(23).over('coin_id')).eq(23 * 3_600_000_000);
  const mean = pl.col('price').rollingMean({ windowSize: 24, minPeriods: 24 }).over('coin_id');
  return hours.withColumns(pl.when(isFull).then(mean).otherwise(pl.lit(null)).alias('ma_24'));
}`,
      why: 'A window of 24 rows is a window of 24 hours exactly when the row 23 above lies 23 hours back. With each coin apart there is no such row at the beginning, and the comparison is null.',
    },
    wrong: [
      {
        cell: `
const withMa24 = (hours: DataFrame): DataFrame =>
  hours.withColumns(
    pl.col('price').rollingMean({ windowSize: 24, minPeriods: 1 }).over('coin_id').alias('ma_24'))`,
        says: 'Your first hours have an average already, of one price, then of two. Null is expected until 24 hours are there.',
      },
      {
        cell: `
const withMa24 = (hours: DataFrame): DataFrame =>
  hours.withColumns(
    pl.col('price').rollingMean({ windowSize: 24, minPeriods: 24 }).over('coin_id').alias('ma_24'))`,
        says: 'You count 24 rows. Where hours are missing, 24 rows reach back further than 24 hours.',
      },
      {
        cell: `
const withMa24 = (hours: DataFrame): DataFrame =>
  hours.withColumns(pl.col('price').rollingMean({ windowSize: 24, minPeriods: 24 }).over('coin_id').alias('ma24'))`,
        says: "Your frame has no column `ma_24`. Name it with `.alias('ma_24')`.",
        when: found => Array.isArray(found) && found.length > 0 && !('ma_24' in found[0]),
        ofForm: true,
      },
      {
        cell: `
const withMa24 = (hours: DataFrame): DataFrame =>
  hours.withColumns(pl.col('price').rollingMean({ windowSize: 24, minPeriods: 24 }).alias('ma_24'))`,
        says: 'At the beginning of the second coin your windows still hold prices of the first one.',
      },
      {
        cell: `
const withMa24 = (hours: DataFrame): DataFrame => {
  const us = pl.col('ts').cast(pl.Int64);
  const mean = pl.col('price').rollingMean({ windowSize: 24, minPeriods: 24 });
  const isFull = us.sub(us.shift(23)).eq(23 * 3_600_000_000);
  return hours.withColumns(pl.when(isFull).then(mean).otherwise(pl.lit(null)).alias('ma_24'));
}`,
        says: "You look 23 rows back, whichever coin lies there. Where one coin begins in the hour after the last of another, the hours fit and the prices are of both: `.over('coin_id')` keeps them apart.",
      },
    ],
    right:
      'Null where an hour is missing, a number where all 24 are there. Try it for 72 hours: how many rows of a coin stay null at the beginning?',
  },
  {
    id: '5.6',
    title: 'How unusual was this hour?',
    level: 'advanced',
    form: 'function',
    answer: 'scores',
    compare: { key: ['table', 'coin_id', 'ts'], tolerance: 1e-6 },
    outcome: async (answer: (hours: string) => string, { lake }) => {
      const rows: object[] = [];
      for (const { table, hours } of hourTables) {
        const sql: unknown = await answer(hours);
        if (typeof sql !== 'string' || isTodo(sql))
          throw new Misfit(`The function should give a query, as text; it gives ${kindOf(sql)}.`, sql);
        const found = await lake.rows(sql);
        rows.push(...found.map(row => ({ table, ...row })));
      }
      return rows;
    },
    hints: [
      'Two steps: first the returns in a `with`, null where the row before is not one hour older; then their mean and deviation over 24 hours.',
      'A window can go by time: `over (partition by coin_id order by ts range between interval 23 hours preceding and current row)` holds the 24 hours that end with the row.',
      '`count(ret_1h) over …` says how many returns are in the window; only 24 will do. `nullif(x, 0)` is null where x is 0, and whatever is divided by null is null.',
    ],
    solution: {
      cell: `
const scores = (hours: string) => \`
  with returns as (
    select coin_id, ts, case when ts - lag(ts) over coin = interval 1 hour
      then price / lag(price) over coin - 1 end as ret_1h
    from \${hours} window coin as (partition by coin_id order by ts))
  select coin_id, ts, ret_1h, case when count(ret_1h) over day = 24
    then (ret_1h - avg(ret_1h) over day) / nullif(stddev_samp(ret_1h) over day, 0) end as zscore_1h
  from returns window day as (partition by coin_id order by ts
    range between interval 23 hours preceding and current row)\``,
      why: '`range` measures the window in hours and not in rows, and `count(ret_1h) = 24` says that it is full. `nullif` keeps a coin that never moved from being divided by zero.',
    },
    wrong: [
      {
        cell: `
const scores = (hours: string) => \`
  with returns as (
    select coin_id, ts, case when ts - lag(ts) over coin = interval 1 hour
      then price / lag(price) over coin - 1 end as ret_1h
    from \${hours} window coin as (partition by coin_id order by ts))
  select coin_id, ts, ret_1h, case when count(ret_1h) over day = 24
    then (ret_1h - avg(ret_1h) over day) / nullif(stddev_pop(ret_1h) over day, 0) end as zscore_1h
  from returns window day as (partition by coin_id order by ts
    range between interval 23 hours preceding and current row)\``,
        says: 'The returns are right. All your scores are a little too far from zero: which of the two standard deviations did you take?',
      },
      {
        cell: `
const scores = (hours: string) => \`
  with returns as (
    select coin_id, ts, price / lag(price) over coin - 1 as ret_1h
    from \${hours} window coin as (partition by coin_id order by ts))
  select coin_id, ts, ret_1h, case when count(ret_1h) over day = 24
    then (ret_1h - avg(ret_1h) over day) / nullif(stddev_samp(ret_1h) over day, 0) end as zscore_1h
  from returns window day as (partition by coin_id order by ts
    rows between 23 preceding and current row)\``,
        says: 'With every hour there it is right. With five hours missing you still go by rows: the row before is then six hours older.',
      },
      {
        cell: `
const scores = (hours: string) => \`
  with returns as (
    select coin_id, ts, case when ts - lag(ts) over coin = interval 1 hour
      then price / lag(price) over coin - 1 end as ret_1h
    from \${hours} window coin as (partition by coin_id order by ts))
  select coin_id, ts, ret_1h,
    (ret_1h - avg(ret_1h) over day) / nullif(stddev_samp(ret_1h) over day, 0) as zscore_1h
  from returns window day as (partition by coin_id order by ts
    range between interval 23 hours preceding and current row)\``,
        says: 'You give a score before 24 returns are there. Null is expected until the window is full.',
      },
      {
        cell: `
const scores = (hours: string) => \`
  with returns as (
    select coin_id, ts, case when ts - lag(ts) over coin = interval 1 hour
      then price / lag(price) over coin - 1 end as ret_1h
    from \${hours} window coin as (partition by coin_id order by ts))
  select coin_id, ts, ret_1h, case when count(ret_1h) over day = 25
    then (ret_1h - avg(ret_1h) over day) / nullif(stddev_samp(ret_1h) over day, 0) end as zscore_1h
  from returns window day as (partition by coin_id order by ts
    range between interval 24 hours preceding and current row)\``,
        says: 'Your window holds 25 returns: 24 hours back and the row itself. Of 24 hours the row is one.',
      },
      {
        cell: `
const scores = (hours: string) => \`
  with returns as (
    select coin_id, ts, case when ts - lag(ts) over coin = interval 1 hour
      then price / lag(price) over coin - 1 end as ret_1h
    from \${hours} window coin as (order by coin_id, ts))
  select coin_id, ts, ret_1h, case when count(ret_1h) over day = 24
    then (ret_1h - avg(ret_1h) over day) / nullif(stddev_samp(ret_1h) over day, 0) end as zscore_1h
  from returns window day as (partition by coin_id order by ts
    range between interval 23 hours preceding and current row)\``,
        says: 'You look one row back, whichever coin lies there. Where one coin begins in the hour after the last of another, the hours fit and the two prices are of different coins: `partition by coin_id` keeps them apart.',
      },
    ],
    right:
      'Windows by time, full or null, and no division by zero. Sort by `abs(zscore_1h)`: which hour of the week is the most unusual, and is it the one with the largest return?',
  },
  {
    id: '5.7',
    title: 'The top three of every hour',
    level: 'intermediate',
    form: 'query',
    answer: 'movers',
    compare: { key: ['ts', 'mover_rank'] },
    hints: [
      'Join `silver.prices_hourly` with itself: an hour, and the row of the same coin 24 hours before.',
      'Who falls by 5 % moves more than who rises by 3 %: rank by `abs(return_24h)`, the largest first, and begin anew with each hour.',
      '`row_number() over (partition by ts order by abs(return_24h) desc, coin_id) as mover_rank`, and `qualify mover_rank <= 3` keeps three of each hour.',
    ],
    solution: {
      cell: `
const movers = \`
  with returns as (
    select now.ts, now.coin_id, now.price / before.price - 1 as return_24h
    from silver.prices_hourly as now join silver.prices_hourly as before
      on before.coin_id = now.coin_id and before.ts = now.ts - interval 24 hours)
  select ts, row_number() over (partition by ts order by abs(return_24h) desc, coin_id) as mover_rank,
    coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
      why: 'The join goes by time: an hour without a price 24 hours before finds no partner and is left out. Up or down counts alike, and `coin_id` decides ties, so that two runs never differ.',
    },
    wrong: [
      {
        cell: `
const movers = \`
  with returns as (
    select now.ts, now.coin_id, now.price / before.price - 1 as return_24h
    from silver.prices_hourly as now join silver.prices_hourly as before
      on before.coin_id = now.coin_id and before.ts = now.ts - interval 24 hours)
  select ts, row_number() over (partition by ts order by return_24h desc, coin_id) as mover_rank,
    coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
        says: 'You rank those who rose most. Whoever fell has moved as well.',
      },
      {
        cell: `
const movers = \`
  with returns as (
    select now.ts, now.coin_id, now.price / before.price - 1 as return_24h,
      abs(now.price - before.price) as moved_usd
    from silver.prices_hourly as now join silver.prices_hourly as before
      on before.coin_id = now.coin_id and before.ts = now.ts - interval 24 hours)
  select ts, row_number() over (partition by ts order by moved_usd desc, coin_id) as mover_rank,
    coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
        says: 'You rank by dollars, so the dearest coins are on top. Rank by the return.',
      },
      {
        cell: `
const movers = \`
  with returns as (
    select now.ts, now.coin_id, now.price / before.price - 1 as return_24h
    from silver.prices_hourly as now join silver.prices_hourly as before
      on before.coin_id = now.coin_id and before.ts = now.ts - interval 24 hours)
  select ts, row_number() over (partition by ts order by abs(return_24h), coin_id) as mover_rank,
    coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
        says: 'The coins that moved least are on top. Which way does `order by` sort?',
      },
      {
        cell: `
const movers = \`
  with returns as (
    select now.ts, now.coin_id, now.price / before.price - 1 as return_24h
    from silver.prices_hourly as now join silver.prices_hourly as before
      on before.coin_id = now.coin_id and before.ts = now.ts - interval 24 hours)
  select ts, row_number() over (order by abs(return_24h) desc, coin_id) as mover_rank, coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
        says: 'Three rows came, for the whole week. The ranks begin anew with every hour: which part of `over (…)` says so?',
      },
      {
        cell: `
const movers = \`
  with returns as (
    select now.ts, now.coin_id, now.price / before.price - 1 as return_24h
    from silver.prices_hourly as now join silver.prices_hourly as before
      on before.coin_id = now.coin_id and before.ts = now.ts - interval 1 hour)
  select ts, row_number() over (partition by ts order by abs(return_24h) desc, coin_id) as mover_rank,
    coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
        says: 'These are returns of one hour. Those of 24 hours were asked.',
      },
      {
        cell: `
const movers = \`
  with returns as (
    select ts, coin_id, price / lag(price, 24) over (partition by coin_id order by ts) - 1 as return_24h
    from silver.prices_hourly qualify return_24h is not null)
  select ts, row_number() over (partition by ts order by abs(return_24h) desc, coin_id) as mover_rank,
    coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
        says: 'You go 24 rows back. That is 24 hours only as long as no hour is missing, and in another market some are. Join by time.',
      },
      {
        cell: `
const movers = \`
  with returns as (
    select now.ts, now.coin_id, now.price / before.price - 1 as return_24h
    from silver.prices_hourly as now join silver.prices_hourly as before
      on before.coin_id = now.coin_id and before.ts = now.ts - interval 24 hours)
  select ts, rank() over (partition by ts order by abs(return_24h) desc) as mover_rank, coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
        says: 'In another market two coins move alike to the last digit, and yours gives both the same rank. Each row has a rank of its own: `row_number()` counts on, and ties go by `coin_id`.',
        when: shareAPlace,
      },
      {
        cell: `
const movers = \`
  with returns as (
    select now.ts, now.coin_id, now.price / before.price - 1 as return_24h
    from silver.prices_hourly as now join silver.prices_hourly as before
      on before.coin_id = now.coin_id and before.ts = now.ts - interval 24 hours)
  select ts, row_number() over (partition by ts order by abs(return_24h) desc) as mover_rank,
    coin_id, return_24h
  from returns qualify mover_rank <= 3\``,
        says: 'In another market two coins move alike to the last digit, and yours ranks them otherwise: ties go by `coin_id`, the first of the alphabet on top.',
        when: tiesOtherwise,
      },
    ],
    right:
      'Ranked by how far they moved, in whichever direction, for every hour that has one 24 hours before it. Try to count how often each coin was on top in the week.',
  },
];

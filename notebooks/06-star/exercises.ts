import { type Exercise, type Ground, listOf } from '../../src/course/exercise.ts';
import { createTables } from '../../src/models/create.ts';
import { recompute } from '../../src/models/refresh.ts';
import { modelsOf } from '../../src/pipeline/tables.ts';

type Version = { rank: number; from: Date; to: Date | null };
type CoinVersion = Version & { coin: string };
type Change = { rank: number; at: Date };

const at = (hour: number) => new Date(Date.UTC(2026, 2, 7, hour));

/** A history out of ranks and the hours at which they began. */
const historyOf = (...begins: [rank: number, hour: number][]): Version[] =>
  begins.map(([rank, hour], place) => ({
    rank,
    from: at(hour),
    to: begins[place + 1] ? at(begins[place + 1]![1]) : null,
  }));

/** Histories and changes for 6.3, each with a name. */
const changes: readonly { change: string; history: Version[]; given: Change }[] = [
  { change: 'the newest', history: historyOf([10, 0], [11, 6]), given: { rank: 12, at: at(9) } },
  { change: 'late', history: historyOf([10, 0], [11, 6], [10, 12]), given: { rank: 9, at: at(3) } },
  {
    change: 'late, into the newest but one',
    history: historyOf([4, 0], [5, 6], [6, 12]),
    given: { rank: 3, at: at(7) },
  },
  { change: 'the first ever', history: [], given: { rank: 7, at: at(2) } },
  { change: 'before the first', history: historyOf([10, 6]), given: { rank: 8, at: at(1) } },
  { change: 'nothing new', history: historyOf([10, 0], [11, 6]), given: { rank: 11, at: at(8) } },
  { change: 'late, and nothing new', history: historyOf([10, 0], [11, 6]), given: { rank: 10, at: at(4) } },
  { change: 'late, and as the next one', history: historyOf([10, 0], [11, 6]), given: { rank: 11, at: at(4) } },
  { change: 'at a beginning', history: historyOf([10, 0], [11, 6], [13, 9]), given: { rank: 12, at: at(6) } },
  {
    change: 'at a beginning, back to the one before',
    history: historyOf([10, 0], [11, 6]),
    given: { rank: 10, at: at(6) },
  },
];

/** Histories for 6.4, each with a name; the real one stands in the order of its keys, which says nothing. */
async function histories({ lake }: Ground): Promise<{ history: string; versions: CoinVersion[] }[]> {
  const real = await lake.rows<CoinVersion>(`
    with begins as (
      select coin_id, market_cap_rank, last_updated from silver.crypto_prices
      qualify market_cap_rank is distinct from
        lag(market_cap_rank) over (partition by coin_id order by last_updated))
    select coin_id as coin, market_cap_rank as rank, last_updated as "from",
      lead(last_updated) over (partition by coin_id order by last_updated) as "to"
    from begins order by md5(coin_id || epoch_us(last_updated)::varchar)`);
  const version = (coin: string, from: number, to: number | null, rank = from): CoinVersion => ({
    coin,
    rank,
    from: at(from),
    to: to === null ? null : at(to),
  });
  const hurt = real.filter(({ to }) => to !== null).slice(0, 3);
  return [
    { history: 'as it is', versions: real },
    { history: 'three rows lost', versions: real.filter(row => !hurt.includes(row)) },
    { history: 'never closed', versions: real.map(row => (hurt.includes(row) ? { ...row, to: null } : row)) },
    { history: 'none', versions: [] },
    { history: 'two coins', versions: [version('a', 0, 6), version('b', 3, null), version('a', 6, null)] },
    { history: 'a gap', versions: [version('a', 8, null), version('a', 0, 6)] },
    { history: 'an overlap', versions: [version('a', 5, null), version('a', 0, 6), version('b', 0, null)] },
    {
      history: 'a short one inside a long one',
      versions: [version('a', 0, 9), version('a', 2, 3), version('a', 5, 9), version('a', 9, null)],
    },
  ];
}

/** The finished star in the lake of a ground; made where it is missing. */
async function withStar({ lake }: Ground): Promise<void> {
  const models = modelsOf('star');
  await createTables(lake, models);
  for (const model of models) {
    if (model.kind === 'view') continue;
    const [found] = await lake.rows<{ filled: boolean }>(`select exists(from ${model.name}) as filled`);
    if (!found!.filled) await lake.write(`compute ${model.name}`, tx => recompute(tx, model));
  }
}

/** The rows of a query that may ask the star. */
const askStar = async (answer: string, ground: Ground) => {
  await withStar(ground);
  return ground.lake.rows(answer);
};

const rows = (found: unknown): Record<string, unknown>[] => (Array.isArray(found) ? found : []);

/** A coin and rank come once each, where more versions are wanted. */
function eachRankOnce(found: unknown, wanted: unknown): boolean {
  const mine = rows(found);
  const ranks = new Set(mine.map(row => `${row.coin_id} ${row.market_cap_rank}`));
  return mine.length > 0 && ranks.size === mine.length && mine.length < rows(wanted).length;
}

export const exercises: readonly Exercise[] = [
  {
    id: '6.1',
    title: 'Which grain keeps every tick apart?',
    level: 'beginner',
    form: 'query',
    answer: 'grains',
    compare: { key: ['grain'] },
    hints: [
      'Count twice. First group the ticks by the candidate and count each group; then ask how many groups there are and how large the largest is.',
      "One candidate: `select 'message' as grain, count(*) as row_count, max(n) as ticks_at_most from (select count(*) as n from silver.crypto_prices group by kafka_offset)`. Join three of them with `union all`.",
    ],
    solution: {
      cell: `
const grains = \`
  select 'message' as grain, count(*) as row_count, max(n) as ticks_at_most
  from (select count(*) as n from silver.crypto_prices group by kafka_offset)
  union all
  select 'coin and price', count(*), max(n)
  from (select count(*) as n from silver.crypto_prices group by coin_id, price_usd)
  union all
  select 'coin and hour', count(*), max(n)
  from (select count(*) as n from silver.crypto_prices
    group by coin_id, date_trunc('hour', last_updated))\``,
      why: 'The inner query has one row for each key of the candidate, with the ticks that would share it. More than one tick at most means that the candidate cannot tell ticks apart.',
    },
    wrong: [
      {
        cell: `
const grains = \`
  select 'message' as grain, count(*) as row_count, max(n) as ticks_at_most
  from (select count(*) as n from silver.crypto_prices group by kafka_offset)
  union all
  select 'coin and price', count(*), max(n)
  from (select count(*) as n from silver.crypto_prices group by coin_id, price_usd)
  union all
  select 'coin and hour', count(*), max(n)
  from (select count(*) as n from silver.crypto_prices
    group by coin_id, date_trunc('hour', poll_time))\``,
        says: 'Two candidates are right. You cut the hours by the time of asking; a tick belongs to the hour from which its price held.',
      },
      {
        cell: `
const grains = \`
  select 'message' as grain, count(*) as row_count, max(n) as ticks_at_most
  from (select count(*) as n from silver.crypto_prices group by kafka_offset)
  union all
  select 'coin and price', count(*), max(n)
  from (select count(*) as n from silver.crypto_prices group by price_usd)
  union all
  select 'coin and hour', count(*), max(n)
  from (select count(*) as n from silver.crypto_prices group by date_trunc('hour', last_updated))\``,
        says: 'You grouped by the hour alone. Ten coins share an hour; whose row would it be? Does the coin stand beside the price?',
      },
      {
        cell: `
const grains = \`
  select 'message' as grain, count(*) as row_count, max(n) as ticks_at_most
  from (select count(*) as n from silver.crypto_prices group by kafka_offset)
  union all
  select 'coin and price', count(*), max(n)
  from (select count(*) as n from silver.crypto_prices group by price_usd)
  union all
  select 'coin and hour', count(*), max(n)
  from (select count(*) as n from silver.crypto_prices
    group by coin_id, date_trunc('hour', last_updated))\``,
        says: 'You grouped by the price alone. In another market two coins have the same price; whose row would it be?',
      },
      {
        cell: `
const grains = \`
  select 'message' as grain, count(*) as row_count, avg(n) as ticks_at_most
  from (select count(*) as n from silver.crypto_prices group by kafka_offset)
  union all
  select 'coin and price', count(*), avg(n)
  from (select count(*) as n from silver.crypto_prices group by coin_id, price_usd)
  union all
  select 'coin and hour', count(*), avg(n)
  from (select count(*) as n from silver.crypto_prices
    group by coin_id, date_trunc('hour', last_updated))\``,
        says: 'You tell the mean number of ticks in a row. A mean near 1 hides the one key that holds two; asked is the fullest row.',
      },
    ],
    right:
      'None of the three keeps ticks apart, not even coin and price: a price comes back. A mean would have hidden it, the largest group shows it. Try `coin_id, last_updated`: what must come out, if that is the grain of silver?',
  },
  {
    id: '6.2',
    title: 'The versions of a rank',
    level: 'intermediate',
    form: 'query',
    answer: 'rankVersions',
    compare: { key: ['coin_id', 'valid_from'] },
    hints: [
      'A rank may come back, so the rank alone does not name a version. Number the stretches: how many changes has the coin had up to this tick?',
      'First mark each tick: `market_cap_rank is distinct from lag(market_cap_rank) over (…) as begins`. Then `count(*) filter (begins) over (…)` counts the beginnings so far: that is the number of the version.',
      'Group by coin, rank and that number. `valid_from` is the least time; `valid_to` is the `lead` of it over the versions of the coin.',
    ],
    solution: {
      cell: `
const rankVersions = \`
  with marked as (
    select coin_id, market_cap_rank, last_updated,
      market_cap_rank is distinct from lag(market_cap_rank) over each_coin as begins
    from silver.crypto_prices window each_coin as (partition by coin_id order by last_updated)),
  numbered as (
    select *, count(*) filter (begins) over (partition by coin_id order by last_updated) as version
    from marked)
  select coin_id, market_cap_rank, min(last_updated) as valid_from,
    lead(min(last_updated)) over (partition by coin_id order by min(last_updated)) as valid_to,
    count(*) as ticks
  from numbered group by coin_id, version, market_cap_rank\``,
      why: 'The running count of beginnings is the same for all ticks of a stretch and new for the next one, so that a rank that comes back begins a version of its own.',
    },
    wrong: [
      {
        cell: `
const rankVersions = \`
  select coin_id, market_cap_rank, min(last_updated) as valid_from,
    lead(min(last_updated)) over (partition by coin_id order by min(last_updated)) as valid_to,
    count(*) as ticks
  from silver.crypto_prices group by coin_id, market_cap_rank\``,
        says: 'Each coin has each rank once. A coin that was number 10, then 11, then 10 again has three versions; yours put the first and the third together.',
        when: eachRankOnce,
      },
      {
        cell: `
const rankVersions = \`
  with marked as (
    select coin_id, market_cap_rank, last_updated,
      market_cap_rank is distinct from lag(market_cap_rank) over each_coin as begins
    from silver.crypto_prices window each_coin as (partition by coin_id order by last_updated)),
  numbered as (
    select *, count(*) filter (begins) over (partition by coin_id order by last_updated) as version
    from marked)
  select coin_id, market_cap_rank, min(last_updated) as valid_from, max(last_updated) as valid_to,
    count(*) as ticks
  from numbered group by coin_id, version, market_cap_rank\``,
        says: 'Your versions end with their last tick, and minutes later the next one begins. What held in between? And the newest has no end yet.',
      },
      {
        cell: `
const rankVersions = \`
  with marked as (
    select coin_id, market_cap_rank, last_updated,
      market_cap_rank is distinct from lag(market_cap_rank) over each_coin as begins
    from silver.crypto_prices window each_coin as (order by last_updated, coin_id)),
  numbered as (
    select *, count(*) filter (begins) over (partition by coin_id order by last_updated) as version
    from marked)
  select coin_id, market_cap_rank, min(last_updated) as valid_from,
    lead(min(last_updated)) over (partition by coin_id order by min(last_updated)) as valid_to,
    count(*) as ticks
  from numbered group by coin_id, version, market_cap_rank\``,
        says: 'There are versions of nearly one tick each: you compare a tick with the tick before it, of whatever coin. Compare it with the one before of the same coin.',
      },
      {
        cell: `
const rankVersions = \`
  with marked as (
    select coin_id, market_cap_rank, last_updated,
      market_cap_rank is distinct from lag(market_cap_rank) over each_coin as begins
    from silver.crypto_prices window each_coin as (partition by coin_id order by poll_time)),
  numbered as (
    select *, count(*) filter (begins) over (partition by coin_id order by last_updated) as version
    from marked)
  select coin_id, market_cap_rank, min(last_updated) as valid_from,
    lead(min(last_updated)) over (partition by coin_id order by min(last_updated)) as valid_to,
    count(*) as ticks
  from numbered group by coin_id, version, market_cap_rank\``,
        says: 'The tick before is for you the one that was asked for before. In another market an old rank came late: what held before says `last_updated`.',
      },
    ],
    right:
      'A rank that comes back is a new version, the end of one is the beginning of the next, and the newest is open. Add up the `ticks`: all 30,241 are there. Try to sort by `valid_to - valid_from`: which is the shortest version of the week?',
  },
  {
    id: '6.3',
    title: 'A change comes, perhaps late',
    level: 'advanced',
    form: 'function',
    answer: 'applyChange',
    compare: { key: ['change', 'version'] },
    outcome: async (answer: (history: Version[], change: Change) => unknown) => {
      const rows: object[] = [];
      for (const { change, history, given } of changes) {
        const found = listOf(await answer(structuredClone(history), structuredClone(given)), 'versions');
        rows.push(...found.map(({ rank, from, to }, place) => ({ change, version: place + 1, rank, from, to })));
      }
      return rows;
    },
    hints: [
      'Do not mend the rows one by one. A history is a list of beginnings (a rank, and the moment from which it held); the ends follow from it. Add the change to the beginnings, then make the rows anew.',
      'Of two beginnings at the same moment the change wins: drop the old one. Times are compared by `getTime()`; two `Date`s are never `===`.',
      'Sort the beginnings by time, keep those whose rank differs from the one before (`filter((one, place, all) => one.rank !== all[place - 1]?.rank)`), and let each end where the next one begins, the last with `null`.',
    ],
    solution: {
      cell: `
const applyChange = (history: Version[], change: Change): Version[] => {
  const kept = history.filter(({ from }) => from.getTime() !== change.at.getTime());
  const begins = [...kept.map(({ rank, from }) => ({ rank, at: from })), change]
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .filter(({ rank }, place, all) => rank !== all[place - 1]?.rank);
  return begins.map(({ rank, at }, place) =>
    ({ rank, from: at, to: begins[place + 1]?.at ?? null }));
}`,
      why: 'Where the ends are computed from the beginnings, no version can stay open, overlap or leave a gap. It is what `lead` does in SQL.',
    },
    wrong: [
      {
        cell: `
const applyChange = (history: Version[], change: Change): Version[] =>
  [...history, { rank: change.rank, from: change.at, to: null }]`,
        says: 'You added a version and closed none. Now two of them hold at once: a join finds both.',
      },
      {
        cell: `
const applyChange = (history: Version[], change: Change): Version[] => {
  if (history.length === 0) return [{ rank: change.rank, from: change.at, to: null }];
  return history.map(version => version.to === null ? { ...version, rank: change.rank } : version);
}`,
        says: 'You wrote the new rank over the newest version. What it said until then is lost: that is type 1.',
      },
      {
        cell: `
const applyChange = (history: Version[], change: Change): Version[] => {
  const last = history.at(-1);
  if (last && (change.at <= last.from || change.rank === last.rank)) return history;
  const closed = history.map(version => version.to === null ? { ...version, to: change.at } : version);
  return [...closed, { rank: change.rank, from: change.at, to: null }];
}`,
        says: 'What comes in time is right. What comes late is ignored, and the history says for ever what was not true.',
      },
      {
        cell: `
const applyChange = (history: Version[], change: Change): Version[] => {
  const kept = history.filter(({ from }) => from.getTime() !== change.at.getTime());
  const begins = [...kept.map(({ rank, from }) => ({ rank, at: from })), change]
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  return begins.map(({ rank, at }, place) =>
    ({ rank, from: at, to: begins[place + 1]?.at ?? null }));
}`,
        says: 'Every moment has one rank: good. But some neighbours say the same rank. Between them nothing changed, so they are one version.',
      },
    ],
    right:
      'In time, late, twice, before everything: each change lands where it belongs, and no moment has two ranks or none. Apply the same changes in another order: does the same history come out? When not, what would you have to keep?',
  },
  {
    id: '6.4',
    title: 'Prove that a history holds',
    level: 'advanced',
    form: 'function',
    answer: 'brokenVersions',
    compare: { key: ['history', 'coin', 'from'] },
    outcome: async (answer: (versions: CoinVersion[]) => unknown, ground) => {
      const rows: object[] = [];
      for (const { history, versions } of await histories(ground)) {
        const found = listOf((await answer(structuredClone(versions))) ?? [], 'versions');
        rows.push(...found.map(broken => ({ history, ...broken })));
      }
      return rows;
    },
    hints: [
      'Take one coin after the other, its versions sorted by `from`. Each must begin where those before it have ended: later is a gap, earlier is an overlap.',
      'Remember for each coin how far its history reaches: the greatest `to` so far, with `null` as for ever (`Infinity`). A `Map` from coin to a number does it; `to?.getTime() ?? Infinity`.',
      'Go through a sorted copy. If the coin has no reach yet, only remember it. Else compare `from.getTime()` with the reach, note the problem, and set the reach to `Math.max` of both.',
    ],
    solution: {
      cell: `
const brokenVersions = (versions: CoinVersion[]): Broken[] => {
  const reach = new Map<string, number>();
  return [...versions].sort((a, b) => a.from.getTime() - b.from.getTime())
    .flatMap(({ coin, from, to }): Broken[] => {
      const before = reach.get(coin) ?? from.getTime();
      reach.set(coin, Math.max(before, to?.getTime() ?? Infinity));
      if (from.getTime() === before) return [];
      return [{ coin, from, problem: from.getTime() > before ? 'gap' : 'overlap' }];
    });
}`,
      why: 'The reach is the end of everything that came before, and not of the neighbour alone: so a short version inside a long one does not hide what follows.',
    },
    wrong: [
      {
        cell: `
const brokenVersions = (versions: CoinVersion[]): Broken[] => versions.flatMap((version, place) => {
  const before = versions.slice(0, place).findLast(({ coin }) => coin === version.coin);
  if (!before || before.to?.getTime() === version.from.getTime()) return [];
  const gap = before.to !== null && before.to < version.from;
  return [{ coin: version.coin, from: version.from, problem: gap ? 'gap' : 'overlap' }];
})`,
        says: 'You take the versions in the order in which they come. A table has no order: a sound history, mixed, is called broken.',
      },
      {
        cell: `
const brokenVersions = (versions: CoinVersion[]): Broken[] => {
  const sorted = [...versions].sort((a, b) => a.from.getTime() - b.from.getTime());
  return sorted.flatMap((version, place) => {
    const before = sorted[place - 1];
    if (!before || before.to?.getTime() === version.from.getTime()) return [];
    const gap = before.to !== null && before.to < version.from;
    return [{ coin: version.coin, from: version.from, problem: gap ? 'gap' : 'overlap' }];
  });
}`,
        says: 'You compare each version with the one before it, of whatever coin. Two coins may hold at the same time; two versions of one coin may not.',
      },
      {
        cell: `
const brokenVersions = (versions: CoinVersion[]): Broken[] => {
  const sorted = [...versions].sort((a, b) => a.from.getTime() - b.from.getTime());
  return sorted.flatMap((version, place) => {
    const before = sorted.slice(0, place).findLast(({ coin }) => coin === version.coin);
    if (!before || (before.to !== null && before.to < version.from)) return [];
    return [{ coin: version.coin, from: version.from, problem: 'overlap' }];
  });
}`,
        says: 'A version that begins at the very moment at which the one before ends is an overlap to you. The end is exclusive: they touch, and that is right. And gaps are never found.',
      },
      {
        cell: `
const brokenVersions = (versions: CoinVersion[]): Broken[] => {
  const sorted = [...versions].sort((a, b) => a.from.getTime() - b.from.getTime());
  return sorted.flatMap((version, place) => {
    const before = sorted.slice(0, place).findLast(({ coin }) => coin === version.coin);
    if (!before || before.to?.getTime() === version.from.getTime()) return [];
    const gap = before.to !== null && before.to < version.from;
    return [{ coin: version.coin, from: version.from, problem: gap ? 'gap' : 'overlap' }];
  });
}`,
        says: 'Nearly. Where a short version lies inside a long one, the next is compared with the short one alone, and the long one is forgotten.',
      },
    ],
    right:
      'No moment without a version and none with two, proven for any table of versions. Run it on the rows of your `my.dim_crypto`: what must come out? And after every load, somebody should.',
  },
  {
    id: '6.5',
    title: 'Weekends, by category',
    level: 'intermediate',
    form: 'query',
    answer: 'weekends',
    outcome: askStar,
    compare: { key: ['category', 'is_weekend'] },
    hints: [
      'Begin in the middle, at `star.fact_crypto_hourly`. The category is a word of one dimension, the weekend of the other.',
      'Join both dimensions by their keys (`using (crypto_key)`, `using (time_key)`) and group by the two words. What is averaged is the volatility divided by the mean price.',
    ],
    solution: {
      cell: `
const weekends = \`
  select category, is_weekend, count(*) as coin_hours,
    100 * avg(price_volatility / avg_price_usd) as volatility_pct
  from star.fact_crypto_hourly
  join star.dim_crypto using (crypto_key) join star.dim_time using (time_key)
  where date >= '2026-03-02' group by category, is_weekend\``,
      why: 'The key of a fact leads to the version that held in that hour, so that the category is that of then; no range and no `is_current` is needed.',
    },
    wrong: [
      {
        cell: `
const weekends = \`
  select category, is_weekend, count(*) as coin_hours,
    100 * avg(price_volatility / avg_price_usd) as volatility_pct
  from star.fact_crypto_hourly as fact
  join star.dim_crypto as version on version.coin_id = fact.coin_id and version.is_current
  join star.dim_time using (time_key)
  where date >= '2026-03-02' group by category, is_weekend\``,
        says: 'A category is missing, or has lost hours: you asked what the coins are today. Dogecoin was something else until noon of 5 March.',
      },
      {
        cell: `
const weekends = \`
  select category, is_weekend, count(*) as coin_hours,
    100 * avg(price_volatility / avg_price_usd) as volatility_pct
  from star.fact_crypto_hourly as fact
  join star.dim_crypto as version on version.coin_id = fact.coin_id
  join star.dim_time using (time_key)
  where date >= '2026-03-02' group by category, is_weekend\``,
        says: 'There are far too many hours: each fact meets every version of its coin. That is the fan-out of step 5.',
      },
      {
        cell: `
const weekends = \`
  select category, is_weekend, count(*) as coin_hours, 100 * avg(price_volatility) as volatility_pct
  from star.fact_crypto_hourly
  join star.dim_crypto using (crypto_key) join star.dim_time using (time_key)
  where date >= '2026-03-02' group by category, is_weekend\``,
        says: 'The hours are right. The volatility is in dollars: bitcoin decides its category, and dogecoin hardly counts. Make it a share of the price first.',
      },
    ],
    right:
      'Two words from two dimensions, one group. Meme tokens have no row for the weekend, and that is right: from 5 March on nobody was one. Put `weekday = 5` beside `is_weekend`: what does Friday take from the working days?',
  },
  {
    id: '6.6',
    title: 'Who holds the market at the close?',
    level: 'advanced',
    form: 'query',
    answer: 'shares',
    outcome: askStar,
    compare: { key: ['date', 'category'] },
    hints: [
      'A market capitalisation is a level, not a flow: it may be added over coins and never over hours. So take one hour of each day.',
      'Filter on `dim_time.hour = 23`, group by date and category, and sum. (`hour` alone is in two tables: one is a time, one a number.)',
      'The share divides by the sum over the day: a window over the groups, `sum(sum(market_cap_usd)) over (partition by date)`. Write `group by date, category` out: beside such a window `group by all` does not know what to group by.',
    ],
    solution: {
      cell: `
const shares = \`
  select date, category, sum(market_cap_usd) as market_cap_usd,
    100 * sum(market_cap_usd) / sum(sum(market_cap_usd)) over (partition by date) as share_pct
  from star.fact_crypto_hourly
  join star.dim_crypto using (crypto_key) join star.dim_time using (time_key)
  where dim_time.hour = 23 group by date, category\``,
      why: 'One hour of each day, summed over coins: the level at the close. The window adds up the groups of one date, so that the shares of a day make 100.',
    },
    wrong: [
      {
        cell: `
const shares = \`
  select date, category, sum(market_cap_usd) as market_cap_usd,
    100 * sum(market_cap_usd) / sum(sum(market_cap_usd)) over (partition by date) as share_pct
  from star.fact_crypto_hourly
  join star.dim_crypto using (crypto_key) join star.dim_time using (time_key)
  group by date, category\``,
        says: 'You added the level over all hours of the day: every dollar is there up to 24 times. Asked is the close.',
      },
      {
        cell: `
const shares = \`
  select date, category, sum(market_cap_usd) as market_cap_usd,
    100 * sum(market_cap_usd) / sum(sum(market_cap_usd)) over (partition by date) as share_pct
  from star.fact_crypto_hourly as fact
  join star.dim_crypto as version on version.coin_id = fact.coin_id and version.is_current
  join star.dim_time using (time_key)
  where dim_time.hour = 23 group by date, category\``,
        says: 'You sorted the whole week by the categories of today. On the first days dogecoin stood elsewhere.',
      },
      {
        cell: `
const shares = \`
  select date, category, sum(market_cap_usd) as market_cap_usd,
    100 * sum(market_cap_usd) / sum(sum(market_cap_usd)) over () as share_pct
  from star.fact_crypto_hourly
  join star.dim_crypto using (crypto_key) join star.dim_time using (time_key)
  where dim_time.hour = 23 group by date, category\``,
        says: 'The levels are right. Your shares make 100 over the whole week; those of each day should.',
      },
      {
        cell: `
const shares = \`
  select date, category, sum(market_cap_usd) as market_cap_usd,
    sum(market_cap_usd) / sum(sum(market_cap_usd)) over (partition by date) as share_pct
  from star.fact_crypto_hourly
  join star.dim_crypto using (crypto_key) join star.dim_time using (time_key)
  where dim_time.hour = 23 group by date, category\``,
        says: 'The shares of a day make 1. In percent they make 100.',
      },
    ],
    right:
      'A level is taken at a moment and summed over coins; a share is of its own day. Look at the payments from 4 to 5 March: dogecoin moved over at noon of the 5th, and they gain more than a point while hardly any price moved. Would a report know that without versions?',
  },
];

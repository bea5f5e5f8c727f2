import type { Exercise } from '../../src/course/exercise.ts';
import { topicOffsets } from '../../src/kafka/topics.ts';

type Stretch = { first_offset: number; last_offset: number };
type Row = Record<string, unknown>;

const rows = (outcome: unknown): Row[] => (Array.isArray(outcome) ? outcome : []);
const stretch = (first_offset: number, last_offset: number): Stretch => ({ first_offset, last_offset });

/** Ledgers for exercise 3.4, each with what Kafka holds. */
const ledgers: readonly { ledger: string; stretches: Stretch[]; low: number; high: number }[] = [
  { ledger: 'without a fault', stretches: [stretch(0, 9), stretch(10, 19)], low: 0, high: 20 },
  { ledger: 'with a gap of five', stretches: [stretch(0, 9), stretch(15, 19)], low: 0, high: 20 },
  { ledger: 'with a gap of one', stretches: [stretch(0, 9), stretch(11, 19)], low: 0, high: 20 },
  { ledger: 'with an overlap of one', stretches: [stretch(0, 9), stretch(9, 19)], low: 0, high: 20 },
  {
    ledger: 'with an overlap, then a gap',
    stretches: [stretch(0, 9), stretch(5, 14), stretch(20, 29)],
    low: 0,
    high: 30,
  },
  { ledger: 'with a stretch inside another', stretches: [stretch(0, 19), stretch(5, 8)], low: 0, high: 20 },
  {
    ledger: 'in no order, faults of the same size',
    stretches: [stretch(30, 39), stretch(0, 9), stretch(15, 24), stretch(20, 29)],
    low: 0,
    high: 40,
  },
  { ledger: 'that begins late', stretches: [stretch(3, 19)], low: 0, high: 20 },
  { ledger: 'that ends early', stretches: [stretch(0, 9)], low: 0, high: 20 },
  { ledger: 'whose last message is missing', stretches: [stretch(0, 18)], low: 0, high: 20 },
  { ledger: 'older than what Kafka holds', stretches: [stretch(0, 9), stretch(12, 39)], low: 20, high: 40 },
  { ledger: 'with an overlap that Kafka has deleted', stretches: [stretch(0, 9), stretch(5, 39)], low: 20, high: 40 },
  { ledger: 'with an overlap across low', stretches: [stretch(0, 25), stretch(15, 39)], low: 20, high: 40 },
  { ledger: 'with a stretch up to low', stretches: [stretch(0, 20), stretch(21, 39)], low: 20, high: 40 },
  { ledger: 'without a line', stretches: [], low: 5, high: 8 },
  { ledger: 'of an empty topic', stretches: [], low: 0, high: 0 },
];

/** A ledger in words and numbers, so that a learner can walk it again. */
const nameOf = ({ ledger, stretches, low, high }: (typeof ledgers)[number]) =>
  `${ledger}: ${stretches.map(one => `${one.first_offset}–${one.last_offset}`).join(', ') || 'none'}; low ${low}, high ${high}`;

type Audit = (stretches: Stretch[], low: number, high: number) => unknown;

/** Whether a price is of another coin, and not this one in fewer digits. */
const isOther = (found: number, wanted: unknown): boolean =>
  typeof wanted === 'number' && Math.abs(found - wanted) > 0.05 * wanted;

/** Whether an audit found something in a ledger, or nothing; undefined where it gave no list. */
const foundIn = (outcome: unknown, ledger: string): boolean | undefined => {
  const findings = rows(outcome).find(row => String(row.ledger).startsWith(ledger))?.findings;
  return Array.isArray(findings) ? findings.length > 0 : undefined;
};

/** What lies in `my.resumed`, in one row. */
type Resumed = { rows: number; offsets: number; first: number; last: number; without_payload: number };
const resumed = (outcome: unknown) => outcome as Resumed;
const doubled = (outcome: unknown) => resumed(outcome).rows - resumed(outcome).offsets;
const half = 1250; // rows that the killed landing left
const believed = 1000; // what its bookmark says

export const exercises: readonly Exercise[] = [
  {
    id: '3.1',
    title: 'Who came when',
    level: 'beginner',
    form: 'query',
    answer: 'byPlace',
    compare: { key: ['kafka_topic', 'kafka_partition', 'day'] },
    hints: [
      'The query above groups by the day alone. What else tells your rows apart? Put it beside the day.',
      "`select kafka_topic, kafka_partition, date_trunc('day', ingestion_timestamp) as day, … group by all`. `group by all` groups by every column that is not computed over a group.",
      'A message is counted by `count(*)`, whatever its columns hold.',
    ],
    solution: {
      cell: `
const byPlace = \`
  select kafka_topic, kafka_partition, date_trunc('day', ingestion_timestamp) as day,
    count(*) as records
  from bronze.crypto_ticks_raw group by all order by all\``,
      why: 'A message belongs to a topic, a partition and a day. A partition number alone says nothing: every topic has a partition 0.',
    },
    wrong: [
      {
        cell: `
const byPlace = \`
  select kafka_topic, kafka_partition, day(ingestion_timestamp) as day, count(*) as records
  from bronze.crypto_ticks_raw group by all order by all\``,
        says: 'Your day is a number from 1 to 31. In April the second of the month would be counted together with the one of March; `date_trunc` keeps month and year.',
      },
      {
        cell: `
const byPlace = \`
  select kafka_topic, kafka_partition, date_trunc('day', ingestion_timestamp) as day,
    count(raw_payload) as records
  from bronze.crypto_ticks_raw group by all order by all\``,
        says: '`count(raw_payload)` leaves out the rows in which it is null. One message is no text and lies in `raw_bytes`, and it came as well.',
      },
      {
        cell: `
const byPlace = \`
  select kafka_topic, kafka_partition, date_trunc('hour', ingestion_timestamp) as day,
    count(*) as records
  from bronze.crypto_ticks_raw group by all order by all\``,
        says: 'That is a row for each hour. A day was asked.',
      },
    ],
    right:
      'Eight rows: seven days of the market, and the three messages of poison from a topic of their own. Add `min(kafka_offset)` and `max(kafka_offset)`: does each day begin one after the end of the day before?',
  },
  {
    id: '3.2',
    title: 'One hour, and not a minute of the next',
    level: 'beginner',
    form: 'query',
    answer: 'noon',
    hints: [
      'Name the beginning of the hour and the beginning of the next one. Which of the two belongs to it?',
      "`kafka_timestamp >= …` and `kafka_timestamp < …`. Write the zone into the text: `timestamptz '2026-03-08 12:00:00+00'`.",
    ],
    solution: {
      cell: `
const noon = \`
  select count(*) as messages, min(kafka_timestamp) as first_poll, max(kafka_timestamp) as last_poll
  from bronze.crypto_ticks_raw
  where kafka_timestamp >= timestamptz '2026-03-08 12:00:00+00'
    and kafka_timestamp < timestamptz '2026-03-08 13:00:00+00'\``,
      why: 'A span is half-open: its beginning belongs to it, its end does not. So each message is of one hour, and 24 hours make a day.',
    },
    wrong: [
      {
        cell: `
const noon = \`
  select count(*) as messages, min(kafka_timestamp) as first_poll, max(kafka_timestamp) as last_poll
  from bronze.crypto_ticks_raw
  where kafka_timestamp between timestamptz '2026-03-08 12:00:00+00'
    and timestamptz '2026-03-08 13:00:00+00'\``,
        says: 'One message too many, and it is the first of the next hour: `between` takes both of its bounds in. With it, one message would be in two hours.',
      },
      {
        cell: `
const noon = \`
  select count(*) as messages, min(kafka_timestamp) as first_poll, max(kafka_timestamp) as last_poll
  from bronze.crypto_ticks_raw
  where kafka_timestamp between timestamptz '2026-03-08 12:00:00+00'
    and timestamptz '2026-03-08 12:59:59+00'\``,
        says: 'A message of the last second is missing, as another market has one: 12:59:59 means 12:59:59.000. Name the beginning of the next hour, and end before it with `<`.',
      },
      {
        cell: `
const noon = \`
  select count(*) as messages, min(kafka_timestamp) as first_poll, max(kafka_timestamp) as last_poll
  from bronze.crypto_ticks_raw
  where kafka_timestamp >= timestamptz '2026-03-08 12:00:00+01'
    and kafka_timestamp < timestamptz '2026-03-08 13:00:00+01'\``,
        says: 'That is another hour: 12:00+01 is noon in Paris, and 11:00 in UTC.',
      },
      {
        cell: `
const noon = \`
  select count(*) as messages, min(kafka_timestamp) as first_poll, max(kafka_timestamp) as last_poll
  from bronze.crypto_ticks_raw where hour(kafka_timestamp) = 12\``,
        says: 'This is the hour at noon of all the days together. Say which day as well.',
      },
    ],
    right:
      'The hour ends before 13:00, so that no message is counted twice. Where the bare column stands beside a bound (`kafka_timestamp < …`), the lake can leave files out; `hour(…)` or a cast around it hides that from the lake. Ask for the hour after it: do the two fit together?',
  },
  {
    id: '3.3',
    title: 'The price of one coin',
    level: 'intermediate',
    form: 'query',
    answer: 'dogecoin',
    compare: { key: ['kafka_offset'] },
    hints: [
      'Two steps: first take the messages apart into coins (a `with`), then keep the coin that is asked for. Take `kafka_offset` along.',
      '`unnest(case when json_valid(raw_payload) then raw_payload::json[] end) as coin` takes apart what is JSON, and gives no row for the rest.',
      "`select kafka_offset, try_cast(coin->>'current_price' as double) as price_usd from coins where (coin->>'id') = 'dogecoin'`",
    ],
    solution: {
      cell: `
const dogecoin = \`
  with coins as (
    select kafka_offset,
      unnest(case when json_valid(raw_payload) then raw_payload::json[] end) as coin
    from bronze.crypto_ticks_raw)
  select kafka_offset, try_cast(coin->>'current_price' as double) as price_usd
  from coins where (coin->>'id') = 'dogecoin' order by kafka_offset\``,
      why: 'A coin is found by its id, wherever it stands in the array. The guard keeps the poison from stopping the query, and the cast makes a number of the text.',
    },
    wrong: [
      {
        cell: `
const dogecoin = \`
  with coins as (
    select kafka_offset,
      unnest(case when json_valid(raw_payload) then raw_payload::json[] end) as coin
    from bronze.crypto_ticks_raw)
  select kafka_offset, coin->>'current_price' as price_usd
  from coins where (coin->>'id') = 'dogecoin' order by kafka_offset\``,
        says: 'Your prices are texts: `->>` gives text, and text is sorted by letters, "9" after "10". Make numbers of them.',
      },
      {
        cell: `
const dogecoin = \`
  select kafka_offset,
    try_cast(json_extract_string(raw_payload, '$[4].current_price') as double) as price_usd
  from bronze.crypto_ticks_raw
  where json_valid(raw_payload) and json_array_length(raw_payload) = 10\``,
        says: 'These are the prices of whichever coin stands at that place, and it is another one. The market sorts its answer by size, and coins change places; look for the id.',
      },
      {
        cell: `
const dogecoin = \`
  select kafka_offset,
    try_cast(json_extract_string(raw_payload, '$[5].current_price') as double) as price_usd
  from bronze.crypto_ticks_raw
  where json_valid(raw_payload) and json_array_length(raw_payload) >= 10\``,
        says: 'Some of these are prices of another coin. The market sorts its answer by size, and coins change places; look for the id.',
        when: (outcome, wanted) => {
          const prices = new Map(rows(wanted).map(row => [row.kafka_offset, row.price_usd]));
          const wrong = rows(outcome).filter(row => row.price_usd !== prices.get(row.kafka_offset));
          const areOthers = wrong.every(
            row => typeof row.price_usd === 'number' && isOther(row.price_usd, prices.get(row.kafka_offset)),
          );
          return rows(outcome).length === prices.size && wrong.length > 0 && wrong.length < prices.size && areOthers;
        },
      },
      {
        cell: `
const dogecoin = \`
  with coins as (
    select kafka_offset,
      unnest(case when json_valid(raw_payload) then raw_payload::json[] end) as coin
    from bronze.crypto_ticks_raw)
  select kafka_offset, try_cast(coin->>'current_price' as float) as price_usd
  from coins where (coin->>'id') = 'dogecoin' order by kafka_offset\``,
        says: 'These are the prices, less exact than they came: `float` (or `real`) keeps seven digits. Use `double`.',
      },
      {
        cell: `
const dogecoin = \`
  with coins as (
    select kafka_offset,
      unnest(case when json_valid(raw_payload) then raw_payload::json[] end) as coin
    from bronze.crypto_ticks_raw where kafka_topic = '\${topic}')
  select kafka_offset, try_cast(coin->>'current_price' as double) as price_usd
  from coins where (coin->>'id') = 'dogecoin' order by kafka_offset\``,
        says: 'You ask one topic. Elsewhere a message with dogecoin came in by another one, and lies in the same table: each message was asked for.',
      },
      {
        cell: `
const dogecoin = \`
  with coins as (
    select kafka_offset,
      unnest(case when json_valid(raw_payload) then raw_payload::json[] end) as coin
    from bronze.crypto_ticks_raw)
  select kafka_offset, try_cast(coin->>'current_price' as double) as price_usd
  from coins order by kafka_offset\``,
        says: 'These are the prices of all coins. Keep dogecoin alone.',
        when: (outcome, wanted) => rows(outcome).length >= 2 * rows(wanted).length,
      },
    ],
    right:
      'A guard, a coin by its id, a number. Ask for a second coin: how much of your query must be written again, and how much is read again? Silver does it once for all.',
  },
  {
    id: '3.4',
    title: 'Gaps and overlaps',
    level: 'intermediate',
    form: 'function',
    answer: 'audit',
    compare: { ordered: true, key: ['ledger'] },
    outcome: (audit: Audit) =>
      Promise.all(
        ledgers.map(async one => ({
          ledger: nameOf(one),
          findings: await audit(structuredClone(one.stretches), one.low, one.high),
        })),
      ),
    hints: [
      'Sort a copy of the stretches by `first_offset`, and walk. Carry one number with you: `next`, the first offset that nobody has covered yet. It begins at `low`.',
      'At each stretch: does it begin behind `next`? Then there is a gap before it. Does it begin before `next`? Then it overlaps. After the last stretch, compare `next` with `high`.',
      'Cut what lies before `low`: `const first = Math.max(first_offset, low)`. A gap goes from `next` to `first - 1`, an overlap from `first` to `Math.min(last_offset, next - 1)`; then `next = Math.max(next, last_offset + 1)`.',
    ],
    solution: {
      cell: `
const audit = (stretches: Stretch[], low: number, high: number): Finding[] => {
  const findings: Finding[] = []
  const held = stretches.filter(({ last_offset }) => last_offset >= low)
  let next = low
  for (const { first_offset, last_offset } of held.sort((a, b) => a.first_offset - b.first_offset)) {
    const first = Math.max(first_offset, low)
    if (first > next) findings.push({ kind: 'gap', first: next, last: first - 1 })
    if (first < next) findings.push({ kind: 'overlap', first, last: Math.min(last_offset, next - 1) })
    next = Math.max(next, last_offset + 1)
  }
  if (next < high) findings.push({ kind: 'gap', first: next, last: high - 1 })
  return findings
}`,
      why: 'One number is enough: up to where everything is covered. What begins behind it leaves a gap, what begins before it overlaps, and at the end Kafka says how far it should have come.',
    },
    wrong: [
      {
        cell: `
const audit = (stretches: Stretch[], low: number, high: number): Finding[] => {
  const findings: Finding[] = []
  const held = stretches.filter(({ last_offset }) => last_offset >= low)
  let next = low
  for (const { first_offset, last_offset } of held.sort((a, b) => a.first_offset - b.first_offset)) {
    const first = Math.max(first_offset, low)
    if (first > next) findings.push({ kind: 'gap', first: next, last: first })
    if (first < next) findings.push({ kind: 'overlap', first, last: Math.min(last_offset, next) })
    next = Math.max(next, last_offset + 1)
  }
  if (next < high) findings.push({ kind: 'gap', first: next, last: high })
  return findings
}`,
        says: 'Off by one: the last offset of a finding is one too far. The offset at which the next stretch begins is covered, and `high` is an offset that Kafka has not given yet.',
      },
      {
        cell: `
const audit = (stretches: Stretch[], low: number, high: number): Finding[] => {
  const covered = stretches.reduce((sum, { first_offset, last_offset }) =>
    sum + last_offset - first_offset + 1, 0)
  if (covered < high - low) return [{ kind: 'gap', first: low + covered, last: high - 1 }]
  if (covered > high - low) return [{ kind: 'overlap', first: low, last: low + covered - high - 1 }]
  return []
}`,
        says: 'You count how many offsets are covered. A gap and an overlap of the same size add up to the right number; look at where each stretch begins and ends.',
        when: outcome =>
          foundIn(outcome, 'in no order, faults of the same size') === false &&
          foundIn(outcome, 'with a gap of five') === true,
      },
      {
        cell: `
const audit = (stretches: Stretch[], low: number, high: number): Finding[] => {
  const findings: Finding[] = []
  let next = low
  for (const { first_offset, last_offset } of stretches.sort((a, b) => a.first_offset - b.first_offset)) {
    if (last_offset < low) continue
    const first = Math.max(first_offset, low)
    if (first > next) findings.push({ kind: 'gap', first: next, last: first - 1 })
    if (first < next) findings.push({ kind: 'overlap', first, last: Math.min(last_offset, next - 1) })
    next = Math.max(next, last_offset + 1)
  }
  return findings
}`,
        says: 'A ledger that ends early has no fault for you. Compare the end of the last stretch with `high`: the newest messages are the first to be missing.',
      },
      {
        cell: `
const audit = (stretches: Stretch[], low: number, high: number): Finding[] => {
  const findings: Finding[] = []
  const held = stretches.filter(({ last_offset }) => last_offset >= low)
  let next = low
  for (const { first_offset, last_offset } of held.sort((a, b) => a.first_offset - b.first_offset)) {
    const first = Math.max(first_offset, low)
    if (first > next) findings.push({ kind: 'gap', first: next, last: first - 1 })
    if (first < next) findings.push({ kind: 'overlap', first, last: Math.min(last_offset, next - 1) })
    next = last_offset + 1
  }
  if (next < high) findings.push({ kind: 'gap', first: next, last: high - 1 })
  return findings
}`,
        says: 'After a short stretch that lies inside a long one you forget how far the long one went. What is covered once stays covered.',
      },
      {
        cell: `
const audit = (stretches: Stretch[], low: number, high: number): Finding[] => {
  const gaps: Finding[] = []
  const overlaps: Finding[] = []
  const held = stretches.filter(({ last_offset }) => last_offset >= low)
  let next = low
  for (const { first_offset, last_offset } of held.sort((a, b) => a.first_offset - b.first_offset)) {
    const first = Math.max(first_offset, low)
    if (first > next) gaps.push({ kind: 'gap', first: next, last: first - 1 })
    if (first < next) overlaps.push({ kind: 'overlap', first, last: Math.min(last_offset, next - 1) })
    next = Math.max(next, last_offset + 1)
  }
  if (next < high) gaps.push({ kind: 'gap', first: next, last: high - 1 })
  return [...gaps, ...overlaps]
}`,
        says: 'You found them all, and list the gaps before the overlaps. They should come in the order of their offsets.',
      },
      {
        cell: `
const audit = (stretches: Stretch[], low: number, high: number): Finding[] => {
  const findings: Finding[] = []
  let next = low
  for (const { first_offset, last_offset } of stretches.sort((a, b) => a.first_offset - b.first_offset)) {
    if (last_offset <= low) continue
    const first = Math.max(first_offset, low)
    if (first > next) findings.push({ kind: 'gap', first: next, last: first - 1 })
    if (first < next) findings.push({ kind: 'overlap', first, last: Math.min(last_offset, next - 1) })
    next = Math.max(next, last_offset + 1)
  }
  if (next < high) findings.push({ kind: 'gap', first: next, last: high - 1 })
  return findings
}`,
        says: 'A stretch that ends with `low` itself covers the first offset that Kafka still holds. You leave it out and find a gap there: `last_offset < low` is what lies before.',
      },
      {
        cell: `
const audit = (stretches: Stretch[], low: number, high: number): Finding[] => {
  const findings: Finding[] = []
  let next = 0
  for (const { first_offset, last_offset } of stretches.sort((a, b) => a.first_offset - b.first_offset)) {
    if (first_offset > next && first_offset > low)
      findings.push({ kind: 'gap', first: Math.max(next, low), last: first_offset - 1 })
    if (first_offset < next)
      findings.push({ kind: 'overlap', first: first_offset, last: Math.min(last_offset, next - 1) })
    next = Math.max(next, last_offset + 1)
  }
  if (Math.max(next, low) < high) findings.push({ kind: 'gap', first: Math.max(next, low), last: high - 1 })
  return findings
}`,
        says: 'Your gaps are right. An overlap before `low` is no finding either, and of one that goes across it only the part from `low` on is.',
      },
    ],
    right:
      'It finds what a count cannot. Give it a ledger of your own with a fault in it. In SQL the same walk is a window function: `lag(last_offset) over (order by first_offset)`.',
  },
  {
    id: '3.5',
    title: 'Go on after the kill',
    level: 'advanced',
    form: 'state',
    answer: 'resume',
    outcome: async (_, { lake }) => {
      const there = await lake.rows(
        `select 1 from duckdb_tables() where database_name = 'lake' and schema_name = 'my' and table_name = 'resumed'`,
      );
      if (there.length === 0) return undefined;
      const [found] = await lake.rows<Resumed>(`
        select count(*) as rows, count(distinct kafka_offset) as offsets, min(kafka_offset) as first,
          max(kafka_offset) as last, count(*) filter (where raw_payload is null) as without_payload
        from my.resumed`);
      const untouched = found!.rows === half && found!.offsets === half && found!.last === half - 1;
      return untouched ? undefined : found;
    },
    wanted: async ({ topic }): Promise<Resumed> => {
      const { low, high } = (await topicOffsets(topic))[0]!;
      const count = Number(high - low);
      return { rows: count, offsets: count, first: Number(low), last: Number(high) - 1, without_payload: 0 };
    },
    hints: [
      'Two witnesses say how far the landing came, and they disagree. The program wrote rows first and moved the bookmark after. Which of the two can be behind?',
      'Ask the table: `select coalesce(max(kafka_offset) + 1, 0) as next from my.resumed`, inside the transaction in which you write.',
      "`lake.write('resume', async tx => { const [{ next }] = await tx.rows<{ next: number }>(…); return insertRows(tx, 'my.resumed', await readRange(topic, 0, next)) })`",
    ],
    solution: {
      cell: `
await leaveHalf()
const resume = async () => lake.write('resume my.resumed', async tx => {
  const [{ next }] = await tx.rows<{ next: number }>(
    'select coalesce(max(kafka_offset) + 1, 0) as next from my.resumed')
  return insertRows(tx, 'my.resumed', await readRange(topic, 0, next))
})
await resume()`,
      why: 'The rows themselves say how far they come; a bookmark beside them can be behind. Asked in the transaction that writes, the answer holds until the commit. This works because each landing is whole and they follow each other; a ledger in the transaction needs no such luck.',
    },
    wrong: [
      {
        cell: `
await leaveHalf()
const resume = async () => lake.write('resume my.resumed', async tx =>
  insertRows(tx, 'my.resumed', await readRange(topic, 0, 0)))
await resume()`,
        says: 'It starts over: all that the killed landing had brought is there twice. Go on behind it, or empty the table in the same transaction.',
        when: outcome => doubled(outcome) >= half,
      },
      {
        cell: `
await leaveHalf()
const resume = async () => lake.write('resume my.resumed', async tx =>
  insertRows(tx, 'my.resumed', await readRange(topic, 0, readBookmark('my.resumed'))))
await resume()`,
        says: 'You believe the bookmark. It is moved after the rows are written, and the program died between the two: 250 messages are there twice.',
        when: outcome => doubled(outcome) === half - believed,
      },
      {
        cell: `
await leaveHalf()
const resume = async () => lake.write('resume my.resumed', async tx => {
  const [{ last }] = await tx.rows<{ last: number }>('select max(kafka_offset) as last from my.resumed')
  return insertRows(tx, 'my.resumed', await readRange(topic, 0, last))
})
await resume()`,
        says: 'One message is there twice: the last one that had landed. Go on one after it.',
        when: outcome => doubled(outcome) === 1,
      },
      {
        cell: `
await leaveHalf()
const resume = async () => lake.write('resume my.resumed', async tx =>
  insertRows(tx, 'my.resumed', await readRange(topic, 0, 1250, 1750)))
await resume()`,
        says: 'It goes on from the right place and ends too early: the topic has more messages. Land on until its end.',
        when: (outcome, wanted) =>
          doubled(outcome) === 0 &&
          resumed(outcome).last < resumed(wanted).last &&
          resumed(outcome).offsets === resumed(outcome).last + 1,
      },
      {
        cell: `
await leaveHalf()
const resume = async () => lake.write('resume my.resumed', async tx =>
  insertRows(tx, 'my.resumed', await readRange(topic, 0, readBookmark('my.resumed') + 500)))
await resume()`,
        says: 'None is doubled, and some were never brought: you skip messages as if the batch had landed whole. Where do the rows end?',
        when: (outcome, wanted) => doubled(outcome) === 0 && resumed(outcome).offsets < resumed(wanted).offsets,
      },
    ],
    right:
      'Every offset is there, once, and you could do it again after the next kill. What would you have done if rows were missing in the middle? Your `audit` finds such a hole; try it on stretches that you make from this table.',
  },
  {
    id: '3.6',
    title: 'What will this question open?',
    level: 'advanced',
    form: 'query',
    answer: 'folders',
    compare: { key: ['day'] },
    hints: [
      'Write both bounds in UTC first. Midnight at +05:30 is what time in UTC, and of which day?',
      "The folder stands in the path: `regexp_extract(data_file, 'day=([0-9]+)', 1)::integer as day`. Then group by it.",
      "`select regexp_extract(data_file, 'day=([0-9]+)', 1)::integer as day, count(*) as files, sum(data_file_size_bytes) as bytes from ducklake_list_files('lake', 'crypto_ticks_raw', schema => 'bronze') where day in (…) group by all`",
    ],
    solution: {
      cell: `
const folders = \`
  select regexp_extract(data_file, 'day=([0-9]+)', 1)::integer as day, count(*) as files,
    sum(data_file_size_bytes) as bytes
  from ducklake_list_files('lake', 'crypto_ticks_raw', schema => 'bronze')
  where day in (4, 5) group by all order by day\``,
      why: 'The condition goes from 18:30 UTC on 4 March to 18:30 on 5 March, so it needs the folders of two days. A folder is opened or left out as a whole; inside it, the smallest and largest time of each file may spare some more.',
    },
    wrong: [
      {
        cell: `
const folders = \`
  select regexp_extract(data_file, 'day=([0-9]+)', 1)::integer as day, count(*) as files,
    sum(data_file_size_bytes) as bytes
  from ducklake_list_files('lake', 'crypto_ticks_raw', schema => 'bronze')
  where day = 5 group by all order by day\``,
        says: 'The folder of 5 March is not all. The question begins at midnight in India; what time is that in UTC?',
      },
      {
        cell: `
const folders = \`
  select regexp_extract(data_file, 'day=([0-9]+)', 1)::integer as day, count(*) as files,
    sum(data_file_size_bytes) as bytes
  from ducklake_list_files('lake', 'crypto_ticks_raw', schema => 'bronze')
  where day in (5, 6) group by all order by day\``,
        says: 'You moved the wrong way, or counted a bound in that is excluded. A clock at +05:30 is ahead of UTC: its midnight comes while it is evening in UTC.',
      },
      {
        cell: `
const folders = \`
  select regexp_extract(data_file, 'day=([0-9]+)', 1)::integer as day, count(*) as files,
    sum(data_file_size_bytes) as bytes
  from ducklake_list_files('lake', 'crypto_ticks_raw', schema => 'bronze')
  group by all order by day\``,
        says: 'These are all folders. Most of them hold no message that is asked for; the condition is on the very column by which the table is partitioned.',
      },
    ],
    right:
      "Two folders for one day: partitions follow UTC, people do not. Now let the lake say it: put the condition into `filesRead('India', …)`. It may open fewer files than your sum, never more.",
  },
];

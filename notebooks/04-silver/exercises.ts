import type { DataFrame } from 'nodejs-polars';
import pl from 'nodejs-polars';
import type { Exercise } from '../../src/course/exercise.ts';
import { isFrame } from '../../src/show/table.ts';

/** Texts that the notebook makes as well, under the same names. */
const sunday = `
  select kafka_offset, kafka_timestamp as poll_time, array_index, element->>'id' as coin_id,
    (element->>'current_price')::double as price_usd,
    (element->>'last_updated')::timestamptz as last_updated
  from (
    select *, unnest(raw_payload::json[]) as element,
      unnest(range(json_array_length(raw_payload)::bigint)) as array_index
    from bronze.crypto_ticks_raw where ingestion_timestamp >= '2026-03-08 18:00:00+00')`;
const polls = `
  from (${sunday}) union all
  select kafka_offset + 5000, poll_time - to_seconds(30 * (kafka_offset % 2)) as earlier,
    9 - array_index, coin_id, round(price_usd, 1), last_updated
  from (${sunday}) where last_updated <= earlier
  order by kafka_offset desc, array_index desc`;
const prices = `
  select coin_id, last_updated, min(poll_time) as poll_time,
    arg_min(price_usd, (poll_time, kafka_offset, array_index)) as price_usd
  from (${sunday}) group by coin_id, last_updated`;

const rowsIn = (outcome: unknown) => (Array.isArray(outcome) ? outcome.length : 0);

/** Elements as they may come, each with a text that names it. */
const elements: readonly [string, unknown][] = [
  ['bitcoin at 68975.81', { id: 'bitcoin', current_price: 68975.81, last_updated: '2026-03-08T23:58:02.541Z' }],
  ['a tiny price', { id: 'pepe', current_price: 1e-9, last_updated: '2026-03-08T23:58:02Z' }],
  ['a time in India', { id: 'bitcoin', current_price: 1, last_updated: '2026-03-09T05:28:02+05:30' }],
  ['null', null],
  ['an array', []],
  ['a number', 7],
  ['a text', 'bitcoin'],
  ['no id', { current_price: 1, last_updated: '2026-03-08T23:58:02Z' }],
  ['id null', { id: null, current_price: 1, last_updated: '2026-03-08T23:58:02Z' }],
  ['id ""', { id: '', current_price: 1, last_updated: '2026-03-08T23:58:02Z' }],
  ['an empty object', {}],
  ['no price', { id: 'bitcoin', last_updated: '2026-03-08T23:58:02Z' }],
  ['price null', { id: 'bitcoin', current_price: null, last_updated: '2026-03-08T23:58:02Z' }],
  ['price "68975.81"', { id: 'bitcoin', current_price: '68975.81', last_updated: '2026-03-08T23:58:02Z' }],
  ['price true', { id: 'bitcoin', current_price: true, last_updated: '2026-03-08T23:58:02Z' }],
  ['price NaN', { id: 'bitcoin', current_price: Number.NaN, last_updated: '2026-03-08T23:58:02Z' }],
  ['price Infinity', { id: 'bitcoin', current_price: Infinity, last_updated: '2026-03-08T23:58:02Z' }],
  ['price -Infinity', { id: 'bitcoin', current_price: -Infinity, last_updated: '2026-03-08T23:58:02Z' }],
  ['price 0', { id: 'bitcoin', current_price: 0, last_updated: '2026-03-08T23:58:02Z' }],
  ['price -5', { id: 'bitcoin', current_price: -5, last_updated: '2026-03-08T23:58:02Z' }],
  ['a time in New York', { id: 'bitcoin', current_price: 1, last_updated: '2026-03-08T18:58:02-05:00' }],
  ['no time', { id: 'bitcoin', current_price: 1 }],
  ['time null', { id: 'bitcoin', current_price: 1, last_updated: null }],
  ['a time as a number', { id: 'bitcoin', current_price: 1, last_updated: 1773014282000 }],
  ['a time without offset', { id: 'bitcoin', current_price: 1, last_updated: '2026-03-08T23:58:02' }],
  ['a time and a word', { id: 'bitcoin', current_price: 1, last_updated: '2026-03-08T23:58:02Z (late)' }],
  ['a time in India and a word', { id: 'bitcoin', current_price: 1, last_updated: '2026-03-09T05:28:02+05:30 IST' }],
  ['a date alone', { id: 'bitcoin', current_price: 1, last_updated: '2026-03-08' }],
  ['price 0 and no offset', { id: 'bitcoin', current_price: 0, last_updated: '2026-03-08T23:58:02' }],
];

/** What a rule says to each element. An error is an answer too, unless nothing else ever comes: then it comes out. */
async function judged(rule: (element: unknown) => unknown): Promise<{ element: string; reason: unknown }[]> {
  const rows: { element: string; reason: unknown }[] = [];
  const errors: unknown[] = [];
  for (const [element, value] of elements) {
    try {
      rows.push({ element, reason: await rule(structuredClone(value)) });
    } catch (error) {
      errors.push(error);
      rows.push({ element, reason: `an error: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
  if (errors.length === elements.length) throw errors[0];
  return rows;
}

/** What the rule said to an element. */
const reasonAt = (outcome: unknown, element: string) =>
  (outcome as { element: string; reason: unknown }[]).find(row => row.element === element)?.reason;

const throwsAt = (outcome: unknown, element: string) => String(reasonAt(outcome, element)).startsWith('an error: ');

type Poll = { coin_id: string; last_updated: Date; poll_time: Date; kafka_offset: number; array_index: number };

/** Each price with its row and the one that is wanted; undefined unless all have an address and the poll time that is wanted. */
function pollsBeside(outcome: unknown, wanted: unknown): { mine: Poll; theirs: Poll }[] | undefined {
  const keyOf = ({ coin_id, last_updated, poll_time }: Poll) => `${coin_id} ${+last_updated} ${+poll_time}`;
  const addressed = (outcome as Poll[]).filter(
    row => Number.isFinite(row.kafka_offset) && Number.isFinite(row.array_index),
  );
  const found = new Map(addressed.map(row => [keyOf(row), row]));
  const pairs = (wanted as Poll[]).map(theirs => ({ mine: found.get(keyOf(theirs)), theirs }));
  return pairs.every((pair): pair is { mine: Poll; theirs: Poll } => pair.mine !== undefined) ? pairs : undefined;
}

/** Some row is no row of `polls`: of that poll time none has a lower offset, and of that message none a lower place. */
const isPatchwork = (outcome: unknown, wanted: unknown): boolean =>
  pollsBeside(outcome, wanted)?.some(
    ({ mine, theirs }) =>
      mine.kafka_offset < theirs.kafka_offset ||
      (mine.kafka_offset === theirs.kafka_offset && mine.array_index < theirs.array_index),
  ) ?? false;

/** Each price has the poll time that is wanted, and some the place of another message of that time. */
function anyOfThatTime(outcome: unknown, wanted: unknown): boolean {
  const pairs = pollsBeside(outcome, wanted) ?? [];
  return (
    pairs.every(({ mine, theirs }) => mine.kafka_offset >= theirs.kafka_offset) &&
    pairs.some(({ mine, theirs }) => mine.kafka_offset > theirs.kafka_offset)
  );
}

const columns = 'coin_id, slot, last_updated, price_usd';

/** Ticks for the frame of exercise 4.6: of the market, three in one minute, of two coins, none. */
const tickFrames = [
  `select coin_id, date_trunc('hour', last_updated) as slot, last_updated, price_usd
   from (${prices}) order by hash(last_updated, coin_id)`,
  `select ${columns} from (values
     ('bitcoin', timestamptz '2026-03-08 12:00:00+00', timestamptz '2026-03-08 12:00:31+00', 2.0::double),
     ('bitcoin', timestamptz '2026-03-08 12:00:00+00', timestamptz '2026-03-08 12:00:58+00', 1.0),
     ('bitcoin', timestamptz '2026-03-08 12:00:00+00', timestamptz '2026-03-08 12:00:05+00', 3.0)) as ticks(${columns})`,
  `select ${columns} from (values
     ('dogecoin', timestamptz '2026-03-08 12:01:00+00', timestamptz '2026-03-08 12:01:40+00', 0.2::double),
     ('bitcoin', timestamptz '2026-03-08 12:01:00+00', timestamptz '2026-03-08 12:01:50+00', 5.0),
     ('bitcoin', timestamptz '2026-03-08 12:01:00+00', timestamptz '2026-03-08 12:01:20+00', 4.0),
     ('dogecoin', timestamptz '2026-03-08 12:02:00+00', timestamptz '2026-03-08 12:02:10+00', 0.1)) as ticks(${columns})`,
  `select * from (select '' as coin_id, now() as slot, now() as last_updated, 1.0::double as price_usd) where false`,
];

export const exercises: readonly Exercise[] = [
  {
    id: '4.1',
    title: 'How often is a price old news?',
    level: 'beginner',
    form: 'query',
    answer: 'polkadot',
    hints: [
      'Take every message apart as in the cell above, and keep the elements whose `id` is `polkadot`. Put that into a `with` and count over it.',
      "Two polls brought the same price of polkadot when `element->>'last_updated'` is the same. `count(distinct …)` counts different ones.",
      "`with coins as (select unnest(raw_payload::json[]) as element from … where …) select count(*) as messages, … from coins where (element->>'id') = 'polkadot'`; `repeats` is the first number less the second.",
    ],
    solution: {
      cell: `
const polkadot = \`
  with coins as (
    select unnest(raw_payload::json[]) as element
    from bronze.crypto_ticks_raw where ingestion_timestamp >= '2026-03-08 00:00:00+00')
  select count(*) as messages, count(distinct element->>'last_updated') as prices,
    messages - prices as repeats
  from coins where (element->>'id') = 'polkadot'\``,
      why: 'A price is known by its coin and its `last_updated`. How often it was asked for says something about the feed, and nothing about the market.',
    },
    wrong: [
      {
        cell: `
const polkadot = \`
  with coins as (
    select unnest(raw_payload::json[]) as element
    from bronze.crypto_ticks_raw where ingestion_timestamp >= '2026-03-08 00:00:00+00')
  select count(*) as messages, count(distinct element->>'current_price') as prices,
    messages - prices as repeats
  from coins where (element->>'id') = 'polkadot'\``,
        says: 'You compare the numbers. A price that goes away and comes back to the same number is a new price: what tells two prices apart is the time at which they were true.',
      },
      {
        cell: `
const polkadot = \`
  with coins as (
    select unnest(raw_payload::json[]) as element
    from bronze.crypto_ticks_raw where ingestion_timestamp >= '2026-03-08 00:00:00+00')
  select count(*) as messages, count(distinct element->>'last_updated') as prices,
    messages - prices as repeats
  from coins\``,
        says: 'These are the elements of all ten coins together. Keep polkadot alone.',
      },
      {
        cell: `
const polkadot = \`
  with coins as (
    select unnest(raw_payload::json[]) as element
    from bronze.crypto_ticks_raw where ingestion_timestamp >= '2026-03-08 00:00:00+00')
  select count(*) as messages, count(distinct element) as prices, messages - prices as repeats
  from coins where (element->>'id') = 'polkadot'\``,
        says: 'You compare whole elements. In another market their volume changes while the price is still that of the message before; what tells two prices apart is the time at which they were true.',
      },
    ],
    right:
      'Each message brought polkadot, and many of them brought what was known already. Put chainlink in its place, then bitcoin: who trades more often than it is asked?',
  },
  {
    id: '4.2',
    title: 'One row a coin, with its place',
    level: 'beginner',
    form: 'query',
    answer: 'exploded',
    compare: { key: ['kafka_offset', 'array_index'] },
    hints: [
      'Beside the elements you need a second list, of their places: 0, 1, 2, … `range(n)` makes such a list of n numbers.',
      'Two `unnest` in the same `select` list walk side by side: first with first, second with second. In the `from` clause they would be multiplied.',
      "`select kafka_offset, unnest(range(json_array_length(raw_payload)::bigint)) as array_index, unnest(raw_payload::json[])->>'id' as coin_id …`",
    ],
    solution: {
      cell: `
const exploded = \`
  select kafka_offset, unnest(range(json_array_length(raw_payload)::bigint)) as array_index,
    unnest(raw_payload::json[])->>'id' as coin_id
  from bronze.crypto_ticks_raw where kafka_offset < 12\``,
      why: 'Lists that are unnested side by side in one `select` stay side by side, so that each element meets its own place.',
    },
    wrong: [
      {
        cell: `
const exploded = \`
  select kafka_offset, unnest(range(1, json_array_length(raw_payload)::bigint + 1)) as array_index,
    unnest(raw_payload::json[])->>'id' as coin_id
  from bronze.crypto_ticks_raw where kafka_offset < 12\``,
        says: 'You count places from 1. An array in JSON counts from 0, and so does whoever looks the element up later.',
      },
      {
        cell: `
const exploded = \`
  select kafka_offset, array_index, element->>'id' as coin_id
  from bronze.crypto_ticks_raw, unnest(raw_payload::json[]) as elements(element), unnest(range(10)) as places(array_index)
  where kafka_offset < 12\``,
        says: 'Every element met every place: a hundred rows a message. Both lists have to be unnested side by side, not multiplied.',
        when: outcome => rowsIn(outcome) === 1200,
      },
      {
        cell: `
const exploded = \`
  select kafka_offset, unnest(range(json_array_length(raw_payload)::bigint)) as array_index,
    unnest(raw_payload::json[])->'id' as coin_id
  from bronze.crypto_ticks_raw where kafka_offset < 12\``,
        says: 'Your ids still wear their JSON quotes. One arrow gives JSON, another one gives text.',
      },
    ],
    right:
      'Offset and place are the address of an element: by them every row of silver finds back to its message. Try `order by coin_id`: do coins keep their place?',
  },
  {
    id: '4.3',
    title: 'The rules as a function',
    level: 'intermediate',
    form: 'function',
    answer: 'reasonOf',
    compare: { ordered: true, key: ['element'] },
    outcome: judged,
    hints: [
      'Go through the table from the top and `return` at the first rule that is broken. Whoever comes to the end is good: `return null`.',
      'In JavaScript `typeof null` and `typeof []` are both `"object"`. Ask for `null` and `Array.isArray(…)` by name before you look into the element.',
      '`NaN` and `Infinity` are of type `number`; `Number.isFinite` tells them apart. An offset at the end of a text: `/(Z|[+-]\\d\\d:\\d\\d)$/.test(…)`.',
    ],
    solution: {
      cell: `
const reasonOf = (element: unknown): string | null => {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return 'not_an_object'
  const { id, current_price: price, last_updated: time } = element as Record<string, unknown>
  if (id === undefined || id === null) return 'id_missing'
  if (price === undefined || price === null) return 'price_missing'
  if (typeof price !== 'number') return 'price_not_a_number'
  if (!Number.isFinite(price)) return 'price_not_finite'
  if (price <= 0) return 'price_not_positive'
  return /(Z|[+-]\\d\\d:\\d\\d)$/.test(String(time)) ? null : 'last_updated_without_offset'
}`,
      why: 'Each rule may trust those above it: the price is compared with zero only when it is known to be a finite number.',
    },
    wrong: [
      {
        cell: `
const reasonOf = (element: unknown): string | null => {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return 'not_an_object'
  const { id, current_price: price, last_updated: time } = element as Record<string, unknown>
  if (id === undefined || id === null) return 'id_missing'
  if (price === undefined || price === null) return 'price_missing'
  if (typeof price !== 'number') return 'price_not_a_number'
  if (!Number.isFinite(price)) return 'price_not_finite'
  if (price < 0) return 'price_not_positive'
  return /(Z|[+-]\\d\\d:\\d\\d)$/.test(String(time)) ? null : 'last_updated_without_offset'
}`,
        says: 'A price of exactly 0 gets through. Programs write 0 where they know nothing, and no coin is free.',
      },
      {
        cell: `
const reasonOf = (element: unknown): string | null => {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return 'not_an_object'
  const { id, current_price: price, last_updated: time } = element as Record<string, unknown>
  if (!id) return 'id_missing'
  if (!price) return 'price_missing'
  if (typeof price !== 'number') return 'price_not_a_number'
  if (!Number.isFinite(price)) return 'price_not_finite'
  if (price <= 0) return 'price_not_positive'
  return /(Z|[+-]\\d\\d:\\d\\d)$/.test(String(time)) ? null : 'last_updated_without_offset'
}`,
        says: '`!price` is true for 0 and for NaN as well, so both are called missing. A price that is there and wrong is another case for whoever mends it: ask for `undefined` and `null` by name.',
        when: outcome => reasonAt(outcome, 'price 0') === 'price_missing',
      },
      {
        cell: `
const reasonOf = (element: unknown): string | null => {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return 'not_an_object'
  const { id, current_price: price, last_updated: time } = element as Record<string, unknown>
  if (!id) return 'id_missing'
  if (price === undefined || price === null) return 'price_missing'
  if (typeof price !== 'number') return 'price_not_a_number'
  if (!Number.isFinite(price)) return 'price_not_finite'
  if (price <= 0) return 'price_not_positive'
  return /(Z|[+-]\\d\\d:\\d\\d)$/.test(String(time)) ? null : 'last_updated_without_offset'
}`,
        says: '`!id` is true for an empty text as well. That is a strange id, and no rule of this table is about it: missing means `undefined` or `null`.',
      },
      {
        cell: `
const reasonOf = (element: unknown): string | null => {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return 'not_an_object'
  const { id, current_price: price, last_updated: time } = element as Record<string, unknown>
  if (id === undefined || id === null) return 'id_missing'
  if (price === undefined || price === null) return 'price_missing'
  if (typeof price !== 'number') return 'price_not_a_number'
  if (!Number.isFinite(price)) return 'price_not_finite'
  if (price <= 0) return 'price_not_positive'
  return /Z|[+-]\\d\\d:\\d\\d$/.test(String(time)) ? null : 'last_updated_without_offset'
}`,
        says: 'A time with a word behind it gets through: it has an offset, and does not end in one. In `/Z|…$/` the `$` belongs to the last choice alone; put the choices in parentheses before it.',
        when: outcome =>
          reasonAt(outcome, 'a time without offset') === 'last_updated_without_offset' &&
          [reasonAt(outcome, 'a time and a word'), reasonAt(outcome, 'a time in India and a word')].includes(null),
      },
      {
        cell: `
const reasonOf = (element: unknown): string | null => {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return 'not_an_object'
  const { id, current_price: price, last_updated: time } = element as Record<string, unknown>
  if (id === undefined || id === null) return 'id_missing'
  if (price === undefined || price === null) return 'price_missing'
  if (typeof price !== 'number') return 'price_not_a_number'
  if (price <= 0) return 'price_not_positive'
  return /(Z|[+-]\\d\\d:\\d\\d)$/.test(String(time)) ? null : 'last_updated_without_offset'
}`,
        says: 'NaN and Infinity get through: their type is `number`, and no comparison with NaN is ever true.',
      },
      {
        cell: `
const reasonOf = (element: unknown): string | null => {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return 'not_an_object'
  const { id, current_price: price, last_updated: time } = element as Record<string, any>
  if (id === undefined || id === null) return 'id_missing'
  if (price === undefined || price === null) return 'price_missing'
  if (typeof price !== 'number') return 'price_not_a_number'
  if (!Number.isFinite(price)) return 'price_not_finite'
  if (price <= 0) return 'price_not_positive'
  return time.endsWith('Z') || /[+-]\\d\\d:\\d\\d$/.test(time) ? null : 'last_updated_without_offset'
}`,
        says: 'It throws where `last_updated` is missing or no text: nothing of the whole message would be judged then. What does not end in an offset has none, whatever it is.',
        when: outcome => throwsAt(outcome, 'no time') && !throwsAt(outcome, 'null'),
      },
      {
        cell: `
const reasonOf = (element: unknown): string | null => {
  if (typeof element !== 'object') return 'not_an_object'
  const { id, current_price: price, last_updated: time } = element as Record<string, unknown>
  if (id === undefined || id === null) return 'id_missing'
  if (price === undefined || price === null) return 'price_missing'
  if (typeof price !== 'number') return 'price_not_a_number'
  if (!Number.isFinite(price)) return 'price_not_finite'
  if (price <= 0) return 'price_not_positive'
  return /(Z|[+-]\\d\\d:\\d\\d)$/.test(String(time)) ? null : 'last_updated_without_offset'
}`,
        says: 'It dies when the element is null: for JavaScript null is of type "object" (and so is an array). A rule that throws stops the good rows too.',
      },
    ],
    right:
      'Every element gets exactly one word, and nothing makes the function throw. Which rule would you add for a price of 10^40? `sql/silver/polled.sql` has one.',
  },
  {
    id: '4.4',
    title: 'Which of the twins stays',
    level: 'intermediate',
    form: 'query',
    answer: 'firstPolls',
    compare: { key: ['coin_id', 'last_updated'] },
    scope: { polls },
    hints: [
      'Number the rows of each price, the one that shall stay first, and keep number 1. `row_number()` numbers; `qualify` keeps.',
      'A price is a coin at a moment: `partition by coin_id, last_updated`. What comes first is said by `order by`, with as many columns as it takes so that no two rows tie.',
      'After the `from`: `qualify row_number() over (partition by coin_id, last_updated order by poll_time, …) = 1`',
    ],
    solution: {
      cell: `
const firstPolls = \`
  select coin_id, last_updated, price_usd, poll_time, kafka_offset, array_index
  from (\${polls})
  qualify row_number() over (
    partition by coin_id, last_updated order by poll_time, kafka_offset, array_index) = 1\``,
      why: 'The window keeps whole rows, so that price, poll and address belong together. Three columns in `order by` leave nothing to chance.',
    },
    wrong: [
      {
        cell: `
const firstPolls = \`
  select coin_id, last_updated, price_usd, poll_time, kafka_offset, array_index
  from (\${polls})
  qualify row_number() over (
    partition by coin_id, last_updated order by poll_time desc, kafka_offset desc, array_index desc) = 1\``,
        says: 'You kept the last poll of each price; the first was asked. With the last, every new poll would change rows that were written long ago.',
      },
      {
        cell: `
const firstPolls = \`
  select distinct coin_id, last_updated, price_usd, poll_time, kafka_offset, array_index
  from (\${polls})\``,
        says: 'Some prices are still there more than once: their rows differ in the poll that brought them, so that no two are wholly alike. Say which of them stays.',
        when: (outcome, wanted) => rowsIn(outcome) > rowsIn(wanted),
      },
      {
        cell: `
const firstPolls = \`
  select coin_id, last_updated, min(price_usd) as price_usd, min(poll_time) as poll_time,
    min(kafka_offset) as kafka_offset, min(array_index) as array_index
  from (\${polls}) group by coin_id, last_updated\``,
        says: 'Each column is chosen by itself, so that your rows are put together from several polls: the time of one, the place of another. Keep a whole row.',
        when: isPatchwork,
      },
      {
        cell: `
const firstPolls = \`
  select coin_id, last_updated, price_usd, poll_time, kafka_offset, array_index
  from (\${polls})
  qualify row_number() over (partition by coin_id, last_updated order by poll_time) = 1\``,
        says: 'The two feeds asked at the same moment now and then: such rows tie, and chance decides which one stays. Of these the lower offset was asked for, then the place in the array.',
        when: anyOfThatTime,
      },
      {
        cell: `
const firstPolls = \`
  select coin_id, last_updated, price_usd, poll_time, kafka_offset, array_index
  from (\${polls})
  qualify row_number() over (
    partition by coin_id, last_updated order by kafka_offset, array_index) = 1\``,
        says: 'You kept the row that arrived first. A message can be late: what counts is when the market was asked, then the offset.',
      },
      {
        cell: `
const firstPolls = \`
  select coin_id, last_updated, price_usd, poll_time, kafka_offset, array_index
  from (\${polls})
  qualify row_number() over (
    partition by coin_id, last_updated order by poll_time, kafka_offset) = 1\``,
        says: 'It is right as long as no answer names a coin twice. In another market some do: then two rows tie, and chance decides. The place in the array must decide.',
      },
    ],
    right:
      'One whole row for each price. It is the same one whenever you ask if the order stands where the row is chosen, as in a window: one that was sorted in a subquery need not arrive so. Leave `kafka_offset` out of the `order by`: what is decided then, and by whom?',
  },
  {
    id: '4.5',
    title: 'The last price of each hour',
    level: 'intermediate',
    form: 'query',
    answer: 'closing',
    compare: { key: ['coin_id', 'hour'] },
    scope: { prices },
    hints: [
      "It is the query of the minutes with another grain: `date_trunc('hour', last_updated)`.",
      'Partition the window by coin and hour, and let the latest `last_updated` come first: `order by … desc`.',
      "`select coin_id, date_trunc('hour', last_updated) as hour, price_usd, last_updated from … qualify row_number() over (partition by coin_id, hour order by …) = 1`",
    ],
    solution: {
      cell: `
const closing = \`
  select coin_id, date_trunc('hour', last_updated) as hour, price_usd, last_updated
  from (\${prices})
  qualify row_number() over (partition by coin_id, hour order by last_updated desc) = 1\``,
      why: 'The window sorts the ticks of each coin and hour by their time, the latest first, and number 1 is that whole tick.',
    },
    wrong: [
      {
        cell: `
const closing = \`
  select coin_id, date_trunc('hour', last_updated) as hour, price_usd, last_updated
  from (\${prices})
  qualify row_number() over (partition by coin_id, hour order by last_updated) = 1\``,
        says: 'You kept the first tick of the hour; the latest was asked. Which way does `order by` sort?',
      },
      {
        cell: `
const closing = \`
  select coin_id, date_trunc('hour', last_updated) as hour, max(price_usd) as price_usd,
    max(last_updated) as last_updated
  from (\${prices}) group by coin_id, hour\``,
        says: 'The time is that of the latest tick, the price is the highest of the hour. They belong to two different ticks.',
      },
      {
        cell: `
const closing = \`
  select coin_id, date_trunc('hour', last_updated) as hour, price_usd, last_updated
  from (\${prices})
  qualify row_number() over (partition by hour order by last_updated desc) = 1\``,
        says: 'There is one row an hour, of whichever coin ticked last. Every coin has an hour of its own.',
      },
      {
        cell: `
const closing = \`
  select coin_id, date_trunc('hour', poll_time) as hour, price_usd, last_updated
  from (\${prices})
  qualify row_number() over (partition by coin_id, hour order by last_updated desc) = 1\``,
        says: 'You cut the hours by the time of asking. A price of 21:59 that was asked for at 22:00 belongs to the hour of 21:00.',
      },
      {
        cell: `
const closing = \`
  select coin_id, date_trunc('hour', last_updated) as hour, price_usd, last_updated
  from (\${prices})
  qualify row_number() over (partition by coin_id, hour order by poll_time desc) = 1\``,
        says: 'You kept what was asked for last. In another market an old price came late: the latest is the one with the latest `last_updated`.',
      },
    ],
    right:
      'This is the rule of `silver.prices_hourly`, on which the features of station 05 stand. What would `max_by(price_usd, last_updated)` with a `group by` give?',
  },
  {
    id: '4.6',
    title: 'The latest tick, in Polars',
    level: 'intermediate',
    form: 'function',
    answer: 'latestOf',
    compare: { key: ['coin_id', 'slot'] },
    scope: { pl },
    outcome: async (latest: (ticks: DataFrame) => unknown, { lake }) => {
      const outcomes: unknown[] = [];
      for (const sql of tickFrames) {
        const found = await latest(await lake.frame(sql));
        outcomes.push(typeof found === 'object' && found !== null && isFrame(found) ? found.toRecords() : found);
      }
      return outcomes;
    },
    hints: [
      'Two moves, as in the cell above: sort, then keep one row of each coin and slot with `unique`.',
      'A frame comes in any order. Sort by `last_updated` first, so that the latest tick is the last of its slot.',
      "`ticks.sort('last_updated').unique({ subset: ['coin_id', 'slot'], keep: …, maintainOrder: true })`",
    ],
    solution: {
      cell: `
const latestOf = (ticks: DataFrame): DataFrame =>
  ticks.sort('last_updated').unique({ subset: ['coin_id', 'slot'], keep: 'last', maintainOrder: true })`,
      why: '`unique` keeps whole rows, and the sort decides which: the same two thoughts as `partition by` and `order by`.',
    },
    wrong: [
      {
        cell: `
const latestOf = (ticks: DataFrame): DataFrame =>
  ticks.sort('last_updated').unique({ subset: ['coin_id', 'slot'], keep: 'first', maintainOrder: true })`,
        says: 'You kept the first tick of each slot; the latest was asked.',
      },
      {
        cell: `
const latestOf = (ticks: DataFrame): DataFrame =>
  ticks.unique({ subset: ['coin_id', 'slot'], keep: 'last', maintainOrder: true })`,
        says: 'You kept the row that stands last in the frame, and a frame may come in any order. Say what "last" means before you keep it.',
      },
      {
        cell: `
const latestOf = (ticks: DataFrame): DataFrame =>
  ticks.groupBy('coin_id', 'slot').agg(pl.col('last_updated').max(), pl.col('price_usd').max())`,
        says: 'Time and price are taken each by itself: the latest time beside the highest price. Keep a whole row.',
      },
    ],
    right:
      'The same thought in two languages. Also try `groupBy(…).agg(pl.col("price_usd").last())` after the sort, and see which columns it keeps.',
  },
  {
    id: '4.7',
    title: 'From 20:00 up to 21:00, UTC',
    level: 'beginner',
    form: 'query',
    answer: 'evening',
    compare: { ordered: true },
    scope: { prices },
    hints: [
      'When was a price true? Not when it was asked for. Two columns hold a time; choose.',
      'Write the span half-open: from 20:00 on (`>=`), and before 21:00 (`<`). Say the offset in each text: `+00`.',
      "`where coin_id = 'bitcoin' and last_updated >= '2026-03-08 20:00:00+00' and last_updated < …`",
    ],
    solution: {
      cell: `
const evening = \`
  select count(*) as ticks, min(last_updated) as first_tick,
    min(price_usd) as lowest, max(price_usd) as highest
  from (\${prices})
  where coin_id = 'bitcoin'
    and last_updated >= '2026-03-08 20:00:00+00' and last_updated < '2026-03-08 21:00:00+00'\``,
      why: 'The bounds say which end belongs to the hour and which offset is meant, so that 24 such hours make a day, with no tick lost and none counted twice.',
    },
    wrong: [
      {
        cell: `
const evening = \`
  select count(*) as ticks, min(last_updated) as first_tick,
    min(price_usd) as lowest, max(price_usd) as highest
  from (\${prices})
  where coin_id = 'bitcoin'
    and poll_time >= '2026-03-08 20:00:00+00' and poll_time < '2026-03-08 21:00:00+00'\``,
        says: 'These are the prices that were asked for in that hour. The poll at 20:00 brought a price from before; go by the time at which a price was true.',
      },
      {
        cell: `
const evening = \`
  select count(*) as ticks, min(last_updated) as first_tick,
    min(price_usd) as lowest, max(price_usd) as highest
  from (\${prices})
  where coin_id = 'bitcoin'
    and last_updated > '2026-03-08 20:00:00+00' and last_updated < '2026-03-08 21:00:00+00'\``,
        says: 'A tick at exactly 20:00:00, as another market has one, is in no hour then: the hour before ends before it. Begin with `>=`.',
      },
      {
        cell: `
const evening = \`
  select count(*) as ticks, min(last_updated) as first_tick,
    min(price_usd) as lowest, max(price_usd) as highest
  from (\${prices})
  where coin_id = 'bitcoin'
    and last_updated between '2026-03-08 20:00:00+00' and '2026-03-08 20:59:59+00'\``,
        says: 'Within the last second there may be a tick, as another market has one: 20:59:59 means 20:59:59.000. Name the end of the hour and leave it out.',
      },
      {
        cell: `
const evening = \`
  select count(*) as ticks, min(last_updated) as first_tick,
    min(price_usd) as lowest, max(price_usd) as highest
  from (\${prices})
  where coin_id = 'bitcoin'
    and last_updated between '2026-03-08 20:00:00+00' and '2026-03-08 20:59:00+00'\``,
        says: 'The last minute is missing: 20:59 means 20:59:00, and ticks come until 20:59:59.999. Name the end of the hour and leave it out.',
      },
      {
        cell: `
const evening = \`
  select count(*) as ticks, min(last_updated) as first_tick,
    min(price_usd) as lowest, max(price_usd) as highest
  from (\${prices})
  where coin_id = 'bitcoin'
    and last_updated >= '2026-03-08 20:00:00+01' and last_updated < '2026-03-08 21:00:00+01'\``,
        says: 'That is an hour earlier: 20:00+01 is 20:00 in Paris and 19:00 in UTC.',
      },
      {
        cell: `
const evening = \`
  select count(*) as ticks, min(last_updated) as first_tick,
    min(price_usd) as lowest, max(price_usd) as highest
  from (\${prices})
  where last_updated >= '2026-03-08 20:00:00+00' and last_updated < '2026-03-08 21:00:00+00'\``,
        says: 'These are all ten coins. The hour is right; keep bitcoin alone.',
      },
      {
        cell: `
const evening = \`
  select count(*) as ticks, min(last_updated) as first_tick,
    min(price_usd) as lowest, max(price_usd) as highest
  from (\${prices})
  where coin_id = 'bitcoin'
    and last_updated between '2026-03-08 20:00:00+00' and '2026-03-08 21:00:00+00'\``,
        says: 'Both ends belong to `between`: a tick at exactly 21:00:00, as another market has one, counts here and in the next hour too. End with `<`.',
      },
    ],
    right:
      'Half-open spans fit together like tiles. Write the 24 hours of that evening as one `group by`, and compare the sum of `ticks` with the day.',
  },
];

import { type Exercise, listOf, Misfit } from '../../src/course/exercise.ts';
import { type AssetEvent, toAssetEvents } from '../../src/feed/shape.ts';
import { createPartitioner } from '../../src/kafka/connect.ts';
import type { Message } from '../../src/kafka/message.ts';
import { readRange } from '../../src/kafka/read.ts';
import { type Offsets, topicOffsets, topicSettings, withAdmin } from '../../src/kafka/topics.ts';

type Row = Record<string, unknown>;
type Committed = { partition: number; offset: bigint };
const rows = (outcome: unknown): Row[] => (Array.isArray(outcome) ? outcome : []);

/** The first offset at or after a time, as the notebook's own helper finds it. */
const offsetAt = (time: Date) =>
  withAdmin(undefined, async admin => {
    const [found] = await admin.fetchTopicOffsetsByTimestamp('station.02-kafka', time.getTime());
    return BigInt(found!.offset);
  });

const exists = (topic: string) => withAdmin(undefined, async admin => (await admin.listTopics()).includes(topic));

async function readAll(topic: string): Promise<Message[]> {
  const parts = (await topicOffsets(topic)).map(({ partition }) => readRange(topic, partition, 0));
  return (await Promise.all(parts)).flat();
}

async function lastPoll(topic: string): Promise<Message> {
  const [{ high } = { high: 0n }] = await topicOffsets(topic);
  const [message] = await readRange(topic, 0, high - 1n);
  return message!;
}

/** Events of many coins that no market has. */
const madeUp: AssetEvent[] = Array.from({ length: 600 }, (_, at) => ({
  asset: `coin-${at % 200}`,
  price_usd: at,
  event_time: new Date(Date.UTC(2026, 2, 8, 0, 0, at)).toISOString(),
}));

/** How the events lie under these keys: what counts is that coins stay together and that no partition has most of them. */
function spreadOf(events: readonly AssetEvent[], keyOf: (event: AssetEvent) => string | null, count: number): Row {
  const partitioner = createPartitioner();
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }) as never);
  const places = new Map<string, Set<number>>();
  const loads = new Array<number>(count).fill(0);
  let keyless = 0;
  for (const event of events) {
    const key = keyOf({ ...event });
    if (key === null || key === undefined) keyless++;
    const partition = partitioner({ topic: '', partitionMetadata, message: { key, value: '' } });
    places.set(event.asset, (places.get(event.asset) ?? new Set()).add(partition));
    loads[partition]!++;
  }
  return {
    partitions: count,
    coins_in_several_partitions: [...places.values()].filter(found => found.size > 1).length,
    load: Math.max(...loads) > (2.5 * events.length) / count ? 'heaped' : 'spread',
    events_without_key: keyless,
  };
}

/** The fields of an event, in the order of `eventRow`. */
const eventFields = 'asset, event_time, price_usd';

const eventRow = ({ key, value }: Message): Row => {
  let event: unknown;
  try {
    event = JSON.parse(String(value));
  } catch {}
  if (Array.isArray(event)) return { asset: null, fields: `a list of ${event.length}` };
  if (typeof event !== 'object' || event === null) return { asset: null, fields: 'no JSON object' };
  const { asset, price_usd, event_time } = event as Row;
  const fields = Object.keys(event).sort().join(', ');
  return { asset, key: key && String(key), price_usd, event_time, fields };
};

const lagCases: [Committed[], Offsets[]][] = [
  [
    [120n, 200n, 31n].map((offset, partition) => ({ partition, offset })),
    [120n, 240n, 240n].map((high, partition) => ({ partition, low: 0n, high })),
  ],
  [
    [-1n, -1n].map((offset, partition) => ({ partition, offset })),
    [600n, 0n].map((high, partition) => ({ partition, low: 0n, high })),
  ],
  [[{ partition: 0, offset: -1n }], [{ partition: 0, low: 500n, high: 620n }]],
  [[{ partition: 0, offset: 300n }], [{ partition: 0, low: 500n, high: 620n }]],
  [
    [2, 0, 1].map(partition => ({ partition, offset: BigInt(partition * 10 + 5) })),
    [0, 1, 2].map(partition => ({ partition, low: 5n, high: 40n })),
  ],
];

/** The lag that an answer gives for partition 0 of one case. */
const lagIn = (outcome: unknown, at: number): number =>
  Number(rows(rows(outcome)[at]).find(row => Number(row?.partition) === 0)?.lag);

type Handle = (
  messages: Message[],
  work: (message: Message) => Promise<void>,
  commit: (next: bigint) => Promise<void>,
) => Promise<void>;

/** What fails once: a step at an offset, before or after it took effect. */
type Failure = { step?: 'work' | 'commit'; at?: bigint; after?: boolean };

/** Offsets with gaps, as a compacted topic has them; the group has committed 40. */
const logged = [40n, 41n, 43n, 44n, 47n];

/** Let a handler live, fail once and live again, from the committed offset on; say what was skipped in the end. */
async function liveThrough(handle: Handle, failing: Failure, offsets: readonly bigint[]): Promise<Row> {
  const failure = new Error('It fails here once, on purpose.');
  const log = offsets.map(offset => messageAt(offset));
  const done = new Set<bigint>();
  let committed = 40n;
  let failed = failing.step === undefined;
  let calls = 0;
  const step = (name: Failure['step'], at: bigint, effect: () => void) => {
    if (++calls > 1000) throw new Error('It has called "work" and "commit" a thousand times for five messages.');
    const fails = !failed && name === failing.step && at === failing.at;
    if (fails) failed = true;
    if (!fails || failing.after) effect();
    if (fails) throw failure;
  };
  for (let lives = 0; lives < 3; lives++) {
    try {
      const result: unknown = await handle(
        log.filter(({ offset }) => offset >= committed),
        async ({ offset }) => step('work', offset, () => done.add(offset)),
        async next =>
          step('commit', offsets.find(offset => offset + 1n >= next) ?? 0n, () => {
            committed = next;
          }),
      );
      if (typeof result === 'function') return { result }; // a blank
      break;
    } catch (error) {
      if (error !== failure) throw error;
    }
  }
  return { skipped: offsets.filter(offset => !done.has(offset)).length, committed };
}

const messageAt = (offset: bigint): Message => ({
  topic: 'archive',
  partition: 0,
  offset,
  timestamp: new Date(Date.UTC(2026, 2, 8)),
  key: Buffer.from('bitcoin'),
  value: Buffer.from(`{"price_usd":${offset}}`),
  headers: {},
});

const failures: Record<string, Failure> = {
  'nothing fails': {},
  'work fails at the first message': { step: 'work', at: 40n },
  'work fails in the middle': { step: 'work', at: 43n },
  'work fails at the last message, after it was done': { step: 'work', at: 47n, after: true },
  'commit fails in the middle': { step: 'commit', at: 43n },
  'commit fails at the last message': { step: 'commit', at: 47n },
  'commit fails after it was made': { step: 'commit', at: 44n, after: true },
};

async function livesOf(handle: Handle): Promise<Row[]> {
  const lives = Object.entries(failures).map(async ([name, failure]) => ({
    case: name,
    ...(await liveThrough(handle, failure, logged)),
  }));
  return [...(await Promise.all(lives)), { case: 'no messages', ...(await liveThrough(handle, {}, [])) }];
}

export const exercises: readonly Exercise[] = [
  {
    id: '2.1',
    title: 'Which offsets are there',
    level: 'beginner',
    form: 'value',
    answer: 'held',
    everywhere: true,
    scope: { topicOffsets },
    hints: [
      '`offsets.low` and `offsets.high` are two of the four. Which offset did the newest message get, if `high` is the one of the next?',
      'From 0 up to but without 3 there are the offsets 0, 1 and 2: three of them, `high - low`, and the last is `high - 1n`.',
    ],
    solution: {
      cell: `
const [offsets] = await topicOffsets(topic);
const held = {
  low: offsets.low, high: offsets.high, messages: offsets.high - offsets.low, last: offsets.high - 1n,
};`,
      why: 'A range with its first number in and its last number out has a length of high minus low, and two such ranges join without a gap. So Kafka, this project and most of programming write ranges in this way.',
    },
    wrong: [
      {
        cell: `
const [offsets] = await topicOffsets(topic);
const held = { low: offsets.low, high: offsets.high, messages: offsets.high - offsets.low, last: offsets.high };`,
        says: '`high` is the offset that the next message will get. No message has it yet.',
      },
      {
        cell: `
const [offsets] = await topicOffsets(topic);
const held = { low: offsets.low, high: offsets.high, messages: offsets.high - offsets.low - 1n, last: offsets.high - 1n };`,
        says: 'One message is not counted. How many offsets lie from 0 up to but without 3?',
      },
    ],
    right:
      'From `low`, inclusive, to `high`, exclusive. On a topic that deletes old messages `low` is not 0, and your formula still holds. Try it on a topic with several partitions, once you have made one.',
  },
  {
    id: '2.2',
    title: 'A key that keeps order',
    level: 'beginner',
    form: 'function',
    answer: 'keyOf',
    outcome: async (keyOf: (event: AssetEvent) => string | null, { topic }) => {
      const real = (await readRange(topic, 0, 3138)).flatMap(({ value }) => toAssetEvents(JSON.parse(String(value))));
      const key: unknown = keyOf({ ...real[0]! });
      if (typeof key === 'function') return key; // a blank
      if (key instanceof Promise)
        throw new Misfit(
          '"keyOf" gives a promise. A key is needed at once, before the message is sent: leave "async" out.',
          await key,
        );
      if (key !== null && key !== undefined && typeof key !== 'string')
        return [{ key: `of the type ${typeof key}, and a text is wanted` }];
      return [spreadOf(real, keyOf, 3), spreadOf(real, keyOf, 4), spreadOf(real, keyOf, 7), spreadOf(madeUp, keyOf, 6)];
    },
    compare: { key: ['partitions'] },
    hints: [
      'The same key goes to the same partition. Which events must lie together, and what do exactly those have in common?',
      'An event has three fields. One says which coin it belongs to: give that one back.',
    ],
    solution: {
      cell: `const keyOf = (event: AssetEvent): string | null => event.asset;`,
      why: 'All events of a coin have the same key and so the same partition, where order holds. Different coins have different keys, so the load spreads.',
    },
    wrong: [
      {
        cell: `const keyOf = (event: AssetEvent) => event.price_usd;`,
        says: 'Your key is not a text. Kafka takes a key as text here: which of the fields of an event is one?',
        when: outcome => rows(outcome).some(row => row.key !== undefined),
        ofForm: true,
      },
      {
        cell: `const keyOf = (event: AssetEvent): string | null => null;`,
        says: 'Without a key the partitions take turns, and a coin lies in several of them. Its order is lost.',
        when: outcome => rows(outcome).some(row => Number(row.events_without_key) > 0),
      },
      {
        cell: `const keyOf = (event: AssetEvent): string | null => 'coins';`,
        says: 'Order holds, but nearly everything lies in one partition, and the others have nothing to do. Make the key differ where it may.',
        when: outcome => rows(outcome).some(row => row.load === 'heaped' && !row.coins_in_several_partitions),
      },
      {
        cell: `const keyOf = (event: AssetEvent): string | null => event.event_time;`,
        says: 'Two events of one coin get different keys, so the coin lies in several partitions. The key must be the same for all events of a coin.',
        when: outcome => rows(outcome).some(row => Number(row.coins_in_several_partitions) > 0),
      },
    ],
    right:
      'Each coin stays in one partition, and the coins spread. Ask of every stream: what must stay in order? That is the key. What would it be for the orders of a shop: the order, the customer, or the product?',
  },
  {
    id: '2.3',
    title: 'A topic that remembers the latest',
    level: 'beginner',
    form: 'state',
    answer: 'latest',
    outcome: async (_, { topic }) => {
      const latest = `${topic}.latest`;
      if (!(await exists(latest))) return undefined;
      const [offsets, settings] = await Promise.all([topicOffsets(latest), topicSettings(latest)]);
      return { partitions: offsets.length, cleanup_policy: settings['cleanup.policy'] };
    },
    wanted: () => ({ partitions: 3, cleanup_policy: 'compact' }),
    hints: [
      '`ensureTopic(latest, { partitions: …, settings: { … } })` makes it. Which of the two cleanup policies keeps the newest of every key?',
      "The settings are `{ 'cleanup.policy': 'compact' }`. Put `await` before the call.",
    ],
    solution: {
      cell: `
const latest = \`\${topic}.latest\`;
await deleteTopic(latest);
await ensureTopic(latest, { partitions: 3, settings: { 'cleanup.policy': 'compact' } });`,
      why: 'A compacted topic keeps at least the newest message of every key, so a reader who starts at the beginning ends with the latest of everything. Compaction works by key: this topic takes no message without one.',
    },
    wrong: [
      {
        cell: `
const latest = \`\${topic}.latest\`;
await deleteTopic(latest);
await ensureTopic(latest, { settings: { 'cleanup.policy': 'compact' } });`,
        says: 'It keeps the right messages, but it has one partition. That is what you get when you do not say how many.',
        when: outcome => {
          const { partitions, cleanup_policy } = outcome as Row;
          return partitions === 1 && cleanup_policy === 'compact';
        },
      },
      {
        cell: `
const latest = \`\${topic}.latest\`;
await deleteTopic(latest);
await ensureTopic(latest, { partitions: 3, settings: { 'retention.ms': '86400000' } });`,
        says: 'Its policy is to delete by age or size, whatever the key. A coin whose price has not moved for long would be forgotten.',
        when: outcome => (outcome as Row).cleanup_policy === 'delete',
      },
    ],
    right:
      'Three partitions, and the newest message of every key stays. A message with a key and no value, a tombstone, says "forget this key". Try to send a message without a key to this topic, and read what Kafka says.',
  },
  {
    id: '2.4',
    title: 'One event per asset',
    level: 'intermediate',
    form: 'state',
    answer: 'assets',
    outcome: async (_, { topic }) => {
      const assets = `${topic}.assets`;
      const messages = (await exists(assets)) ? await readAll(assets) : [];
      return messages.length > 0 ? messages.map(eventRow) : undefined;
    },
    wanted: async ({ topic }) => {
      const coins = JSON.parse(String((await lastPoll(topic)).value));
      return toAssetEvents(coins).map(event => ({
        ...event,
        key: event.asset,
        fields: eventFields,
      }));
    },
    compare: { key: ['asset'] },
    hints: [
      'Make a list of ten events from `coins` with `map`, then send the list. Which three fields of a coin do you need?',
      '`coins.map(coin => ({ asset: coin.id, price_usd: …, event_time: … }))`. The coin says itself when its price was made: `last_updated`.',
      '`await sendAll(assets, events, event => event.asset)` makes one message per event and takes the asset as its key.',
    ],
    solution: {
      cell: `
const assets = await freshTopic(\`\${topic}.assets\`, 3);
const [lastPoll] = await readRange(topic, 0, 3167);
const events = coinsOf(lastPoll).map(coin =>
  ({ asset: coin.id, price_usd: coin.current_price, event_time: coin.last_updated }));
await sendAll(assets, events, event => event.asset);`,
      why: 'One thing that happened is one message. Ten messages in one sending cost about as much as one, since the client packs them into one request. The time is that of the price, not that of the poll, so that it stays true however late the message comes.',
    },
    wrong: [
      {
        cell: `
const assets = await freshTopic(\`\${topic}.assets\`, 3);
const [lastPoll] = await readRange(topic, 0, 3167);
await producer.send({ topic: assets, messages: [{ key: 'coins', value: JSON.stringify(coinsOf(lastPoll)) }] });`,
        says: 'A message holds a whole list. That is a snapshot again; one message per coin was asked.',
        when: outcome => rows(outcome).some(row => String(row.fields).startsWith('a list')),
        ofForm: true,
      },
      {
        cell: `
const assets = await freshTopic(\`\${topic}.assets\`, 3);
const [lastPoll] = await readRange(topic, 0, 3167);
const events = coinsOf(lastPoll).map(coin =>
  ({ ...coin, asset: coin.id, price_usd: coin.current_price, event_time: coin.last_updated }));
await sendAll(assets, events, event => event.asset);`,
        says: 'A value has more fields than `asset`, `price_usd` and `event_time`. An event carries just these three, so that every reader can count on its shape.',
        when: outcome =>
          rows(outcome).some(
            ({ asset, price_usd, event_time, fields }) =>
              asset && price_usd !== undefined && event_time && fields !== eventFields,
          ),
      },
      {
        cell: `
const assets = await freshTopic(\`\${topic}.assets\`, 3);
const [lastPoll] = await readRange(topic, 0, 3167);
const events = coinsOf(lastPoll).map(coin =>
  ({ asset: coin.id, price_usd: coin.current_price, event_time: lastPoll.timestamp.toISOString() }));
await sendAll(assets, events, event => event.asset);`,
        says: 'All events carry one and the same time: that of the poll. Every coin says by itself when its price was made.',
        when: outcome => {
          const found = rows(outcome);
          const times = new Set(found.map(row => row.event_time));
          return found.length > 1 && times.size === 1 && !times.has(undefined) && !times.has(null);
        },
      },
      {
        cell: `
const assets = await freshTopic(\`\${topic}.assets\`, 3);
const [lastPoll] = await readRange(topic, 0, 3167);
const events = coinsOf(lastPoll).map(coin =>
  ({ asset: coin.id, price_usd: coin.current_price, event_time: coin.last_updated }));
await sendAll(assets, events, () => null);`,
        says: 'The values are right, but the messages have no key. From the second poll on, a coin would lie in several partitions.',
        when: outcome => rows(outcome).some(row => row.key === null),
      },
    ],
    right:
      'Ten messages, each with its coin as key. This is what the feed of the running system sends to its second topic. How would you send the whole of Sunday: poll by poll, or all at once?',
  },
  {
    id: '2.5',
    title: 'Replay a span of time',
    level: 'intermediate',
    form: 'function',
    answer: 'replay',
    scope: { offsetAt, readRange },
    outcome: async (replay: (from: Date, to: Date) => Promise<unknown>) => {
      const spans = [
        ['2026-03-08T22:30:00Z', '2026-03-08T23:30:00Z'],
        ['2026-03-08T23:10:30Z', '2026-03-08T23:12:00Z'],
        ['2026-03-08T23:15:00Z', '2026-03-08T23:15:00Z'],
        ['2026-03-08T23:55:00Z', '2027-01-01T00:00:00Z'],
      ];
      return Promise.all(
        spans.map(async ([from, to]) => {
          const found = listOf(await replay(new Date(from!), new Date(to!)), 'messages');
          const offsets = found.map(({ offset }) => offset);
          return { from, messages: found.length, first: offsets[0], last: offsets.at(-1) };
        }),
      );
    },
    compare: { key: ['from'] },
    hints: [
      'Turn both times into offsets, then read between them. `offsetAt` gives the first message at or after a time.',
      'If `offsetAt(to)` is the first message that you do not want, and the last offset of `readRange` is exclusive, must you add or take away anything?',
    ],
    solution: {
      cell: `
const replay = async (from: Date, to: Date): Promise<Message[]> =>
  readRange(topic, 0, await offsetAt(from), await offsetAt(to));`,
      why: 'The first message at or after `to` is the first one not wanted, and that is what an exclusive end means. So nothing is added or taken away, an empty span gives an empty list, and two spans that meet share no message.',
    },
    wrong: [
      {
        cell: `
const replay = async (from: Date, to: Date): Promise<Message[]> =>
  readRange(topic, 0, await offsetAt(from), await offsetAt(to) + 1n);`,
        says: 'There is one message too many at the end: the one at or after `to`. Who replays hour after hour would read it twice.',
        when: outcome => Number(rows(outcome)[0]?.messages) === 61 && Number(rows(outcome)[0]?.first) === 3078,
      },
      {
        cell: `
const replay = async (from: Date, to: Date): Promise<Message[]> =>
  readRange(topic, 0, 0, await offsetAt(to));`,
        says: 'It begins at offset 0. The messages before `from` are not wanted.',
        when: outcome => rows(outcome).some(({ first }) => first === 0n || first === 0),
      },
      {
        cell: `
const replay = async (from: Date, to: Date): Promise<Message[]> =>
  readRange(topic, 0, await offsetAt(from));`,
        says: 'It reads on to the end of the topic. Where does the span end?',
        when: outcome => Number(rows(outcome)[0]?.last) === 3167,
      },
    ],
    right:
      'Exactly the span, also where it is empty and where it reaches beyond the end. The timestamp is when the market was asked; an event that comes late carries an older event time. Station 08 is about that difference.',
  },
  {
    id: '2.6',
    title: 'The lag of a group',
    level: 'intermediate',
    form: 'function',
    answer: 'lagOf',
    outcome: (lagOf: (committed: Committed[], offsets: Offsets[]) => unknown) =>
      Promise.all(
        lagCases.map(async ([committed, offsets]) => lagOf(structuredClone(committed), structuredClone(offsets))),
      ),
    compare: { key: ['partition'] },
    hints: [
      'For each entry of `offsets`, find the entry of `committed` with the same `partition`. What waits lies between where the group is and `high`.',
      'A group that has read nothing, or that is behind the old end, would go on at `low`. So it is at the larger of the two: its committed offset and `low`.',
      '`offsets.map(({ partition, low, high }) => { const at = committed.find(…)?.offset ?? -1n; return { partition, lag: high - (at > low ? at : low) }; })`',
    ],
    solution: {
      cell: `
const lagOf = (committed: Committed[], offsets: Offsets[]): Lag[] =>
  offsets.map(({ partition, low, high }) => {
    const at = committed.find(found => found.partition === partition)?.offset ?? -1n;
    return { partition, lag: high - (at > low ? at : low) };
  });`,
      why: 'The committed offset is the next one to be read, so high minus committed is what waits. What lies before `low` no longer exists and cannot wait: the group is at the larger of both. That covers -1 too.',
    },
    wrong: [
      {
        cell: `
const lagOf = (committed: Committed[], offsets: Offsets[]): Lag[] =>
  offsets.map(({ partition, low, high }) => ({ partition, lag: high - low }));`,
        says: 'That is all that Kafka holds. What the group has read already, up to its committed offset, does not wait any more.',
        when: outcome => lagIn(outcome, 0) === 120,
      },
      {
        cell: `
const lagOf = (committed: Committed[], offsets: Offsets[]): Lag[] =>
  offsets.map(({ partition, high }) =>
    ({ partition, lag: high - committed.find(found => found.partition === partition)!.offset }));`,
        says: 'Where the group has committed nothing, you calculate with -1 as if it were an offset, and one message too many waits. It is a sign, not a place.',
        when: outcome => lagIn(outcome, 1) === 601,
      },
      {
        cell: `
const lagOf = (committed: Committed[], offsets: Offsets[]): Lag[] =>
  offsets.map(({ partition, high }) => {
    const at = committed.find(found => found.partition === partition)!.offset;
    return { partition, lag: at === -1n ? 0n : high - at };
  });`,
        says: 'A group that has read nothing is not up to date: everything that Kafka holds waits for it.',
        when: outcome => lagIn(outcome, 1) === 0,
      },
      {
        cell: `
const lagOf = (committed: Committed[], offsets: Offsets[]): Lag[] =>
  offsets.map(({ partition, low, high }) => {
    const at = committed.find(found => found.partition === partition)!.offset;
    return { partition, lag: at === -1n ? high - low : high - at };
  });`,
        says: 'Right until messages are deleted: a group that slept too long has committed less than `low`, and what lies between is gone. It does not wait any more.',
        when: outcome => lagIn(outcome, 2) === 620 || lagIn(outcome, 3) === 320,
      },
      {
        cell: `
const lagOf = (committed: Committed[], offsets: Offsets[]): Lag[] =>
  offsets.map(({ partition, low, high }, at) =>
    ({ partition, lag: high - (committed[at].offset > low ? committed[at].offset : low) }));`,
        says: 'You take the two lists side by side, but they may be in different order. Find the partner by its partition.',
      },
    ],
    right:
      'That is the number on every Kafka dashboard. And mind the case with deleted messages: lag went down there because data was lost, not because it was read. What would you compare to notice that?',
  },
  {
    id: '2.7',
    title: 'Skip nothing',
    level: 'advanced',
    form: 'function',
    answer: 'handle',
    outcome: (handle: Handle) => livesOf(handle),
    compare: { key: ['case'] },
    hints: [
      'Two things are wrong in the code above besides the offset: the order of the two steps, and that an error is swallowed.',
      'If `work` throws, let the error out: the next life begins at the committed offset and gets the message again.',
      'For each message: first `await work(message)`, then `await commit(message.offset + 1n)`.',
    ],
    solution: {
      cell: `
const handle: Handle = async (messages, work, commit) => {
  for (const message of messages) {
    await work(message);
    await commit(message.offset + 1n);
  }
};`,
      why: 'What is committed has been done, at any moment at which the program may end. Between the two steps lies a moment where a message is done and not committed; then it is done twice, and never not at all. To commit once after all messages is right too: quicker, with more twins after a crash.',
    },
    wrong: [
      {
        cell: `
const handle: Handle = async (messages, work, commit) => {
  for (const message of messages) {
    await commit(message.offset + 1n);
    await work(message);
  }
};`,
        says: 'A message is committed before its work is done. When the work fails, the next life begins after it, and it is skipped.',
      },
      {
        cell: `
const handle: Handle = async (messages, work, commit) => {
  for (const message of messages) {
    await work(message).catch(() => {});
    await commit(message.offset + 1n);
  }
};`,
        says: 'The order is right, but an error of `work` is swallowed and its message committed all the same. It is never done.',
      },
      {
        cell: `
const handle: Handle = async (messages, work, commit) => {
  for (const message of messages) {
    await work(message);
    await commit(message.offset);
  }
};`,
        says: 'Nothing is skipped, but in the end one message is not committed, and every new life does it again. To commit an offset means: this one is next.',
      },
      {
        cell: `
const handle: Handle = async (messages, work) => {
  for (const message of messages) await work(message);
};`,
        says: 'Nothing is ever committed, so every life begins where the first one began, and the lag only grows.',
      },
    ],
    right:
      'Nothing is skipped, wherever it fails. Twins are possible: how would the archive notice one? (Each message has an address.) Station 03 takes the last step, and writes place and result in one transaction.',
  },
];

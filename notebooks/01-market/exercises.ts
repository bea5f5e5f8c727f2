import { setTimeout as pause } from 'node:timers/promises';
import axios, { type AxiosError } from 'axios';
import { z } from 'zod';
import { kindOf } from '../../src/course/compare.ts';
import { type Exercise, listOf, Misfit } from '../../src/course/exercise.ts';
import { stationMarket } from '../../src/course/station-market.ts';
import { openAnswers } from '../../src/market/answer.ts';
import { tenCoins } from '../../src/market/coins.ts';
import { errorMessage } from '../../src/market/schema.ts';
import { firstStart, historyStart } from '../../src/market/simulation.ts';
import { defaultSeed, marketsOf, tape } from '../../src/market/tape.ts';

type Poll = { poll_time: Date; body: string };

/** Answers are tried on another market than the notebook's. */
const otherSeed = defaultSeed + 4;

let shown: string | undefined;

/** The ten coins as the notebook's market shows them first. */
function snapshot(): unknown {
  shown ??= openAnswers(defaultSeed).markets(marketsOf(tenCoins), firstStart.getTime());
  return JSON.parse(shown);
}

/**
 * How the learner's function ended: with what it found, or by which answer of the market. Any other error is its own, and
 * comes out.
 *
 * @param expected what to call an error where one is expected
 */
async function endOf(
  asked: Promise<unknown>,
  expected: () => string | undefined,
): Promise<{ found?: unknown; refused?: string }> {
  try {
    return { found: await asked };
  } catch (error) {
    const { response } = error as AxiosError;
    const refused =
      expected() ?? (response && `HTTP ${response.status}: ${errorMessage(response.data) ?? 'no reason'}`);
    if (refused) return { refused };
    throw error;
  }
}

type AllCoins = (address: string, perPage: number) => Promise<unknown>;

const mostCalls = 6;

/** All coins of the other market, by pages of several sizes. Who does not stop is stopped by a limit of calls. */
async function pagesOf(allCoins: AllCoins): Promise<unknown> {
  const market = await stationMarket({ seed: otherSeed });
  const rows = [];
  for (const perPage of [100, 130, 250]) {
    await market.rewind();
    await market.limit(mostCalls);
    const { found, refused } = await endOf(allCoins(market.address, perPage), () =>
      market.calls.length > mostCalls ? `refused after ${mostCalls} calls` : undefined,
    );
    const coins = refused ? [] : listOf(found, 'rows');
    const distinct = new Set(coins.map(({ id }) => id)).size;
    const end = refused ?? 'a list';
    rows.push({ per_page: perPage, end, coins: coins.length, distinct, calls: market.calls.length });
  }
  return rows;
}

type AskPatiently = (url: string, wait: (ms: number) => Promise<unknown>) => Promise<unknown>;

const refusals: { market: string; faults: string[]; currency?: string; end?: 'an error' }[] = [
  { market: 'answers at once', faults: [] },
  { market: 'refuses once', faults: ['429=1'] },
  { market: 'refuses twice', faults: ['429=7', '429=40'] },
  { market: 'refuses five times', faults: Array(5).fill('429=2'), end: 'an error' },
  { market: 'does not know the currency', faults: [], currency: 'xyz', end: 'an error' },
];

/** What the learner's function does where the market refuses: how long it waited, how many calls it made, how it ended. */
async function patienceOf(askPatiently: AskPatiently): Promise<unknown> {
  const market = await stationMarket({ seed: otherSeed });
  const rows = [];
  for (const { market: name, faults, currency = 'usd', end: wantedEnd } of refusals) {
    await market.rewind();
    for (const fault of faults) await market.spoil(fault);
    const waits: number[] = [];
    let waiting = 0;
    let hurried = false;
    const wait = async (ms: number) => {
      waits.push(ms);
      if (waits.length > 20) throw new Error('It waits without an end.');
      const calls = market.calls.length;
      waiting++;
      await pause(20);
      waiting--;
      if (market.calls.length > calls) hurried = true;
    };
    const url = `${market.address}/coins/markets?vs_currency=${currency}&ids=${tenCoins.join()}`;
    const { found, refused } = await endOf(askPatiently(url, wait), () =>
      market.calls.length > 0 ? wantedEnd : undefined,
    );
    const end = refused ?? `${listOf(found, 'rows').length} rows`;
    if (waiting > 0) hurried = true; // it came to its end, and a wait had not
    rows.push({ market: name, end, waits_ms: waits.join(', '), calls: market.calls.length, hurried });
  }
  return rows;
}

const bitcoin = {
  id: 'bitcoin',
  symbol: 'btc',
  current_price: 68_989.72,
  market_cap_rank: 1,
  roi: null,
  last_updated: '2026-03-08T23:59:21.896Z',
};
const { current_price: _, ...withoutPrice } = bitcoin;
const { symbol: _symbol, roi: _roi, ...fourFields } = bitcoin;
const sampleRows: [row: string, row: object][] = [
  ['as the market sends it', bitcoin],
  ['the four fields alone', fourFields],
  ['a whole price', { ...bitcoin, current_price: 69_000 }],
  ['never traded: price and rank are null', { ...bitcoin, current_price: null, market_cap_rank: null }],
  ['a field more', { ...bitcoin, tomorrow: true }],
  ['the price is a text', { ...bitcoin, current_price: '68989.72' }],
  ['the price is missing', withoutPrice],
  ['the rank is 1.5', { ...bitcoin, market_cap_rank: 1.5 }],
  ['the id is null', { ...bitcoin, id: null }],
  ['last_updated is null', { ...bitcoin, last_updated: null }],
  ['last_updated is "yesterday"', { ...bitcoin, last_updated: 'yesterday' }],
];

/** Which sample rows a schema lets through. */
function fitsOf(schema: { safeParse?: (row: unknown) => { success: boolean } }): unknown {
  if (typeof schema.safeParse !== 'function')
    throw new Misfit(`"coinRow" should be a schema of zod: \`z.object({ … })\`. It is ${kindOf(schema)}.`, schema);
  return sampleRows.map(([row, sample]) => ({ row, fits: schema.safeParse!(structuredClone(sample)).success }));
}

const plans = [
  [10, 10_000],
  [250, 10_000],
  [251, 10_000],
  [260, 500_000],
  [600, 10],
] as const;

let recorded: Record<string, Poll[]> | undefined;

/** Tapes of other markets: a quarter of an hour, one made by hand, an empty one. */
function tapes(): Record<string, Poll[]> {
  const minutes = (n: number) => new Date(historyStart.getTime() + n * 60_000);
  const row = (current_price: number | null, last_updated: string) => ({ id: 'elox', current_price, last_updated });
  const poll = (minute: number, ...rows: object[]): Poll => ({
    poll_time: minutes(minute),
    body: JSON.stringify(rows),
  });
  recorded ??= {
    'a quarter of an hour': [...tape({ seed: otherSeed, from: minutes(0), to: minutes(15), intervalMs: 30_000 })].map(
      ({ pollTime, body }) => ({ poll_time: pollTime, body: String(body) }),
    ),
    'made by hand': [
      poll(1, row(null, '2026-01-15T00:00:00.000Z')),
      poll(2, row(2.5, '2026-03-02T00:01:30.000Z')),
      poll(3, row(2.5, '2026-03-02T00:02:30.000Z'), row(2.5, '2026-03-02T00:02:30.000Z')),
      poll(4, row(2.5, '2026-03-02T00:01:30.000Z')),
    ],
    empty: [],
  };
  return recorded;
}

type TicksOf = (polls: Poll[]) => unknown;

/** The ticks of all tapes, each with the name of its tape. */
async function ticksOfTapes(ticksOf: TicksOf): Promise<unknown> {
  const rows = [];
  for (const [name, polls] of Object.entries(tapes())) {
    const found = listOf(await ticksOf(structuredClone(polls)), 'ticks');
    rows.push(...found.map(tick => ({ tape: name, ...tick })));
  }
  return rows;
}

const rowsOf = (outcome: unknown): Record<string, unknown>[] => (Array.isArray(outcome) ? outcome : []);

const twins = (rows: unknown): boolean =>
  Array.isArray(rows) && new Set(rows.map(row => JSON.stringify(row))).size < rows.length;

export const exercises: readonly Exercise[] = [
  {
    id: '1.1',
    title: 'How much of each coin is out',
    level: 'beginner',
    form: 'value',
    answer: 'mined',
    everywhere: true,
    compare: { key: ['coin_id'] },
    scope: {
      get snapshot() {
        return snapshot();
      },
    },
    hints: [
      'Two fields are needed: `circulating_supply` and `max_supply`. Look at the table above the exercise: where is `max_supply` null?',
      'With `snapshot.map(row => ({ … }))` every coin keeps its row. Inside, ask first: `max_supply === null ? null : …`.',
      'A percentage is `100 * part / whole`. The compiler wants to hear about a null in `circulating_supply` too: then the answer is null as well.',
    ],
    solution: {
      cell: `
const mined: Mined[] = snapshot.map(({ id, circulating_supply, max_supply }) => ({
  coin_id: id,
  mined_pct: circulating_supply === null || max_supply === null ? null : (100 * circulating_supply) / max_supply,
}))`,
      why: 'A null goes in, a null comes out: "there is no maximum" has no percentage. Any number in its place would be counted by the next average.',
    },
    wrong: [
      {
        cell: `
const mined: Mined[] = snapshot.map(({ id, circulating_supply, max_supply }) => ({
  coin_id: id, mined_pct: circulating_supply === null || max_supply === null ? null : circulating_supply / max_supply }))`,
        says: 'Those are shares from 0 to 1. The unit asked for is percent, from 0 to 100.',
        when: outcome => {
          const shares = rowsOf(outcome).map(row => Number(row?.mined_pct));
          return shares.some(share => share > 0 && share <= 1) && !shares.some(share => share > 1 && share < Infinity);
        },
      },
      {
        cell: `
const mined: Mined[] = snapshot.map(({ id, circulating_supply, max_supply }) => ({
  coin_id: id, mined_pct: max_supply === null ? 0 : (100 * (circulating_supply ?? 0)) / max_supply }))`,
        says: 'Zero percent says that nothing is out yet. A coin without a maximum has no percentage at all.',
      },
      {
        cell: `
const mined: Mined[] = snapshot.map(({ id, circulating_supply, max_supply }) => ({
  coin_id: id, mined_pct: (100 * (circulating_supply ?? 0)) / (max_supply ?? 0) }))`,
        says: 'Something was divided by zero: a maximum that does not exist was counted as 0. What should stand there instead?',
      },
      {
        cell: `
const mined: Mined[] = snapshot.map(({ id, circulating_supply, total_supply }) => ({
  coin_id: id, mined_pct: circulating_supply === null || total_supply === null ? null : (100 * circulating_supply) / total_supply }))`,
        says: 'You divided by the coins made so far. Asked is the percentage of all there can ever be.',
      },
      {
        cell: `
const mined: Mined[] = snapshot.map(({ id, total_supply, max_supply }) => ({
  coin_id: id, mined_pct: total_supply === null || max_supply === null ? null : (100 * total_supply) / max_supply }))`,
        says: 'You took the coins made so far. Some of them are not in use; asked are those in circulation.',
      },
      {
        cell: `
const mined: Mined[] = snapshot.filter(row => row.max_supply !== null).map(({ id, circulating_supply, max_supply }) => ({
  coin_id: id, mined_pct: (100 * circulating_supply!) / max_supply! }))`,
        says: 'The coins without a maximum have left the list. All ten stay in it.',
      },
    ],
    right:
      'The unit is percent, and a null stays a null. Next, try the mean of `mined_pct`: how many coins may you divide by?',
  },
  {
    id: '1.2',
    title: 'All coins, and no call too many',
    level: 'beginner',
    form: 'function',
    answer: 'allCoins',
    outcome: pagesOf,
    compare: { ordered: true, key: ['per_page'] },
    scope: { axios },
    hints: [
      'Count pages up from 1, and collect the rows: `all.push(...data)`. When is a page the last one?',
      'A page with fewer rows than you asked for is the last one. You know it when you hold it, so you need not ask for the one behind it.',
      'The shape: `for (let page = 1; ; page++) { …ask…; all.push(...data); if (data.length < perPage) return all }`.',
    ],
    solution: {
      cell: `
const allCoins = async (address: string, perPage: number): Promise<Row[]> => {
  const all: Row[] = []
  for (let page = 1; ; page++) {
    const params = { vs_currency: 'usd', per_page: perPage, page }
    const { data } = await axios.get<Row[]>(\`\${address}/coins/markets\`, { params })
    all.push(...data)
    if (data.length < perPage) return all
  }
}`,
      why: 'A short page is the last. When the number of coins is a multiple of the page size, the last full page cannot know that it is the last: then one empty page must be asked, and no rule can spare it.',
    },
    wrong: [
      {
        cell: `
const allCoins = async (address: string, perPage: number): Promise<Row[]> =>
  (await axios.get(\`\${address}/coins/markets\`, { params: { vs_currency: 'usd', per_page: perPage } })).data`,
        says: 'That is the first page alone. Nothing in the answer says that there are more; what gives it away?',
      },
      {
        cell: `
const allCoins = async (address: string, perPage: number): Promise<Row[]> => {
  const all: Row[] = []
  for (let page = 1; ; page++) {
    const params = { vs_currency: 'usd', per_page: perPage, page }
    const { data } = await axios.get<Row[]>(\`\${address}/coins/markets\`, { params })
    if (data.length === 0) return all
    all.push(...data)
  }
}`,
        says: 'All coins are there, and you paid a call for an empty page. Could you have known it from the page before?',
      },
      {
        cell: `
const allCoins = async (address: string, perPage: number): Promise<Row[]> => {
  const all: Row[] = []
  for (;;) {
    const params = { vs_currency: 'usd', per_page: perPage }
    const { data } = await axios.get<Row[]>(\`\${address}/coins/markets\`, { params })
    all.push(...data)
    if (data.length < perPage) return all
  }
}`,
        says: 'It asked until the market refused to answer: always the same page. What must change from call to call?',
      },
      {
        cell: `
const allCoins = async (address: string, perPage: number): Promise<Row[]> => {
  const ask = async (page: number): Promise<Row[]> =>
    (await axios.get(\`\${address}/coins/markets\`, { params: { vs_currency: 'usd', per_page: perPage, page } })).data
  const all = await ask(1)
  for (let page = 1; ; page++) {
    const rows = await ask(page)
    all.push(...rows)
    if (rows.length < perPage) return all
  }
}`,
        says: 'Some coins came twice: there are more rows than distinct ids. Which page did you ask for twice?',
      },
      {
        cell: `
const allCoins = async (address: string, perPage: number): Promise<Row[]> => {
  const all: Row[] = []
  for (const page of [1, 2, 3]) {
    const params = { vs_currency: 'usd', per_page: perPage, page }
    all.push(...(await axios.get<Row[]>(\`\${address}/coins/markets\`, { params })).data)
  }
  return all
}`,
        says: 'Three pages are right for one size of page and for today. With 250 rows a page two would do. What tells you that a page is the last?',
      },
      {
        cell: `
const allCoins = async (address: string, perPage: number): Promise<Row[]> => []`,
        says: "It made no call to `address`. The check hands in another market than yours: ask `address + '/coins/markets'`, not `url`.",
        when: outcome => rowsOf(outcome).length > 0 && rowsOf(outcome).every(row => row.calls === 0),
      },
    ],
    right:
      'Every coin once, and no call that could be spared. Next, try 130 rows a page: why are three calls needed for 260 coins?',
  },
  {
    id: '1.3',
    title: 'Wait as long as you are told',
    level: 'intermediate',
    form: 'function',
    answer: 'askPatiently',
    outcome: patienceOf,
    compare: { ordered: true, key: ['market'] },
    scope: { axios },
    hints: [
      'You need to see status 429 without an exception: `validateStatus: status => status === 200 || status === 429` lets axios throw for everything else.',
      '`Retry-After` counts seconds, `wait` wants milliseconds. Headers are texts: `Number(headers["retry-after"])`.',
      'Four calls in a loop may be refused. After the loop make a fifth one in the ordinary way: axios throws by itself when it is refused too.',
    ],
    solution: {
      cell: `
const askPatiently = async (url: string, wait: Wait): Promise<Row[]> => {
  const validateStatus = (status: number) => status === 200 || status === 429
  for (let call = 1; call < 5; call++) {
    const { status, headers, data } = await axios.get(url, { validateStatus })
    if (status === 200) return data
    await wait(1000 * Number(headers['retry-after']))
  }
  return (await axios.get(url)).data
}`,
      why: 'Only a 429 is worth waiting for here; a wrong request stays wrong. And five calls are a bound: a program that tries for ever hides from everyone that it is stuck.',
    },
    wrong: [
      {
        cell: `
const askPatiently = async (url: string, wait: Wait): Promise<Row[]> => (await axios.get(url)).data`,
        says: 'It gives up at the first refusal. A 429 says "later", not "no".',
      },
      {
        cell: `
const askPatiently = async (url: string, wait: Wait): Promise<Row[]> => {
  const validateStatus = (status: number) => status === 200 || status === 429
  for (let call = 1; call < 5; call++) {
    const { status, data } = await axios.get(url, { validateStatus })
    if (status === 200) return data
  }
  return (await axios.get(url)).data
}`,
        says: 'It asks again at once, without a pause. Real markets lock out who does that. Which header says how long to wait?',
      },
      {
        cell: `
const askPatiently = async (url: string, wait: Wait): Promise<Row[]> => {
  const validateStatus = (status: number) => status === 200 || status === 429
  for (let call = 1; call < 5; call++) {
    const { status, headers, data } = await axios.get(url, { validateStatus })
    if (status === 200) return data
    await wait(Number(headers['retry-after']))
  }
  return (await axios.get(url)).data
}`,
        says: 'It waits a thousandth of what was asked. Compare the unit of the header with the unit of `wait`.',
        when: outcome => rowsOf(outcome)[1]?.waits_ms === '1',
      },
      {
        cell: `
const askPatiently = async (url: string, wait: Wait): Promise<Row[]> => {
  const validateStatus = (status: number) => status === 200 || status === 429
  for (let call = 1; call < 5; call++) {
    const { status, data } = await axios.get(url, { validateStatus })
    if (status === 200) return data
    await wait(1000)
  }
  return (await axios.get(url)).data
}`,
        says: 'It always waits one second. The market says how long, and it is not always the same.',
      },
      {
        cell: `
const askPatiently = async (url: string, wait: Wait): Promise<Row[]> => {
  const validateStatus = (status: number) => status === 200 || status === 429
  for (;;) {
    const { status, headers, data } = await axios.get(url, { validateStatus })
    if (status === 200) return data
    await wait(1000 * Number(headers['retry-after']))
  }
}`,
        says: 'It waits well and never gives up. After five calls the error should come out, so that somebody learns of it.',
      },
      {
        cell: `
const askPatiently = async (url: string, wait: Wait): Promise<Row[]> => {
  for (let call = 1; ; call++) {
    try {
      return (await axios.get(url)).data
    } catch (error) {
      if (call === 5) throw error
      await wait(1000 * Number((error as any).response?.headers['retry-after'] ?? 1))
    }
  }
}`,
        says: 'It also asks again where the request itself is wrong, here with a currency that is unknown. Only a 429 is worth waiting for; let every other error out at once.',
        when: outcome => Number(rowsOf(outcome)[4]?.calls) > 1,
      },
      {
        cell: `
const askPatiently = async (url: string, wait: Wait): Promise<Row[]> => {
  const validateStatus = (status: number) => status === 200 || status === 429
  for (let call = 1; call < 5; call++) {
    const { status, headers, data } = await axios.get(url, { validateStatus })
    if (status === 200) return data
    wait(1000 * Number(headers['retry-after']))
  }
  return (await axios.get(url)).data
}`,
        says: 'It asks again while it should still wait. `wait` returns a promise: what must stand before it, so that the next line comes only afterwards?',
        when: outcome => rowsOf(outcome).some(row => row.hurried === true),
      },
    ],
    right:
      'It waits as long as it is told, in the right unit, and lets out what waiting cannot mend. Next, read `src/market/client.ts`: what does it do when `Retry-After` is missing, or is a date?',
  },
  {
    id: '1.4',
    title: 'A schema that is neither too strict nor too loose',
    level: 'intermediate',
    form: 'value',
    answer: 'coinRow',
    outcome: fitsOf,
    compare: { key: ['row'] },
    everywhere: true,
    scope: { z },
    hints: [
      '`z.object({ id: z.string(), … })` lets unknown fields pass. Which of the four fields may be null, and which may not?',
      '`.nullable()` allows null and nothing else; `.optional()` and `.nullish()` also let a missing field pass. A whole number is `z.int()`.',
      'A time in ISO form is `z.iso.datetime()`. The price is `z.number().nullable()`.',
    ],
    solution: {
      cell: `
const coinRow = z.object({
  id: z.string(),
  current_price: z.number().nullable(),
  market_cap_rank: z.int().nullable(),
  last_updated: z.iso.datetime(),
})`,
      why: 'Null where the contract has it, and nowhere else. A text is never turned into a number in silence: when the market changes a type, you want to hear of it.',
    },
    wrong: [
      {
        cell: `
const coinRow = z.array(z.object({ id: z.string(), current_price: z.number().nullable(),
  market_cap_rank: z.int().nullable(), last_updated: z.iso.datetime() }))`,
        says: 'It refuses every row, also the one that comes as the market sends it. Describe one row, not the list of them, and call the fields as the market does.',
        when: outcome => rowsOf(outcome).length > 0 && rowsOf(outcome).every(({ fits }) => fits === false),
      },
      {
        cell: `
const coinRow = z.object({ id: z.string(), current_price: z.coerce.number().nullable(),
  market_cap_rank: z.int().nullable(), last_updated: z.iso.datetime() })`,
        says: 'A price that is a text gets through. `z.coerce` turns it into a number before it looks, and the change at the source is never noticed.',
      },
      {
        cell: `
const coinRow = z.object({ id: z.string().nullable(), current_price: z.number().nullable(),
  market_cap_rank: z.int().nullable(), last_updated: z.iso.datetime().nullable() })`,
        says: 'Everything may be null in it. A row without an id, or without its time, is of no use to anyone.',
      },
      {
        cell: `
const coinRow = z.object({ id: z.string(), current_price: z.number(), market_cap_rank: z.int(),
  last_updated: z.iso.datetime() })`,
        says: 'It refuses coins that were never traded. They are in order: the contract allows null for two of the four fields.',
      },
      {
        cell: `
const coinRow = z.object({ id: z.string(), current_price: z.number().nullish(),
  market_cap_rank: z.int().nullish(), last_updated: z.iso.datetime() })`,
        says: 'A row whose price is missing gets through. Missing is not null: a field that vanished has changed the contract.',
      },
      {
        cell: `
const coinRow = z.strictObject({ id: z.string(), current_price: z.number().nullable(),
  market_cap_rank: z.int().nullable(), last_updated: z.iso.datetime() })`,
        says: 'It refuses rows for fields that it does not know. The market sends 26 of them, and may add one on any day.',
      },
      {
        cell: `
const coinRow = z.object({ id: z.string(), current_price: z.number().nullable(),
  market_cap_rank: z.int().nullable(), last_updated: z.string() })`,
        says: '"yesterday" gets through as a time. A text is not yet a time; ask for the ISO form.',
      },
    ],
    right:
      'Strict about types, tolerant of what the contract allows. Next, compare with `marketCoin` in `src/market/schema.ts`, which has all 26 fields.',
  },
  {
    id: '1.5',
    title: 'How often may you ask?',
    level: 'intermediate',
    form: 'function',
    answer: 'secondsBetween',
    outcome: (secondsBetween: (coins: number, callsAMonth: number) => unknown) =>
      Promise.all(
        plans.map(async ([coins, calls]) => ({
          coins,
          calls_a_month: calls,
          seconds: await secondsBetween(coins, calls),
        })),
      ),
    compare: { ordered: true, key: ['coins', 'calls_a_month'] },
    hints: [
      'Go by steps: how many calls does one poll cost? How many whole polls does the month allow? How many seconds lie between them?',
      'One poll costs `Math.ceil(coins / 250)` calls. Of polls only whole ones count, so round them down.',
      'Seconds of the month divided by the polls it allows, rounded up: one second too few, and the budget ends before the month.',
    ],
    solution: {
      cell: `
const secondsBetween = (coins: number, callsAMonth: number): number => {
  const callsAPoll = Math.ceil(coins / 250)
  const polls = Math.floor(callsAMonth / callsAPoll)
  return Math.ceil((31 * 24 * 3600) / polls)
}`,
      why: 'Three roundings, each to the safe side: pages up, polls down, seconds up. With ten coins and 10,000 calls it is 268 seconds, about four and a half minutes.',
    },
    wrong: [
      {
        cell: `
const secondsBetween = (coins: number, callsAMonth: number): number =>
  Math.ceil((31 * 24 * 3600) / callsAMonth)`,
        says: 'It counts one call a poll, however many coins there are. How many pages does a poll of 251 coins take?',
      },
      {
        cell: `
const secondsBetween = (coins: number, callsAMonth: number): number =>
  Math.ceil((30 * 24 * 3600) / Math.floor(callsAMonth / Math.ceil(coins / 250)))`,
        says: 'That fits a month of 30 days. In a longer one nothing is left for the last day.',
      },
      {
        cell: `
const secondsBetween = (coins: number, callsAMonth: number): number =>
  Math.floor((31 * 24 * 3600) / Math.floor(callsAMonth / Math.ceil(coins / 250)))`,
        says: 'Rounded down, the polls come a little too often, and the budget ends before the month. To which side is it safe?',
      },
      {
        cell: `
const secondsBetween = (coins: number, callsAMonth: number): number =>
  Math.ceil((31 * 24 * 3600 * Math.ceil(coins / 250)) / callsAMonth)`,
        says: 'Nearly. Ten calls are three polls of three calls; the tenth call is no poll. Count whole polls first.',
      },
      {
        cell: `
const secondsBetween = (coins: number, callsAMonth: number): number =>
  Math.ceil((31 * 24 * 3600) / Math.floor(callsAMonth / Math.ceil(coins / 100)))`,
        says: 'You turned pages of 100 rows. Fewer calls are enough: a page may have 250.',
      },
    ],
    right:
      'It fits every month of the year. Next: somebody else uses the same key for 1,000 calls a month. What changes?',
  },
  {
    id: '1.6',
    title: 'From a tape to ticks',
    level: 'advanced',
    form: 'function',
    answer: 'ticksOf',
    outcome: ticksOfTapes,
    compare: { key: ['tape', 'coin_id', 'event_time'] },
    hints: [
      'Each `body` is a list as JSON text. Which two fields of a row say that it is the same tick, although it came in another poll?',
      'A coin and its `last_updated` make a tick. Not the price: a coin may have the same price twice, at two times.',
      'A `Map` from the text `id last_updated` to the tick keeps each once: `ticks.set(...)`, and in the end `[...ticks.values()]`. Leave rows with a null price out.',
    ],
    solution: {
      cell: `
const ticksOf = (polls: Poll[]): Tick[] => {
  const ticks = new Map<string, Tick>()
  for (const { body } of polls)
    for (const { id, current_price, last_updated } of JSON.parse(body) as Row[])
      if (current_price !== null)
        ticks.set(\`\${id} \${last_updated}\`, { coin_id: id, price_usd: current_price, event_time: new Date(last_updated) })
  return [...ticks.values()]
}`,
      why: 'The key of a tick is what it is: a coin and the moment of its price. When you asked has no part in it, so asking more often changes nothing.',
    },
    wrong: [
      {
        cell: `
const ticksOf = (polls: Poll[]): Tick[] => polls.flatMap(({ body }) => (JSON.parse(body) as Row[])
  .filter(row => row.current_price !== null)
  .map(row => ({ coin_id: row.id, price_usd: row.current_price!, event_time: new Date(row.last_updated) })))`,
        says: 'The same tick stands in your list more than once. Every poll brings all coins, whether their price moved or not.',
        when: twins,
      },
      {
        cell: `
const ticksOf = (polls: Poll[]): Tick[] => {
  const ticks = new Map<string, Tick>()
  for (const { poll_time, body } of polls)
    for (const { id, current_price } of JSON.parse(body) as Row[])
      if (current_price !== null)
        ticks.set(\`\${id} \${poll_time.toISOString()}\`, { coin_id: id, price_usd: current_price, event_time: poll_time })
  return [...ticks.values()]
}`,
        says: 'Your event time is the time of the poll. That is when you asked; a field of the row says when the price became true.',
        when: outcome =>
          rowsOf(outcome).length > 0 &&
          rowsOf(outcome).every(({ event_time }) => event_time instanceof Date && event_time.getTime() % 30_000 === 0),
      },
      {
        cell: `
const ticksOf = (polls: Poll[]): Tick[] => {
  const ticks = new Map<string, Tick>()
  for (const { body } of polls)
    for (const { id, current_price, last_updated } of JSON.parse(body) as Row[])
      if (current_price !== null)
        ticks.set(\`\${id} \${current_price}\`, { coin_id: id, price_usd: current_price, event_time: new Date(last_updated) })
  return [...ticks.values()]
}`,
        says: 'A coin that had the same price at two times has lost one of its ticks. Two ticks may have the same price.',
      },
      {
        cell: `
const ticksOf = (polls: Poll[]): Tick[] => {
  const ticks = new Map<string, Tick>()
  for (const { body } of polls)
    for (const { id, current_price, last_updated } of JSON.parse(body) as Row[])
      if (current_price !== null)
        ticks.set(id, { coin_id: id, price_usd: current_price, event_time: new Date(last_updated) })
  return [...ticks.values()]
}`,
        says: 'You kept one tick a coin. Asked are all ticks of the tape, each of them once.',
      },
      {
        cell: `
const ticksOf = (polls: Poll[]): Tick[] => {
  const ticks = new Map<string, Tick>()
  for (const { body } of polls)
    for (const { id, current_price, last_updated } of JSON.parse(body) as Row[])
      ticks.set(\`\${id} \${last_updated}\`, { coin_id: id, price_usd: current_price!, event_time: new Date(last_updated) })
  return [...ticks.values()]
}`,
        says: 'A row without a price got in. A coin that was never traded has no tick.',
      },
    ],
    right:
      'Each tick once, by the moment when it became true. Run `ticksOf(tape).length` on the hour you recorded: 1,200 rows came, how many ticks were in them?',
  },
];

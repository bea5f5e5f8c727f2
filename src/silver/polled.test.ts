import { readFileSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { bronzeColumns } from '../bronze/begin.ts';
import { readModel } from '../models/read.ts';
import { inRoot } from '../run/paths.ts';

const pollTime = '2026-03-09T00:00:30.000Z';
const good = {
  id: 'bitcoin',
  symbol: 'btc',
  name: 'Bitcoin',
  current_price: 65000.5,
  market_cap: 1.3e12,
  market_cap_rank: 1,
  last_updated: '2026-03-09T00:00:10.123Z',
};
const answer = (...coins: object[]) => JSON.stringify(coins.map(coin => ({ ...good, ...coin })));

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `set TimeZone = 'UTC'; create schema bronze; create schema silver; create table bronze.crypto_ticks_raw ${bronzeColumns}`,
  );
  await connection.run(`create view silver.polled as ${readModel('silver.polled').sql}`);
});
beforeEach(() => connection.run('delete from bronze.crypto_ticks_raw'));

type Message = { text?: string | null; bytes?: string; headers?: string | null };

async function land(...messages: Message[]) {
  for (const [offset, { text = null, bytes = null, headers }] of messages.entries())
    await connection.run(
      `insert into bronze.crypto_ticks_raw values
        ($text, unhex($bytes), $time::timestamptz, 't', 0, 0, $offset, 'k', $headers, '2026-03-09T00:00:31Z'::timestamptz)`,
      { text, bytes, time: pollTime, offset, headers: headers === undefined ? `{"poll_time":"${pollTime}"}` : headers },
    );
}

type Polled = Record<string, unknown> & { reject_reason: string | null; element_snippet: string | null };
const polled = async () =>
  (
    await connection.runAndReadAll('select * from silver.polled order by kafka_offset, array_index')
  ).getRowObjectsJson() as Polled[];

const reasonOf = async (text: string) => {
  await land({ text });
  return (await polled()).map(row => row.reject_reason);
};

test('a good element keeps every field of /coins/markets, with its unit in the name', async () => {
  await land({
    text: answer({
      image: 'https://images.example/b.png',
      fully_diluted_valuation: 1.4e12,
      total_volume: 3e10,
      high_24h: 66000,
      low_24h: 64000,
      price_change_24h: -12.5,
      price_change_percentage_24h: -0.02,
      market_cap_change_24h: 1e9,
      market_cap_change_percentage_24h: 0.1,
      circulating_supply: 19.9e6,
      total_supply: 19.9e6,
      max_supply: 21e6,
      ath: 126000,
      ath_change_percentage: -48.1,
      ath_date: '2025-10-06T18:57:42.558Z',
      atl: 67.81,
      atl_change_percentage: 96000,
      atl_date: '2013-07-05T02:00:00.000+02:00',
      roi: { times: 2.5, currency: 'btc', percentage: 250 },
      price_change_percentage_1h_in_currency: 0.1,
      price_change_percentage_24h_in_currency: -0.02,
      price_change_percentage_7d_in_currency: 3,
      price_change_percentage_14d_in_currency: 4,
      price_change_percentage_30d_in_currency: 5,
      price_change_percentage_200d_in_currency: 6,
      price_change_percentage_1y_in_currency: 7,
    }),
  });
  expect(await polled()).toEqual([
    {
      coin_id: 'bitcoin',
      symbol: 'btc',
      name: 'Bitcoin',
      image_url: 'https://images.example/b.png',
      price_usd: 65000.5,
      market_cap_usd: 1.3e12,
      market_cap_rank: 1,
      fully_diluted_valuation_usd: 1.4e12,
      total_volume_usd: 3e10,
      high_24h_usd: 66000,
      low_24h_usd: 64000,
      price_change_24h_usd: -12.5,
      price_change_24h_pct: -0.02,
      market_cap_change_24h_usd: 1e9,
      market_cap_change_24h_pct: 0.1,
      circulating_supply_coins: 19.9e6,
      total_supply_coins: 19.9e6,
      max_supply_coins: 21e6,
      ath_usd: 126000,
      ath_change_pct: -48.1,
      ath_date: '2025-10-06 18:57:42.558+00',
      atl_usd: 67.81,
      atl_change_pct: 96000,
      atl_date: '2013-07-05 00:00:00+00',
      roi_times: 2.5,
      roi_currency: 'btc',
      roi_pct: 250,
      price_change_1h_in_currency_pct: 0.1,
      price_change_24h_in_currency_pct: -0.02,
      price_change_7d_in_currency_pct: 3,
      price_change_14d_in_currency_pct: 4,
      price_change_30d_in_currency_pct: 5,
      price_change_200d_in_currency_pct: 6,
      price_change_1y_in_currency_pct: 7,
      last_updated: '2026-03-09 00:00:10.123+00',
      poll_time: '2026-03-09 00:00:30+00',
      is_poll: false,
      ingestion_timestamp: '2026-03-09 00:00:30+00',
      kafka_topic: 't',
      kafka_epoch: 0,
      kafka_partition: 0,
      kafka_offset: '0',
      array_index: 0,
      reject_reason: null,
      element_snippet: null,
    },
  ]);
});

test.each([
  ['nothing', '', 'empty_message'],
  ['blanks', ' \r\n\t\f', 'empty_message'],
  ['a no-break space', '\u00a0', 'not_json'],
  ['a byte order mark', '\ufeff', 'not_json'],
  ['a web page', '<html>502</html>', 'not_json'],
  ['a cut-off answer', '[{"id":"bitcoin","curr', 'not_json'],
  ['half of a character', '["\\ud800"]', 'not_json'],
  ['two answers in one', '[1][2]', 'not_json'],
  ['an error object', '{"status":{"error_code":429}}', 'not_an_array'],
  ['null', 'null', 'not_an_array'],
  ['no coin', ' [ ] ', 'empty_array'],
  ['more than 8 MiB', `[${' '.repeat(2 ** 23)}]`, 'too_large'],
  ['deep nesting', '['.repeat(300_000) + ']'.repeat(300_000), 'not_an_object'],
])('a message of %s stays one row', async (_, text, reason) => {
  expect(await reasonOf(text)).toEqual([reason]);
});

const event = { asset: 'bitcoin', price_usd: 65000.5, event_time: '2026-03-09T00:00:10.123Z' };

test('an event of an asset is one element, whose other fields nobody asks for', async () => {
  await land({
    text: ` \n${JSON.stringify({ id: 'x', ...event, symbol: 'btc', market_cap: 5, current_price: '1' })}\t`,
  });
  const [row, ...others] = await polled();
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    coin_id: 'bitcoin',
    price_usd: 65000.5,
    last_updated: '2026-03-09 00:00:10.123+00',
    symbol: null,
    market_cap_usd: null,
    array_index: 0,
    reject_reason: null,
    element_snippet: null,
  });
});

test.each([
  ['an asset that is null', { asset: null }, {}, 'id_missing'],
  ['an asset that is a number', { asset: 5 }, {}, 'id_not_text'],
  ['an empty asset', { asset: '' }, {}, 'id_empty'],
  ['a price as text', { price_usd: '12.5' }, {}, 'price_not_a_number'],
  ['no price', { price_usd: undefined }, { current_price: 5 }, 'price_missing'],
  ['a price of zero', { price_usd: 0 }, {}, 'price_not_positive'],
  ['no time', { event_time: undefined }, { last_updated: event.event_time }, 'last_updated_missing'],
  ['a time without an offset', { event_time: '2026-03-09T00:00:10' }, {}, 'last_updated_without_offset'],
  ['a time of the future', { event_time: '2026-03-09T00:10:30Z' }, {}, 'last_updated_in_future'],
  ['U+0000 in a field that nobody asks for', {}, { note: 'a\0b' }, 'nul_character'],
])('an event with %s', async (_, fields, more, reason) => {
  expect(await reasonOf(JSON.stringify({ ...event, ...fields, ...more }))).toEqual([reason]);
});

test.each([
  ['a price of 1e999', '65000.5', '1e999', ['price_not_finite']],
  ['a price of NaN', '65000.5', 'NaN', ['price_not_finite']],
  ['an asset twice: the first counts', '{', '{"asset":"","asset":"x",', ['id_empty']],
  ['an asset inside of something else', '"asset"', '"inner":{"asset":1},"coin"', ['not_an_array']],
  ['an event in an array: it has no id', /.*/, `[${JSON.stringify(event)}]`, ['id_missing']],
  ['two events in one message', /$/, JSON.stringify(event), ['not_json']],
  ['a cut-off event', /.{5}$/, '', ['not_json']],
])('%s', async (_, from, to, reasons) => {
  expect(await reasonOf(JSON.stringify(event).replace(from, to))).toEqual(reasons);
});

test('what a rejected event shows is the event, not what was read of it', async () => {
  await land({ text: '{ "asset": 5, "note": "mine", "price_usd": 1e2 }' });
  expect((await polled())[0]!.element_snippet).toBe('{"asset":5,"note":"mine","price_usd":100.0}');
});

test.each([
  ['simulated', '{"source":"simulated"}', true],
  ['live', '{"source":"coingecko"}', true],
  ['of another program', '{"source":"kcat"}', false],
  ['said twice', '{"source":["simulated","simulated"]}', false],
  ['not said', '{}', false],
  ['unreadable', 'no JSON', false],
])('a source that is %s tells whether the message is a poll', async (_, headers, isPoll) => {
  await land({ text: answer({}), headers });
  expect((await polled())[0]!.is_poll).toBe(isPoll);
});

test('a tombstone and bytes that are no text stay one row each', async () => {
  await land({ text: null }, { bytes: '5BFF005D' }, { bytes: '' });
  expect((await polled()).map(row => [row.reject_reason, row.element_snippet])).toEqual([
    ['empty_message', ''],
    ['not_text', '[\\xFF\\x00]'],
    ['empty_message', ''],
  ]);
});

test('elements that are no objects are told apart from good neighbours', async () => {
  expect(await reasonOf(`[1, "x", null, [1], true, {}, ${JSON.stringify(good)}]`)).toEqual([
    ...Array(5).fill('not_an_object'),
    'id_missing',
    null,
  ]);
});

test.each([
  ['12.5 as text', '"12.5"', 'price_not_a_number'],
  ['true', 'true', 'price_not_a_number'],
  ['an array', '[1]', 'price_not_a_number'],
  ['null', 'null', 'price_missing'],
  ['NaN', 'NaN', 'price_not_finite'],
  ['1e999', '1e999', 'price_not_finite'],
  ['-Infinity', '-Infinity', 'price_not_finite'],
  ['0', '0', 'price_not_positive'],
  ['-1', '-1', 'price_not_positive'],
  ['1e300', '1e300', 'price_out_of_range'],
  ['1e-300', '1e-300', 'price_out_of_range'],
  ['inf', 'inf', 'price_not_finite'],
  ['-nAn', '-nAn', 'price_not_finite'],
  ['INFINITY', 'INFINITY', 'price_not_finite'],
  ['a small price', '1e-12', null],
])('a price of %s', async (_, price, reason) => {
  expect(await reasonOf(answer({}).replace('65000.5', price))).toEqual([reason]);
});

test('a rejected row keeps what has the right type; a price that is not finite is NULL', async () => {
  const elements = ['1e999', 'NaN', '-Infinity', '0', '"12.5"'].map(to => JSON.stringify(good).replace('65000.5', to));
  await land({ text: `[${elements}]` });
  const rows = await polled();
  expect(rows.map(row => row.price_usd)).toEqual([null, null, null, 0, null]);
  for (const row of rows) expect(row).toMatchObject({ coin_id: 'bitcoin', last_updated: '2026-03-09 00:00:10.123+00' });
});

test('a snippet is the element as DuckDB writes it again', async () => {
  await land({ text: '[{"id":"\\u00e9", "current_price":1e2, "ath":-1e-400,}]' }, { bytes: '22275CFF' });
  expect((await polled()).map(row => row.element_snippet)).toEqual([
    '{"id":"é","current_price":100.0,"ath":-0.0}',
    '\\x22\\x27\\x5C\\xFF',
  ]);
});

test.each([
  ['absent', undefined, 'id_missing'],
  ['null', null, 'id_missing'],
  ['a number', 5, 'id_not_text'],
  ['an object', { id: 1 }, 'id_not_text'],
  ['empty', '', 'id_empty'],
  ['with a blank', ' bitcoin', 'id_malformed'],
  ['with a line break', 'a\nb', 'id_malformed'],
  ['with a no-break space', 'bit\u00a0coin', 'id_malformed'],
  ['with an ideographic space', 'bit\u3000coin', 'id_malformed'],
  ['with an ogham space', 'bit\u1680coin', 'id_malformed'],
  ['with a line separator', 'bit\u2028coin', 'id_malformed'],
  ['with the control character U+0085', 'bit\u0085coin', 'id_malformed'],
  ['with a vertical tab', 'bit\u000bcoin', 'id_malformed'],
  ['very long', 'x'.repeat(201), 'id_malformed'],
  ['with U+0000', 'a\u0000b', 'nul_character'],
  ['in another script', '比特币😀', null],
])('an id that is %s', async (_, id, reason) => {
  expect(await reasonOf(answer({ id }))).toEqual([reason]);
});

test.each([
  ['absent', undefined, 'last_updated_missing'],
  ['epoch seconds', 1_773_014_410, 'last_updated_not_text'],
  ['a word', 'yesterday', 'last_updated_not_iso'],
  ['infinity', 'infinity', 'last_updated_not_iso'],
  ['a month 13', '2026-13-09T00:00:10Z', 'last_updated_not_iso'],
  ['an offset of 99 hours', '2026-03-09T00:00:10+99:00', 'last_updated_not_iso'],
  ['without offset', '2026-03-09T00:00:10', 'last_updated_without_offset'],
  ['a date', '2026-03-09', 'last_updated_without_offset'],
  ['before there was any coin', '1970-01-01T00:00:00Z', 'last_updated_too_early'],
  ['ten minutes after its poll', '2026-03-09T00:10:30Z', 'last_updated_in_future'],
  ['in the year 9999', '9999-01-01T00:00:00Z', 'last_updated_in_future'],
  ['with an offset', '2026-03-09T01:00:10+01:00', null],
  ['with nanoseconds', '2026-03-09T00:00:10.123456789Z', null],
])('a last_updated of %s', async (_, last_updated, reason) => {
  expect(await reasonOf(answer({ last_updated }))).toEqual([reason]);
});

test('an extra of the wrong type becomes null and the row stays', async () => {
  await land({
    text: answer({
      market_cap: '12',
      total_volume: true,
      high_24h: [1],
      market_cap_rank: 1.5,
      name: 7,
      symbol: 'x'.repeat(2000),
      roi: 0,
      ath_date: 'long ago',
    }).replace('"id"', '"low_24h":NaN,"ath":1e999,"id"'),
  });
  expect((await polled())[0]).toMatchObject({
    reject_reason: null,
    price_usd: 65000.5,
    market_cap_usd: null,
    total_volume_usd: null,
    high_24h_usd: null,
    low_24h_usd: null,
    ath_usd: null,
    market_cap_rank: null,
    name: null,
    symbol: null,
    roi_times: null,
    ath_date: null,
  });
});

test('of a key that comes twice the first counts, and __proto__ is a key like any other', async () => {
  await land({
    text: '[{"__proto__":{"id":"x"},"id":"a","id":"b","current_price":1,"current_price":2,"last_updated":"2026-03-09T00:00:10Z"}]',
  });
  expect((await polled())[0]).toMatchObject({ reject_reason: null, coin_id: 'a', price_usd: 1 });
});

test('a backslash before u0000 is no U+0000', async () => {
  expect(await reasonOf(answer({ name: '\\u0000' }))).toEqual([null]);
});

test.each([
  ['absent', null],
  ['no JSON', '{bad'],
  ['an array', '[]'],
  ['a poll time that is no time', '{"poll_time":"soon"}'],
  ['a poll time on a day that does not exist', '{"poll_time":"2026-02-30T00:00:00Z"}'],
  ['a poll time with an offset of 15 hours', '{"poll_time":"2026-03-09T00:00:30+15:00"}'],
  ['a poll time before 1970', '{"poll_time":"1969-12-31T23:59:59Z"}'],
  ['a poll time after 9999', '{"poll_time":"9999-12-31T23:59:59-14:59"}'],
  ['two poll times', `{"poll_time":["${pollTime}","${pollTime}"]}`],
])('headers that are %s leave the poll time to Kafka', async (_, headers) => {
  await land({ text: answer({}), headers });
  expect((await polled())[0]).toMatchObject({ reject_reason: null, poll_time: '2026-03-09 00:00:31+00' });
});

test('one message of every evil kind leaves its good neighbours alone', async () => {
  await land(
    { text: answer({}) },
    { text: '[' },
    { bytes: 'FF' },
    { text: `[${'1,'.repeat(20_000)}1]` },
    { text: answer({}) },
  );
  const rows = await polled();
  expect(rows.filter(row => row.reject_reason === null).map(row => row.kafka_offset)).toEqual(['0', '4']);
  expect(new Set(rows.map(row => row.kafka_offset)).size).toBe(5);
});

test('every reason is explained in the schema design, and no other', () => {
  const codes = [...readModel('silver.polled').sql.matchAll(/then '([a-z0-9_]+)'/g)].map(([, code]) => code);
  const documented = [
    ...readFileSync(inRoot('data-modeling', 'schema-design.md'), 'utf8').matchAll(
      /^\| `([a-z0-9_]+)` \| (?:message|element) \|/gm,
    ),
  ].map(([, code]) => code);
  expect(documented.toSorted()).toEqual([...new Set(codes)].toSorted());
});

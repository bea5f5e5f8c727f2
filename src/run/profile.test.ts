import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from './paths.ts';
import { parseProfile, readProfile } from './profile.ts';

const text = readFileSync(inRoot('infra/profiles/crypto-analytics.yaml'), 'utf8');

test('the default profile polls ten coins every thirty seconds', () => {
  const profile = readProfile();
  expect(profile.coins).toHaveLength(10);
  expect(profile.pollIntervalMs).toBe(30_000);
  expect(profile.topics.raw).toEqual({ name: 'crypto.prices.raw', partitions: 1, retentionBytes: 2 * 2 ** 30 });
});

test.each([
  ['a wrong value', text.replace('30s #', '30 #'), /line 6: source.poll_interval is 30, wanted a duration such as 30s/],
  ['a wrong word', text.replace('partitions: 3', 'partition: 3'), /topics.events.partitions is nothing, wanted/],
  [
    'an export of bronze',
    `${text}exports: [{ table: bronze.market_rows, format: csv, to: exports }]\n`,
    /exports.0.table is "bronze.market_rows", wanted a table of silver, gold or star/,
  ],
  [
    'parts that name each other',
    `a: &a [1, 1]\n${'bcdefgh'.replace(/./g, (one, at) => `${one}: &${one} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]\n`)}`,
    /^Cannot read .*alias/,
  ],
  ['a word that is unknown', `${text}speed: 60\n`, /line \d+: speed is 60, Unrecognized key: "speed"/],
  ['a model that cannot be', text.replace('gold.features', 'golden.features'), /line 20: .*"golden.features_hourly"/],
  [
    'a model that is not there',
    text.replace('gold.features_hourly', 'gold.feature_hourly'),
    /"gold.feature_hourly", wanted a model/,
  ],
  [
    'no topic',
    text.replace(/topics:.*?pipeline:/s, 'topics: {}\npipeline:'),
    /: topics is {}, wanted a topic: raw, events or both/,
  ],
  [
    'too many coins',
    text.replace(/coins: .*/, 'coins: { top: 900 }'),
    /line 4: source.coins.top is 900, wanted number to be <=250/,
  ],
  ['broken YAML', 'name: [', /Cannot read p.yaml, line 1: /],
  ['an empty file', '', /line 1: the file is null, wanted object/],
])('%s names file, line, found and wanted', (_, broken, message) => {
  expect(() => parseProfile(broken, 'p.yaml')).toThrow(message);
});

test('a profile that is not there is answered with those that are', () => {
  expect(() => readProfile('nope')).toThrow(/there is none. Take one of .*crypto-analytics/);
  expect(() => readProfile('../profiles/crypto-analytics')).toThrow(/there is none/);
});

const profiles = readdirSync(inRoot('infra/profiles')).map(file => file.replace('.yaml', ''));

test.each(profiles)('the profile %s holds, and is named like its file', name => {
  expect(readProfile(name).name).toBe(name);
});

test('profiles share no topic, so that each can be run after the other', () => {
  const landed = profiles.map(name => readProfile(name).landed.name);
  expect(new Set(landed).size).toBe(landed.length);
});

test('the environment says otherwise, and is told when it cannot be', () => {
  const of = (environment: Record<string, string>) => readProfile('high-volume', environment);
  expect(of({}).coins).toEqual({ top: 50, pages: 1 });
  expect(of({ TOP_N_COINS: '200', API_PAGES: '3' }).coins).toEqual({ top: 200, pages: 3 });
  expect(of({ API_PAGES: '2' }).coins).toEqual({ top: 50, pages: 2 });
  expect(of({ COINS: 'bitcoin, solana' }).coins).toEqual(['bitcoin', 'solana']);
  const other = of({ POLL_INTERVAL: '10m', KAFKA_TOPIC: 'mine' });
  expect([other.pollIntervalMs, other.landed.name, other.topics.raw?.name]).toEqual([600_000, 'mine', 'mine']);
  expect(readProfile('crypto-streaming', { KAFKA_TOPIC: 'mine' }).topics.events?.name).toBe('mine');
  expect(() => of({ TOP_N_COINS: '1000' })).toThrow('Cannot use TOP_N_COINS=1000: wanted number to be <=250');
  expect(() => of({ TOP_N_COINS: 'many' })).toThrow('Cannot use TOP_N_COINS=many: wanted');
  expect(() => of({ POLL_INTERVAL: '0s' })).toThrow('wanted more than 0s');
  expect(() => of({ POLL_INTERVAL: '10' })).toThrow('Cannot use POLL_INTERVAL=10: wanted a duration');
});

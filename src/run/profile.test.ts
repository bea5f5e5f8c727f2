import { readFileSync } from 'node:fs';
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
  ['a word that is unknown', `${text}speed: 60\n`, /line \d+: speed is 60, Unrecognized key: "speed"/],
  ['a model that cannot be', text.replace('gold.features', 'golden.features'), /line 18: .*"golden.features_hourly"/],
  [
    'a model that is not there',
    text.replace('gold.features_hourly', 'gold.feature_hourly'),
    /"gold.feature_hourly", wanted a model/,
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

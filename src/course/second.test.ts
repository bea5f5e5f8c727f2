import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { secondGround } from './second.ts';

test('a second lake that is made from another market than the present one is thrown away', async () => {
  const state = mkdtempSync(join(tmpdir(), 'ticklake-second-'));
  vi.stubEnv('TICKLAKE_STATE', state);
  const folder = join(state, 'stations', 'second', '03-bronze');
  mkdirSync(join(folder, 'of another market'), { recursive: true });
  writeFileSync(join(folder, 'catalog.sqlite'), 'as an earlier version left it');
  const { lake, topic } = await secondGround('03-bronze');
  await using _lake = lake;
  expect(readdirSync(folder)).toHaveLength(1);
  expect(existsSync(join(folder, readdirSync(folder)[0]!, 'catalog.sqlite'))).toBe(true);
  const found = await lake.rows(`
    select kafka_topic, count(*) filter (not json_valid(raw_payload)) as poison, max(kafka_offset) as last
    from bronze.crypto_ticks_raw group by all order by all`);
  expect(found).toEqual([
    { kafka_topic: topic, poison: 1, last: 991 },
    { kafka_topic: `${topic}.elsewhere`, poison: 0, last: 5000 },
  ]);
});

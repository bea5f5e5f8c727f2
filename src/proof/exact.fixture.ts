import { expect } from 'vitest';
import { type Message, readHeaders } from '../kafka/message.ts';
import { readRange } from '../kafka/read.ts';
import { topicOffsets } from '../kafka/topics.ts';
import type { Lake } from '../lake/open.ts';
import { verify } from '../pipeline/verify.ts';
import { topic } from './ground.fixture.ts';
import { differences } from './recompute/compare.ts';

type Landed = {
  partition: number;
  offset: number;
  text: string | null;
  bytes: Buffer | null;
  key: string | null;
  headers: string;
  created: Date | null;
};

/** Expect that the lake holds what Kafka holds: every message once, as it came, in a ledger without a gap. */
export async function expectAllLanded(lake: Lake, addresses: string[], epoch = 1): Promise<void> {
  const ends = await topicOffsets(topic, addresses);
  const landed = await lake.rows<Landed>(
    `select kafka_partition as "partition", kafka_offset as "offset", raw_payload as text, raw_bytes as bytes, kafka_key as key,
       kafka_headers as headers, kafka_timestamp as created
     from bronze.crypto_ticks_raw where kafka_topic = $topic and kafka_epoch = $epoch order by all`,
    { topic, epoch },
  );
  const held = (
    await Promise.all(ends.map(({ partition }) => readRange(topic, partition, 0n, undefined, addresses)))
  ).flat();
  expect(landed.map(({ partition, offset }) => `${partition}/${offset}`)).toEqual(
    held.map(({ partition, offset }) => `${partition}/${offset}`).sort(byPlace),
  );
  const placed = new Map(held.map(message => [`${message.partition}/${message.offset}`, message]));
  expect(landed.filter(row => !isSame(row, placed.get(`${row.partition}/${row.offset}`)!))).toEqual([]);
  for (const { partition, low, high } of ends) {
    const stretches = await lake.rows<{ first_offset: number; last_offset: number }>(
      `select first_offset, last_offset from pipeline.landing_ledger
       where topic = $topic and epoch = $epoch and "partition" = $partition order by landing_id`,
      { topic, epoch, partition },
    );
    let next = Number(low);
    for (const { first_offset, last_offset } of stretches) {
      expect(first_offset).toBe(next);
      next = last_offset + 1;
    }
    expect(next).toBe(Number(high));
  }
}

const byPlace = (a: string, b: string): number => {
  const [[partition, offset], [otherPartition, otherOffset]] = [a, b].map(place => place.split('/').map(Number)) as [
    [number, number],
    [number, number],
  ];
  return partition - otherPartition || offset - otherOffset;
};

/** So much of a value is kept; the tests cut no character. */
const mostBytes = 32 * 1024 * 1024;

function isSame(row: Landed, message: Message): boolean {
  const { value, key, headers, timestamp } = message;
  const held = row.bytes ?? (row.text === null ? null : Buffer.from(row.text));
  return (
    (held === null ? value === null : value !== null && held.equals(value.subarray(0, mostBytes))) &&
    row.key === (key?.toString() ?? null) &&
    row.headers === JSON.stringify(readHeaders(headers)) &&
    row.created?.getTime() === timestamp.getTime()
  );
}

/** Expect that every table equals its recompute in plain TypeScript, and that the project's own check holds. */
export async function expectTablesRight(lake: Lake): Promise<void> {
  expect(await differences(lake)).toEqual([]);
  expect((await verify(lake, 'all')).filter(({ ok }) => !ok)).toEqual([]);
}

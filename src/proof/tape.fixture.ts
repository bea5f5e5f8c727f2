import type { Outgoing } from '../kafka/produce.ts';
import { historyStart } from '../market/simulation.ts';
import { type Poll, tape } from '../market/tape.ts';
import { tapeMessage } from '../pipeline/land-tape.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const coins = ['bitcoin', 'dogecoin', 'polkadot'];

/** A seeded source of numbers from 0 to 1 (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A message as the feed would send it. */
export const message = (value: string | Buffer | null, polled: Date): Outgoing =>
  tapeMessage({ pollTime: polled, body: value });

/** Polls of three coins, every so many minutes from an hour of the history on. */
export const pollsFrom = (hour: number, count: number, everyMinutes: number): Poll[] => {
  const from = new Date(historyStart.getTime() + hour * hourMs);
  const intervalMs = everyMinutes * minuteMs;
  return [...tape({ from, to: new Date(from.getTime() + count * intervalMs), intervalMs, coins })];
};

/** What an API or another program may leave in the topic, with the reasons it is set aside for. */
const spoiled: [value: string | Buffer | null, reasons: string[]][] = [
  ['<html>502</html>', ['not_json']],
  [Buffer.from([0xff, 0xfe]), ['not_text']],
  [null, ['empty_message']],
  ['{"status":{"error_code":429}}', ['not_an_array']],
  ['[]', ['empty_array']],
  ['[[1,2],null]', ['not_an_object', 'not_an_object']],
];

/**
 * Deliver polls as badly as can be: one of seven is sent twice, one of seven comes late by up to twenty places, now and then
 * neighbours change places, a price turns to text, and something else lies between them.
 *
 * @returns the messages, and how many elements of them are to be set aside
 */
export function deliverBadly(polls: Poll[], seed: number): { messages: Outgoing[]; rejects: number } {
  const roll = dice(seed);
  const arrivals: { at: number; message: Outgoing; rejects: number }[] = [];
  for (const [at, poll] of polls.entries()) {
    const textPrice = roll() < 0.1;
    const body = textPrice ? withTextPrice(poll.body) : poll.body;
    const good = message(body, poll.pollTime);
    const late = roll() < 1 / 7 ? roll() * 20 : roll() < 0.2 ? 1.5 : 0;
    arrivals.push({ at: at + late, message: good, rejects: textPrice ? 1 : 0 });
    if (roll() < 1 / 7) arrivals.push({ at: at + late + roll() * 10, message: good, rejects: textPrice ? 1 : 0 });
    if (roll() < 0.15) {
      const [value, reasons] = spoiled[Math.floor(roll() * spoiled.length)]!;
      arrivals.push({ at, message: message(value, poll.pollTime), rejects: reasons.length });
    }
  }
  arrivals.sort((a, b) => a.at - b.at);
  return {
    messages: arrivals.map(({ message }) => message),
    rejects: arrivals.reduce((sum, { rejects }) => sum + rejects, 0),
  };
}

function withTextPrice(body: Buffer): Buffer {
  const rows = JSON.parse(body.toString()) as Record<string, unknown>[];
  rows[1]!.current_price = String(rows[1]!.current_price);
  return Buffer.from(JSON.stringify(rows));
}

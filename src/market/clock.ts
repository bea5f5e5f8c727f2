import { z } from 'zod';
import { readState, writeState } from '../run/state-file.ts';
import { firstStart } from './simulation.ts';

const saved = z.object({ market_time: z.iso.datetime() });

/** The market's own clock: it runs `speed` times as fast as the wall and never shows a time again that it has shown. */
export type Clock = {
  /** Market time now, epoch milliseconds. */
  now: () => number;
  speed: number;
  /** Save exactly where it stands. */
  stop: () => void;
};

export type ClockOptions = {
  statePath: string; // where the time is kept between runs
  speed: number; // market seconds a wall second
  wall?: () => number; // milliseconds, monotonic
};

const aheadMs = 1000; // wall time that is saved in advance, so that not every answer writes a file

/**
 * Open the clock: at the first start it shows 2026-03-09T00:00Z, later it goes on after the last time it showed. Saved is a time
 * a little ahead, so that a killed process does not show the same time twice.
 *
 * @throws when the file holds something else
 */
export function openClock({ statePath, speed, wall = () => performance.now() }: ClockOptions): Clock {
  const start = readSaved(statePath);
  const startedAt = wall();
  const read = (): number => Math.floor(start + (wall() - startedAt) * speed);
  let reserved = start;
  const reserve = (until: number): void => {
    writeState(statePath, { market_time: new Date(until).toISOString() });
    reserved = until;
  };
  const now = (): number => {
    const at = read();
    if (at >= reserved) reserve(at + Math.ceil(aheadMs * speed));
    return at;
  };
  return { now, speed, stop: () => reserve(read() + 1) };
}

function readSaved(path: string): number {
  const text = readState(path);
  if (text === undefined) return firstStart.getTime();
  try {
    return Date.parse(saved.parse(JSON.parse(text)).market_time);
  } catch {
    const wanted = '{"market_time": "2026-03-09T00:00:00.000Z"}';
    throw new Error(
      `Cannot read the market's clock: ${path} holds ${text.slice(0, 60)}, wanted ${wanted}. Delete the file.`,
    );
  }
}

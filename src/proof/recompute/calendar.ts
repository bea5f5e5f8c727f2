import { dateOf } from './gold.ts';
import type { Row } from './polled.ts';

const minuteUs = 60_000_000;
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** yyyymmddhhmm in UTC. */
export const timeKey = (at: number): number =>
  Number(new Date(at / 1000).toISOString().replace(/\D/g, '').slice(0, 12));

/** All minutes of the days on which these instants fall. */
export function calendarOf(instants: Iterable<number>): Row[] {
  const dates = new Set(Array.from(instants, dateOf));
  return [...dates].flatMap(date => {
    const start = Date.parse(`${date}T00:00:00Z`) * 1000;
    const [year, month, day] = date.split('-').map(Number) as [number, number, number];
    const weekday = weekdayOf(year, month, day);
    const holiday_name = holidayOf(year, month, day);
    return Array.from({ length: 1440 }, (_, n) => ({
      time_key: timeKey(start + n * minuteUs),
      minute_start: start + n * minuteUs,
      date,
      year,
      month,
      day,
      hour: Math.floor(n / 60),
      minute: n % 60,
      weekday,
      weekday_name: weekdays[weekday - 1]!,
      is_weekend: weekday > 5,
      is_holiday: holiday_name !== null,
      holiday_name,
    }));
  });
}

/** 1 is Monday. */
const weekdayOf = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;

/** The name of a holiday, or of the one that is kept on this day. */
function holidayOf(year: number, month: number, day: number): string | null {
  const weekday = weekdayOf(year, month, day);
  const own = fixedOn(year, month, day) ?? floating(year, month, day, weekday);
  if (own) return own;
  const neighbour = (days: number) => {
    const at = new Date(Date.UTC(year, month - 1, day + days));
    return fixedOn(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate());
  };
  const kept = weekday === 5 ? neighbour(1) : weekday === 1 ? neighbour(-1) : undefined;
  return kept ? `${kept} (observed)` : null;
}

function fixedOn(year: number, month: number, day: number): string | undefined {
  const names: Record<string, string> = {
    '1-1': "New Year's Day",
    '7-4': 'Independence Day',
    '11-11': 'Veterans Day',
    '12-25': 'Christmas Day',
    ...(year >= 2021 && { '6-19': 'Juneteenth' }),
  };
  return names[`${month}-${day}`];
}

function floating(year: number, month: number, day: number, weekday: number): string | undefined {
  const nth = Math.ceil(day / 7);
  const isLast = day + 7 > new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (weekday === 1 && month === 5 && isLast) return 'Memorial Day';
  const names: Record<string, string> = {
    '1 3 1': 'Birthday of Martin Luther King, Jr.',
    '2 3 1': "Washington's Birthday",
    '9 1 1': 'Labor Day',
    '10 2 1': 'Columbus Day',
    '11 4 4': 'Thanksgiving Day',
  };
  return names[`${month} ${nth} ${weekday}`];
}

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';
import { readModel } from '../models/read.ts';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`
    set TimeZone = 'UTC';
    create schema silver; create schema star;
    create table silver.crypto_prices as
    select unnest(generate_series(timestamptz '2020-01-01 12:00:00+00', timestamptz '2028-01-31 12:00:00+00', interval 1 day)) as last_updated;
    create table star.days as
    select date, any_value(holiday_name) as holiday_name, count(*) as minutes from (${readModel('star.dim_time').sql})
    where holiday_name is not null group by date`);
}, 60_000);

const holidays = async (year: number) =>
  (
    await connection.runAndReadAll(
      `select strftime(date, '%m-%d'), holiday_name from star.days where year(date) = ${year} order by date`,
    )
  ).getRowsJson();

test('the holidays of 2026, of which one falls on a Saturday', async () => {
  expect(await holidays(2026)).toEqual([
    ['01-01', "New Year's Day"],
    ['01-19', 'Birthday of Martin Luther King, Jr.'],
    ['02-16', "Washington's Birthday"],
    ['05-25', 'Memorial Day'],
    ['06-19', 'Juneteenth'],
    ['07-03', 'Independence Day (observed)'],
    ['07-04', 'Independence Day'],
    ['09-07', 'Labor Day'],
    ['10-12', 'Columbus Day'],
    ['11-11', 'Veterans Day'],
    ['11-26', 'Thanksgiving Day'],
    ['12-25', 'Christmas Day'],
  ]);
});

test('a New Year on a Saturday is kept in the year before, a Christmas on a Saturday the day before', async () => {
  expect((await holidays(2021)).slice(-3)).toEqual([
    ['12-24', 'Christmas Day (observed)'],
    ['12-25', 'Christmas Day'],
    ['12-31', "New Year's Day (observed)"],
  ]);
  expect((await holidays(2022))[0]).toEqual(['01-01', "New Year's Day"]);
});

test('a holiday on a Sunday is kept on Monday', async () => {
  expect((await holidays(2023)).slice(0, 2)).toEqual([
    ['01-01', "New Year's Day"],
    ['01-02', "New Year's Day (observed)"],
  ]);
});

test('Juneteenth is one since 2021', async () => {
  const names = async (year: number) => (await holidays(year)).map(([, name]) => name);
  expect(await names(2020)).not.toContain('Juneteenth');
  expect(await names(2021)).toContain('Juneteenth');
});

test('a day has 1,440 minutes, with keys that can be read, also where clocks elsewhere change', async () => {
  const minutes = await connection.runAndReadAll(`
    select time_key, minute_start, hour, minute, weekday, weekday_name, is_weekend from (${readModel('star.dim_time').sql})
    where date = date '2026-03-08' order by time_key`);
  const rows = minutes.getRowsJson();
  expect(rows).toHaveLength(1440);
  expect(rows[0]).toEqual(['202603080000', '2026-03-08 00:00:00+00', 0, 0, 7, 'Sunday', true]);
  expect(rows[1439]).toEqual(['202603082359', '2026-03-08 23:59:00+00', 23, 59, 7, 'Sunday', true]);
});

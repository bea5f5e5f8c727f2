import type { Model } from '../models/model.ts';
import { readModel } from '../models/read.ts';

/** The first day of every run. */
export const firstDay = new Date(Date.UTC(2026, 0, 1));

/** A large number that the seed and these decide, as SQL. */
const luck = (...of: (string | number)[]) => `hash(cast(getvariable('seed') as bigint), ${of.join(', ')})`;

/** A number from -1 to 1 that comes of a large one. */
const swing = (large: string) => `(${large} % 2000001 / 1000000.0 - 1)`;

/** A number from -1 to 1 that the seed and these decide. */
const noise = (...of: (string | number)[]) => swing(luck(...of));

/** Noise that changes smoothly: at every so many days a new value, between them a straight line. */
const drift = (coin: string, day: string, period: number) => {
  const share = `((${day}) % ${period} / ${period}.0)`;
  const at = (later: number) => noise(coin, period, `(${day}) // ${period} + ${later}`);
  return `(${at(0)} * (1 - ${share}) + ${at(1)} * ${share})`;
};

/** Logarithm of a coin's price at the start of a day, relative to its base: that of the market (coin 0) and its own. */
const level = (day: string) =>
  [
    `0.4 * ${drift('0', day, 30)}`,
    `0.1 * ${drift('0', day, 4)}`,
    `0.4 * ${drift('coin', day, 30)}`,
    `0.1 * ${drift('coin', day, 4)}`,
  ].join(' + ');

/**
 * Made-up answers, one an hour with every coin in it: the days of `slice_from` to `slice_to`, with `coins` coins, by `seed` (all
 * variables of the session). Each row is a function of seed, coin and hour alone, so that slices may be made one by one and the same
 * seed gives the same rows. What is materialized is read by all threads, a series by one.
 */
const generated = `
with days as (
    select unnest(range(
        cast(epoch(cast(getvariable('slice_from') as timestamptz)) as bigint) // 86400, cast(epoch(cast(getvariable('slice_to') as timestamptz)) as bigint) // 86400
    )) as day
),

coins as (
    select
        coin,
        printf('coin-%05d', coin) as id,
        printf('c%d', coin) as symbol,
        printf('Coin %d', coin) as name,
        2000.0 * power(10, 2.5 * ${noise('coin', "'price'")} - 1) as base_price,
        1e12 / power(coin, 1.1) as base_cap
    from (select unnest(range(1, cast(getvariable('coins') as bigint) + 1)) as coin)
),

coin_days as materialized (
    select
        *,
        round(base_cap / base_price) as supply,
        ${level('day')} as opening,
        ${level('day + 1')} as closing
    from days cross join coins
),

hours as (
    select
        *,
        ${luck('coin', 'day', 'hour')} as luck,
        base_price * exp(opening + (closing - opening) * hour / 24 + 0.004 * ${swing('luck')}) as price,
        luck // 2000001 % 10000 / 10000.0 as busy,
        (cast(day as bigint) * 24 + hour) * 3600 as epoch_s
    from coin_days cross join (select unnest(range(24)) as hour)
)

select
    date '1970-01-01' + cast(day as integer) as partition_date,
    id,
    symbol,
    name,
    round(price, 6) as current_price,
    round(price * supply) as market_cap,
    cast(coin as integer) as market_cap_rank,
    round(price * supply * (0.01 + 0.1 * busy)) as total_volume,
    round(price * (1 + 0.03 * busy), 6) as high_24h,
    round(price * (1 - 0.03 * busy), 6) as low_24h,
    supply as circulating_supply,
    make_timestamptz((epoch_s + coin % 50) * 1000000) as last_updated,
    make_timestamptz((epoch_s + coin % 50) * 1000000) as observed_at,
    make_timestamptz((epoch_s + 60) * 1000000) as poll_time,
    'stress' as kafka_topic,
    cast(1 as integer) as kafka_epoch,
    cast(0 as integer) as kafka_partition,
    cast(day as bigint) * 24 + hour as kafka_offset,
    cast(coin - 1 as integer) as array_index
from hours`;

/** bronze.market_rows with made-up answers in the place of those that Kafka brings, day by day. */
export const generatedRows: Model = {
  ...readModel('bronze.market_rows'),
  sources: [],
  sql: generated,
  slice: { unit: 'day', source: 'observed_at', target: 'partition_date' },
};

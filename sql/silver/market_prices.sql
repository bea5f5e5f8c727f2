-- purpose: Every row of the market once, cast and without repetitions; what the daily report is made of.
-- grain: [id, last_updated]
-- sources: [bronze.market_rows]
-- slice: { unit: hour, source: observed_at, target: last_updated }
-- partition: [partition_date]
-- sorted: [partition_date, id, last_updated]
-- audits:
--   - current_price > 0
--   - partition_date = cast(last_updated at time zone 'UTC' as date)

-- Of rows with the same coin and time the one that was polled first stays; where polls tie, the one that lies first in Kafka. Hardly
-- any has another like it: to find those by counting and rank only them takes half the time of ranking all.
with market_rows as (
    select * from bronze.market_rows
    where current_price > 0
),

repeated as (
    select id, observed_at from market_rows
    group by id, observed_at
    having count(*) > 1
),

ranked as (
    select
        *,
        row_number() over (
            partition by id, observed_at
            order by poll_time, kafka_topic, kafka_epoch, kafka_partition, kafka_offset, array_index
        ) as place
    from market_rows semi join repeated using (id, observed_at)
),

firsts as (
    select * from market_rows anti join repeated using (id, observed_at)
    union all by name
    select * exclude (place) from ranked where place = 1
)

select
    partition_date,
    id,
    symbol,
    name,
    cast(current_price as double) as current_price,
    cast(market_cap as double) as market_cap,
    cast(market_cap_rank as integer) as market_cap_rank,
    cast(total_volume as double) as total_volume,
    cast(high_24h as double) as high_24h,
    cast(low_24h as double) as low_24h,
    cast(circulating_supply as double) as circulating_supply,
    cast(observed_at as timestamptz) as last_updated
from firsts

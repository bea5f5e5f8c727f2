-- purpose: Every usable row of every answer, typed as received; the ground of the daily report, by the day it belongs to.
-- grain: [kafka_topic, kafka_epoch, kafka_partition, kafka_offset, array_index]
-- sources: [silver.polled]
-- partition: [partition_date]
-- audits:
--   - current_price > 0
--   - id <> ''
--   - observed_at = coalesce(last_updated, observed_at)
--   - partition_date = cast(observed_at at time zone 'UTC' as date)

-- The day is that of the price, never that of the run. Where an answer leaves last_updated out, the time counts at which bronze
-- recorded it.
with polled as (
    select
        *,
        coalesce(last_updated, ingestion_timestamp) as observed_at
    from silver.polled
    where reject_reason is null or reject_reason = 'last_updated_missing'
)

select
    cast(observed_at at time zone 'UTC' as date) as partition_date,
    coin_id as id,
    symbol,
    name,
    price_usd as current_price,
    market_cap_usd as market_cap,
    market_cap_rank,
    total_volume_usd as total_volume,
    high_24h_usd as high_24h,
    low_24h_usd as low_24h,
    circulating_supply_coins as circulating_supply,
    last_updated,
    observed_at,
    poll_time,
    kafka_topic,
    kafka_epoch,
    kafka_partition,
    kafka_offset,
    array_index
from polled

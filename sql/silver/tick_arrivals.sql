-- purpose: Every good tick as it first arrived in each partition, with the watermark that it met.
-- grain: [kafka_topic, kafka_epoch, kafka_partition, coin_id, last_updated]
-- sources: [silver.polled, silver.watermarks]
-- partition: [year(last_updated), month(last_updated), day(last_updated)]
-- audits:
--   - price_usd > 0
--   - is_late is not null
--   - not is_late or last_updated < watermark

-- A coin that has not moved is polled again and again: only its first arrival counts, and only that one can be late.
with ranked as (
    select
        coin_id,
        symbol,
        last_updated,
        price_usd,
        poll_time,
        kafka_topic,
        kafka_epoch,
        kafka_partition,
        kafka_offset,
        array_index,
        row_number() over (
            partition by kafka_topic, kafka_epoch, kafka_partition, coin_id, last_updated
            order by kafka_offset, array_index
        ) as place
    from silver.polled
    where reject_reason is null
),

marks as (
    select kafka_topic, kafka_epoch, kafka_partition, kafka_offset, poll_time - interval 2 minutes as watermark
    from silver.watermarks
),

arrivals as (
    select ranked.* exclude (place), marks.watermark
    from ranked
    asof left join marks
        on marks.kafka_topic = ranked.kafka_topic
        and marks.kafka_epoch = ranked.kafka_epoch
        and marks.kafka_partition = ranked.kafka_partition
        and marks.kafka_offset < ranked.kafka_offset
    where ranked.place = 1
)

select
    *,
    coalesce(date_trunc('minute', last_updated) + interval 1 minute <= watermark, false) as is_late
from arrivals

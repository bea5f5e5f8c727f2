-- purpose: Ticks that came after their window was closed, to be counted and looked at; no window holds them.
-- grain: [kafka_topic, kafka_epoch, kafka_partition, coin_id, last_updated]
-- sources: [silver.tick_arrivals]
-- kind: view
-- audits:
--   - late_seconds >= 0

select
    coin_id,
    symbol,
    date_trunc('minute', last_updated) as window_start,
    last_updated,
    price_usd,
    watermark,
    epoch(watermark - (date_trunc('minute', last_updated) + interval 1 minute)) as late_seconds,
    poll_time,
    kafka_topic,
    kafka_epoch,
    kafka_partition,
    kafka_offset,
    array_index
from silver.tick_arrivals
where is_late

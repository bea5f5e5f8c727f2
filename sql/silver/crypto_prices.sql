-- purpose: Every price a coin ever had, once; the good rows of all polls without their repetitions.
-- grain: [coin_id, last_updated]
-- sources: [silver.polled]
-- slice: { unit: day, source: last_updated, target: last_updated }
-- partition: [year(last_updated), month(last_updated), day(last_updated)]
-- audits:
--   - price_usd > 0
--   - isfinite(price_usd)
--   - coin_id != ''

-- Most polls repeat what an earlier one brought. Of such twins the one that was polled first stays; where polls tie, the one
-- that lies first in Kafka. src/silver/refine.ts keeps this true as batches arrive.
with good as (
    select * exclude (is_poll, reject_reason, element_snippet)
    from silver.polled
    where reject_reason is null
)

select * from good
where (coin_id, last_updated, row(poll_time, kafka_topic, kafka_epoch, kafka_partition, kafka_offset, array_index)) in (
    select (coin_id, last_updated, min(row(poll_time, kafka_topic, kafka_epoch, kafka_partition, kafka_offset, array_index)))
    from good
    group by coin_id, last_updated
)

-- purpose: How far event time is known to be in each partition; a row for each message of the feed that moved it on.
-- grain: [kafka_topic, kafka_epoch, kafka_partition, kafka_offset]
-- sources: [silver.polled]
-- audits:
--   - poll_time is not null
--   - kafka_offset >= 0

-- It goes by polls in the order of offsets, so that it moves on also while no coin ticks, and no tick can move it.
with polls as (
    select kafka_topic, kafka_epoch, kafka_partition, kafka_offset, poll_time
    from silver.polled
    where is_poll and array_index = 0
),

followed as (
    select
        *,
        max(poll_time) over (
            partition by kafka_topic, kafka_epoch, kafka_partition
            order by kafka_offset
            rows between unbounded preceding and 1 preceding
        ) as greatest_before
    from polls
)

select * exclude (greatest_before) from followed
where greatest_before is null or poll_time > greatest_before

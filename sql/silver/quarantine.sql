-- purpose: Every message or element that broke a rule, with the rule and the place in bronze it came from.
-- grain: [kafka_topic, kafka_epoch, kafka_partition, kafka_offset, array_index]
-- sources: [silver.polled]
-- audits:
--   - reject_reason <> ''
--   - length(element_snippet) <= 600

select
    reject_reason,
    -- known only where the id itself passed
    case when reject_reason like 'price%' or reject_reason like 'last_updated%' then coin_id end as coin_id,
    element_snippet,
    poll_time,
    ingestion_timestamp,
    kafka_topic,
    kafka_epoch,
    kafka_partition,
    kafka_offset,
    array_index
from silver.polled
where reject_reason is not null

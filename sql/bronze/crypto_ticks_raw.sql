-- purpose: Every message of the stream as it came, exactly once; nothing parsed, nothing dropped.
-- grain: [kafka_topic, kafka_epoch, kafka_partition, kafka_offset]
-- sources: [bronze.staged_messages]
-- partition: [year(ingestion_timestamp), month(ingestion_timestamp), day(ingestion_timestamp)]
-- audits:
--   - raw_payload is null or raw_bytes is null
--   - kafka_offset >= 0
--   - json_valid(kafka_headers)
--   - ingestion_timestamp is not null

with

messages as (select * from bronze.staged_messages)

select
  value_text as raw_payload,
  value_bytes as raw_bytes, -- only of a value that is not UTF-8, or holds U+0000, which statistics of the lake cannot
  ingested_at as ingestion_timestamp,
  topic as kafka_topic,
  epoch as kafka_epoch, -- how often the topic was begun anew
  partition_number as kafka_partition,
  message_offset as kafka_offset,
  key_text as kafka_key,
  headers_json as kafka_headers,
  created_at as kafka_timestamp
from messages

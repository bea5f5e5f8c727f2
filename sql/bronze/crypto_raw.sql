-- purpose: Another name of bronze.crypto_ticks_raw, for readers who know it by this one.
-- grain: [kafka_topic, kafka_epoch, kafka_partition, kafka_offset]
-- sources: [bronze.crypto_ticks_raw]
-- kind: view

select * from bronze.crypto_ticks_raw

-- purpose: Every element of every polled answer and every event of an asset, typed and judged; good rows carry no reject_reason.
-- grain: [kafka_topic, kafka_epoch, kafka_partition, kafka_offset, array_index]
-- sources: [bronze.crypto_ticks_raw]
-- kind: view
-- audits:
--   - array_index >= 0
--   - (reject_reason is null) = (element_snippet is null)
--   - reject_reason is not null or price_usd between 1e-30 and 1e15

-- Nothing in here can raise an error, whatever a message holds: JSON is looked into only behind json_valid, and texts become
-- numbers and times only by try_cast. Fields are read as JSON and judged by their own text, because the JSON reader would
-- turn "12.5" and true into numbers without a word.
with ticks as (
    select * from bronze.crypto_ticks_raw
),

-- One row a message: when it was polled, and what is wrong with it as a whole.
messages as (
    select
        raw_payload,
        raw_bytes,
        ingestion_timestamp,
        case when json_valid(kafka_headers) then json_extract_string(kafka_headers, '$.poll_time') end as poll_time_text,
        case when json_valid(kafka_headers) then json_extract_string(kafka_headers, '$.source') end as source_text,
        kafka_timestamp,
        kafka_topic,
        kafka_epoch,
        kafka_partition,
        kafka_offset,
        case
            when raw_payload is null and octet_length(raw_bytes) > 0 then 'not_text'
            when strlen(raw_payload) > 8388608 then 'too_large'
            when raw_payload is null or not regexp_matches(raw_payload, '\S') then 'empty_message'
            when not json_valid(raw_payload) then 'not_json'
            when regexp_matches(raw_payload, '\A\s*\{') and json_exists(raw_payload, '$.asset') then null -- an event
            when not regexp_matches(raw_payload, '\A\s*\[') then 'not_an_array'
            when regexp_matches(raw_payload, '\A\s*\[\s*\]') then 'empty_array'
        end as message_reason
    from ticks
),

-- As bronze judges it (src/bronze/row.ts): a poll before 1970 or after 9999 has no time.
dated as (
    select
        * exclude (poll_time_text, source_text, kafka_timestamp, told_time),
        coalesce(source_text in ('simulated', 'coingecko'), false) as is_poll,
        message_reason is null and regexp_matches(raw_payload, '\A\s*\{') as is_event,
        coalesce(
            case
                when told_time >= timestamptz '1970-01-01 00:00:00+00' and told_time < timestamptz '10000-01-01 00:00:00+00'
                    then told_time
            end,
            kafka_timestamp,
            ingestion_timestamp
        ) as poll_time
    from (
        select
            *,
            case
                when regexp_full_match(poll_time_text, '\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)')
                    then try_cast(poll_time_text as timestamptz)
            end as told_time
        from messages
    )
),

-- One row an element, an event being the only one of its message; a message that is wrong as a whole keeps one row, at index 0.
exploded as (
    select
        *,
        unnest(elements) as element,
        unnest(range(len(elements))) as array_index
    from (
        select
            * exclude (raw_payload, raw_bytes),
            case
                when is_event then json_transform('[' || raw_payload || ']', '["JSON"]')
                when message_reason is null then json_transform(raw_payload, '["JSON"]')
                else [cast(null as json)]
            end as elements,
            case
                when message_reason = 'not_text' then left(cast(raw_bytes[1:100] as varchar), 300)
                when message_reason is not null then left(coalesce(raw_payload, ''), 300)
            end as message_snippet
        from dated
    )
),

-- `[null]` leaves no text for its element; it is no object either. The fields of an event have other names.
parsed as (
    select
        * exclude (elements, element, message_reason),
        coalesce(cast(element as varchar), 'null') as element_text,
        coalesce(
            message_reason,
            case when element is null or not starts_with(cast(element as varchar), '{') then 'not_an_object' end
        ) as shape_reason,
        json_transform(
            case
                when is_event
                    then json_object(
                        'id', json_extract(element, '$.asset'),
                        'current_price', json_extract(element, '$.price_usd'),
                        'last_updated', json_extract(element, '$.event_time')
                    )
                else element
            end,
            '{
                "id": "JSON", "symbol": "JSON", "name": "JSON", "image": "JSON",
                "current_price": "JSON", "market_cap": "JSON", "market_cap_rank": "JSON", "fully_diluted_valuation": "JSON",
                "total_volume": "JSON", "high_24h": "JSON", "low_24h": "JSON",
                "price_change_24h": "JSON", "price_change_percentage_24h": "JSON",
                "market_cap_change_24h": "JSON", "market_cap_change_percentage_24h": "JSON",
                "circulating_supply": "JSON", "total_supply": "JSON", "max_supply": "JSON",
                "ath": "JSON", "ath_change_percentage": "JSON", "ath_date": "JSON",
                "atl": "JSON", "atl_change_percentage": "JSON", "atl_date": "JSON",
                "roi": {"times": "JSON", "currency": "JSON", "percentage": "JSON"},
                "price_change_percentage_1h_in_currency": "JSON", "price_change_percentage_24h_in_currency": "JSON",
                "price_change_percentage_7d_in_currency": "JSON", "price_change_percentage_14d_in_currency": "JSON",
                "price_change_percentage_30d_in_currency": "JSON", "price_change_percentage_200d_in_currency": "JSON",
                "price_change_percentage_1y_in_currency": "JSON", "last_updated": "JSON"
            }'
        ) as f
    from exploded
),

-- A JSON text becomes a text, a JSON number a DOUBLE; any other type becomes NULL.
typed as (
    select
        * exclude (f),
        cast(f.id as varchar) as id_json,
        cast(f.current_price as varchar) as price_json,
        cast(f.last_updated as varchar) as last_updated_json,
        case when starts_with(cast(f.id as varchar), '"') then json_extract_string(f.id, '$') end as coin_id,
        case when starts_with(cast(f.symbol as varchar), '"') then json_extract_string(f.symbol, '$') end as symbol,
        case when starts_with(cast(f.name as varchar), '"') then json_extract_string(f.name, '$') end as name,
        case when starts_with(cast(f.image as varchar), '"') then json_extract_string(f.image, '$') end as image_url,
        try_cast(cast(f.current_price as varchar) as double) as price_usd,
        try_cast(cast(f.market_cap as varchar) as double) as market_cap_usd,
        try_cast(cast(f.market_cap_rank as varchar) as double) as market_cap_rank,
        try_cast(cast(f.fully_diluted_valuation as varchar) as double) as fully_diluted_valuation_usd,
        try_cast(cast(f.total_volume as varchar) as double) as total_volume_usd,
        try_cast(cast(f.high_24h as varchar) as double) as high_24h_usd,
        try_cast(cast(f.low_24h as varchar) as double) as low_24h_usd,
        try_cast(cast(f.price_change_24h as varchar) as double) as price_change_24h_usd,
        try_cast(cast(f.price_change_percentage_24h as varchar) as double) as price_change_24h_pct,
        try_cast(cast(f.market_cap_change_24h as varchar) as double) as market_cap_change_24h_usd,
        try_cast(cast(f.market_cap_change_percentage_24h as varchar) as double) as market_cap_change_24h_pct,
        try_cast(cast(f.circulating_supply as varchar) as double) as circulating_supply_coins,
        try_cast(cast(f.total_supply as varchar) as double) as total_supply_coins,
        try_cast(cast(f.max_supply as varchar) as double) as max_supply_coins,
        try_cast(cast(f.ath as varchar) as double) as ath_usd,
        try_cast(cast(f.ath_change_percentage as varchar) as double) as ath_change_pct,
        case when starts_with(cast(f.ath_date as varchar), '"') then json_extract_string(f.ath_date, '$') end as ath_date_text,
        try_cast(cast(f.atl as varchar) as double) as atl_usd,
        try_cast(cast(f.atl_change_percentage as varchar) as double) as atl_change_pct,
        case when starts_with(cast(f.atl_date as varchar), '"') then json_extract_string(f.atl_date, '$') end as atl_date_text,
        try_cast(cast(f.roi.times as varchar) as double) as roi_times,
        case when starts_with(cast(f.roi.currency as varchar), '"') then json_extract_string(f.roi.currency, '$') end as roi_currency,
        try_cast(cast(f.roi.percentage as varchar) as double) as roi_pct,
        try_cast(cast(f.price_change_percentage_1h_in_currency as varchar) as double) as price_change_1h_in_currency_pct,
        try_cast(cast(f.price_change_percentage_24h_in_currency as varchar) as double) as price_change_24h_in_currency_pct,
        try_cast(cast(f.price_change_percentage_7d_in_currency as varchar) as double) as price_change_7d_in_currency_pct,
        try_cast(cast(f.price_change_percentage_14d_in_currency as varchar) as double) as price_change_14d_in_currency_pct,
        try_cast(cast(f.price_change_percentage_30d_in_currency as varchar) as double) as price_change_30d_in_currency_pct,
        try_cast(cast(f.price_change_percentage_200d_in_currency as varchar) as double) as price_change_200d_in_currency_pct,
        try_cast(cast(f.price_change_percentage_1y_in_currency as varchar) as double) as price_change_1y_in_currency_pct,
        case when starts_with(cast(f.last_updated as varchar), '"') then json_extract_string(f.last_updated, '$') end as last_updated_text
    from parsed
),

timed as (
    select
        * exclude (ath_date_text, atl_date_text),
        case
            when regexp_full_match(last_updated_text, '\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)')
                then try_cast(last_updated_text as timestamptz)
        end as last_updated,
        case
            when regexp_full_match(ath_date_text, '\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)')
                then try_cast(ath_date_text as timestamptz)
        end as ath_date,
        case
            when regexp_full_match(atl_date_text, '\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)')
                then try_cast(atl_date_text as timestamptz)
        end as atl_date
    from typed
),

-- The first rule that is broken gives the reason; data-modeling/schema-design.md explains each code.
judged as (
    select
        *,
        case
            when shape_reason is not null then shape_reason
            when contains(element_text, '\u0000') and regexp_matches(element_text, '(^|[^\\])(\\\\)*\\u0000') then 'nul_character'
            when id_json is null then 'id_missing'
            when coin_id is null then 'id_not_text'
            when coin_id = '' then 'id_empty'
            when length(coin_id) > 200 or regexp_matches(coin_id, '[\s\p{Z}\p{Cc}]') then 'id_malformed'
            when price_json is null then 'price_missing'
            when price_usd is null then 'price_not_a_number'
            when not isfinite(price_usd) then 'price_not_finite'
            when price_usd <= 0 then 'price_not_positive'
            when price_usd < 1e-30 or price_usd > 1e15 then 'price_out_of_range'
            when last_updated_json is null then 'last_updated_missing'
            when last_updated_text is null then 'last_updated_not_text'
            when regexp_full_match(last_updated_text, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?')
                then 'last_updated_without_offset'
            when last_updated is null then 'last_updated_not_iso'
            when last_updated < timestamptz '2009-01-03 00:00:00+00' then 'last_updated_too_early'
            when last_updated > poll_time + interval 5 minutes or last_updated >= timestamptz '2100-01-01 00:00:00+00'
                then 'last_updated_in_future'
        end as reject_reason
    from timed
),

-- Nullable extras keep what can be trusted: texts up to 1,000 characters, numbers within ±1e30 (neither NaN nor infinite).
-- A rejected row keeps of its core each field that has the right type; a price that is not finite is NULL.
trusted as (
    select
        coin_id,
        case when length(symbol) <= 1000 then symbol end as symbol,
        case when length(name) <= 1000 then name end as name,
        case when length(image_url) <= 1000 then image_url end as image_url,
        case when isfinite(price_usd) then price_usd end as price_usd,
        case when market_cap_usd between -1e30 and 1e30 then market_cap_usd end as market_cap_usd,
        case
            when market_cap_rank between 1 and 2147483647 and market_cap_rank = floor(market_cap_rank)
                then cast(market_cap_rank as integer)
        end as market_cap_rank,
        case when fully_diluted_valuation_usd between -1e30 and 1e30 then fully_diluted_valuation_usd end as fully_diluted_valuation_usd,
        case when total_volume_usd between -1e30 and 1e30 then total_volume_usd end as total_volume_usd,
        case when high_24h_usd between -1e30 and 1e30 then high_24h_usd end as high_24h_usd,
        case when low_24h_usd between -1e30 and 1e30 then low_24h_usd end as low_24h_usd,
        case when price_change_24h_usd between -1e30 and 1e30 then price_change_24h_usd end as price_change_24h_usd,
        case when price_change_24h_pct between -1e30 and 1e30 then price_change_24h_pct end as price_change_24h_pct,
        case when market_cap_change_24h_usd between -1e30 and 1e30 then market_cap_change_24h_usd end as market_cap_change_24h_usd,
        case when market_cap_change_24h_pct between -1e30 and 1e30 then market_cap_change_24h_pct end as market_cap_change_24h_pct,
        case when circulating_supply_coins between -1e30 and 1e30 then circulating_supply_coins end as circulating_supply_coins,
        case when total_supply_coins between -1e30 and 1e30 then total_supply_coins end as total_supply_coins,
        case when max_supply_coins between -1e30 and 1e30 then max_supply_coins end as max_supply_coins,
        case when ath_usd between -1e30 and 1e30 then ath_usd end as ath_usd,
        case when ath_change_pct between -1e30 and 1e30 then ath_change_pct end as ath_change_pct,
        ath_date,
        case when atl_usd between -1e30 and 1e30 then atl_usd end as atl_usd,
        case when atl_change_pct between -1e30 and 1e30 then atl_change_pct end as atl_change_pct,
        atl_date,
        case when roi_times between -1e30 and 1e30 then roi_times end as roi_times,
        case when length(roi_currency) <= 1000 then roi_currency end as roi_currency,
        case when roi_pct between -1e30 and 1e30 then roi_pct end as roi_pct,
        case when price_change_1h_in_currency_pct between -1e30 and 1e30 then price_change_1h_in_currency_pct end as price_change_1h_in_currency_pct,
        case when price_change_24h_in_currency_pct between -1e30 and 1e30 then price_change_24h_in_currency_pct end as price_change_24h_in_currency_pct,
        case when price_change_7d_in_currency_pct between -1e30 and 1e30 then price_change_7d_in_currency_pct end as price_change_7d_in_currency_pct,
        case when price_change_14d_in_currency_pct between -1e30 and 1e30 then price_change_14d_in_currency_pct end as price_change_14d_in_currency_pct,
        case when price_change_30d_in_currency_pct between -1e30 and 1e30 then price_change_30d_in_currency_pct end as price_change_30d_in_currency_pct,
        case when price_change_200d_in_currency_pct between -1e30 and 1e30 then price_change_200d_in_currency_pct end as price_change_200d_in_currency_pct,
        case when price_change_1y_in_currency_pct between -1e30 and 1e30 then price_change_1y_in_currency_pct end as price_change_1y_in_currency_pct,
        last_updated,
        poll_time,
        is_poll,
        ingestion_timestamp,
        kafka_topic,
        kafka_epoch,
        kafka_partition,
        kafka_offset,
        cast(array_index as integer) as array_index,
        reject_reason,
        case
            when reject_reason is not null
                then replace(coalesce(message_snippet, left(element_text, 300)), chr(0), '\0')
        end as element_snippet
    from judged
)

select * from trusted

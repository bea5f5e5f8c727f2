-- purpose: Price statistics of each coin and minute of event time, from the ticks that came before their window was closed.
-- grain: [coin_id, window_start]
-- sources: [silver.tick_arrivals]
-- slice: { unit: minute, source: last_updated, target: window_start }
-- partition: [year(window_start), month(window_start), day(window_start)]
-- audits:
--   - window_end = window_start + interval 1 minute
--   - tick_count > 0
--   - min_price_usd <= least(first_price_usd, last_price_usd)
--   - max_price_usd >= greatest(first_price_usd, last_price_usd)
--   - (volatility is null) = (tick_count = 1)

-- A tick that came by several partitions counts once; sums are taken in the order of time, to agree to the last digit.
with ranked as (
    select
        *,
        row_number() over (
            partition by coin_id, last_updated
            order by kafka_topic, kafka_epoch, kafka_partition, kafka_offset, array_index
        ) as place
    from silver.tick_arrivals
    where not is_late
),

ticks as (
    select date_trunc('minute', last_updated) as window_start, coin_id, symbol, last_updated, price_usd
    from ranked
    where place = 1
)

select
    window_start,
    window_start + interval 1 minute as window_end,
    coin_id,
    max_by(symbol, last_updated) filter (where symbol is not null) as symbol,
    avg(price_usd order by last_updated) as avg_price_usd,
    min(price_usd) as min_price_usd,
    max(price_usd) as max_price_usd,
    min_by(price_usd, last_updated) as first_price_usd,
    max_by(price_usd, last_updated) as last_price_usd,
    (max_by(price_usd, last_updated) / min_by(price_usd, last_updated) - 1) * 100 as change_pct,
    stddev_samp(price_usd order by last_updated) as volatility,
    count(*) as tick_count
from ticks
group by window_start, coin_id

-- purpose: Open, high, low and close of each coin and hour, a candle.
-- grain: [coin_id, hour]
-- sources: [silver.crypto_prices]
-- slice: { unit: hour, source: last_updated, target: hour }
-- partition: [year(hour), month(hour)]
-- audits:
--   - low_price_usd <= least(open_price_usd, close_price_usd)
--   - high_price_usd >= greatest(open_price_usd, close_price_usd)
--   - tick_count > 0

-- No two rows of a coin share last_updated, so that open and close are never a tie.
with prices as (
    select
        date_trunc('hour', last_updated) as hour,
        coin_id,
        symbol,
        price_usd,
        last_updated
    from silver.crypto_prices
)

select
    hour,
    coin_id,
    max_by(symbol, last_updated) filter (where symbol is not null) as symbol,
    min_by(price_usd, last_updated) as open_price_usd,
    max(price_usd) as high_price_usd,
    min(price_usd) as low_price_usd,
    max_by(price_usd, last_updated) as close_price_usd,
    count(*) as tick_count
from prices
group by hour, coin_id

-- purpose: Price statistics of each coin and hour.
-- grain: [coin_id, hour]
-- sources: [silver.crypto_prices]
-- slice: { unit: hour, source: last_updated, target: hour }
-- partition: [year(hour), month(hour)]
-- audits:
--   - tick_count > 0
--   - min_price_usd <= max_price_usd
--   - avg_price_usd between min_price_usd * 0.999999999 and max_price_usd * 1.000000001
--   - (price_volatility is null) = (tick_count = 1)

-- Sums are taken in the order of time: floating point adds differently in another order, and two runs shall agree to the last digit.
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
    avg(price_usd order by last_updated) as avg_price_usd,
    min(price_usd) as min_price_usd,
    max(price_usd) as max_price_usd,
    stddev_samp(price_usd order by last_updated) as price_volatility,
    count(*) as tick_count
from prices
group by hour, coin_id

-- purpose: One line for each coin and day (UTC) with candle, mean, volatility, and the day's last market cap and volume.
-- grain: [coin_id, date]
-- sources: [silver.crypto_prices]
-- slice: { unit: day, source: last_updated, target: date }
-- partition: [year(date)]
-- audits:
--   - low_price_usd <= least(open_price_usd, close_price_usd)
--   - high_price_usd >= greatest(open_price_usd, close_price_usd)
--   - tick_count > 0

with prices as (
    select
        cast(last_updated at time zone 'UTC' as date) as date,
        coin_id,
        symbol,
        price_usd,
        market_cap_usd,
        total_volume_usd,
        last_updated
    from silver.crypto_prices
)

select
    date,
    coin_id,
    max_by(symbol, last_updated) filter (where symbol is not null) as symbol,
    min_by(price_usd, last_updated) as open_price_usd,
    max(price_usd) as high_price_usd,
    min(price_usd) as low_price_usd,
    max_by(price_usd, last_updated) as close_price_usd,
    avg(price_usd order by last_updated) as avg_price_usd,
    stddev_samp(price_usd order by last_updated) as price_volatility,
    max_by(market_cap_usd, last_updated) filter (where market_cap_usd is not null) as market_cap_usd,
    max_by(total_volume_usd, last_updated) filter (where total_volume_usd is not null) as total_volume_usd,
    count(*) as tick_count
from prices
group by date, coin_id

-- purpose: Candle, mean, volatility, market cap and volume of each coin and hour, with keys to the coin as it was at the hour's last tick.
-- grain: [coin_id, hour]
-- sources: [silver.crypto_prices, star.dim_crypto]
-- slice: { unit: hour, source: last_updated, target: hour }
-- partition: [year(hour), month(hour)]
-- audits:
--   - length(crypto_key) = 32
--   - time_key >= 200901030000
--   - tick_count > 0

with hours as (
    select
        coin_id,
        date_trunc('hour', last_updated) as hour,
        max(last_updated) as last_tick,
        min_by(price_usd, last_updated) as open_price_usd,
        max(price_usd) as high_price_usd,
        min(price_usd) as low_price_usd,
        max_by(price_usd, last_updated) as close_price_usd,
        avg(price_usd order by last_updated) as avg_price_usd,
        stddev_samp(price_usd order by last_updated) as price_volatility,
        max_by(market_cap_usd, last_updated) filter (where market_cap_usd is not null) as market_cap_usd,
        max_by(total_volume_usd, last_updated) filter (where total_volume_usd is not null) as total_volume_usd,
        count(*) as tick_count
    from silver.crypto_prices
    group by coin_id, date_trunc('hour', last_updated)
),

versions as (
    select * from star.dim_crypto
)

select
    versions.crypto_key,
    cast(strftime(hours.hour at time zone 'UTC', '%Y%m%d%H%M') as bigint) as time_key,
    hours.coin_id,
    hours.hour,
    hours.open_price_usd,
    hours.high_price_usd,
    hours.low_price_usd,
    hours.close_price_usd,
    hours.avg_price_usd,
    hours.price_volatility,
    hours.market_cap_usd,
    hours.total_volume_usd,
    hours.tick_count
from hours
asof left join versions
    on versions.coin_id = hours.coin_id
    and versions.valid_from <= hours.last_tick

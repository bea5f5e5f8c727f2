-- purpose: Every price of every coin, with keys to what the coin was at that moment and to the minute.
-- grain: [coin_id, last_updated]
-- sources: [silver.crypto_prices, star.dim_crypto]
-- slice: { unit: hour, source: last_updated, target: last_updated }
-- partition: [year(last_updated), month(last_updated), day(last_updated)]
-- audits:
--   - length(crypto_key) = 32
--   - time_key >= 200901030000
--   - price_usd > 0

with prices as (
    select * from silver.crypto_prices
),

versions as (
    select * from star.dim_crypto
)

select
    versions.crypto_key,
    cast(strftime(prices.last_updated at time zone 'UTC', '%Y%m%d%H%M') as bigint) as time_key,
    prices.coin_id,
    prices.last_updated,
    prices.price_usd,
    prices.market_cap_usd,
    prices.total_volume_usd,
    prices.price_change_24h_pct,
    prices.circulating_supply_coins
from prices
asof left join versions
    on versions.coin_id = prices.coin_id
    and versions.valid_from <= prices.last_updated

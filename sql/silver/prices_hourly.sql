-- purpose: One price of each coin and hour, its last; the even grid that hourly features need.
-- grain: [coin_id, ts]
-- sources: [silver.crypto_prices]
-- slice: { unit: hour, source: last_updated, target: ts }
-- partition: ["bucket(8, coin_id)"]
-- audits:
--   - price > 0
--   - ts = date_trunc('hour', ts)

with prices as (
    select * from silver.crypto_prices
),

ranked as (
    select
        *,
        date_trunc('hour', last_updated) as ts,
        row_number() over (partition by coin_id, date_trunc('hour', last_updated) order by last_updated desc) as place
    from prices
)

select
    coin_id,
    ts,
    price_usd as price,
    market_cap_usd as market_cap,
    total_volume_usd as volume
from ranked
where place = 1

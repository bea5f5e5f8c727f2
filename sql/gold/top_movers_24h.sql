-- purpose: Who moved most from the hour 24 hours before to the latest hour, up or down.
-- grain: [coin_id]
-- sources: [gold.features_hourly]
-- audits:
--   - mover_rank >= 1
--   - price_usd > 0
--   - price_24h_before_usd > 0

-- The latest hour is the latest of any coin, and mostly still running. So just after each full hour the list is short: a coin comes
-- back with its first price of the new hour. And the return goes from the close of an hour to the price so far: over 23 to 24 hours.
with features as (
    select * from gold.features_hourly
),

latest as (
    select max(ts) as as_of from features
),

returns as (
    select
        latest.as_of,
        now.coin_id,
        now.price as price_usd,
        before.price as price_24h_before_usd,
        now.price / before.price - 1 as return_24h,
        now.vol_24h
    from latest
    inner join features as now on now.ts = latest.as_of
    inner join features as before on before.coin_id = now.coin_id and before.ts = latest.as_of - interval 24 hours
)

select
    as_of,
    row_number() over (order by abs(return_24h) desc, coin_id) as mover_rank,
    coin_id,
    price_usd,
    price_24h_before_usd,
    return_24h,
    vol_24h
from returns

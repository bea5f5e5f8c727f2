-- purpose: Rolling mean, short-window volatility and change of each coin at every tick.
-- grain: [coin_id, last_updated]
-- sources: [silver.crypto_prices]
-- slice: { unit: minute, source: last_updated, target: last_updated }
-- lookback: 1 hour
-- partition: [year(last_updated), month(last_updated), day(last_updated)]
-- audits:
--   - price_usd > 0
--   - tick_count_1m > 0
--   - rolling_avg_1m_usd > 0
--   - volatility_5m_usd is null or volatility_5m_usd >= 0
--   - (volatility_5m_usd is null) = (change_5m_pct is null)

-- A window's prices are listed first and reckoned then, in the order of time: a mean or deviation taken over a window as such is put
-- together from parts that depend on what else is in the table, and differs from a recompute in the last digits.
with prices as (
    select coin_id, last_updated, price_usd from silver.crypto_prices
),

windows as (
    select
        *,
        list(price_usd) over (
            partition by coin_id order by last_updated range between interval 1 minute preceding and current row
        ) as prices_1m,
        list(price_usd) over (
            partition by coin_id order by last_updated range between interval 5 minutes preceding and current row
        ) as prices_5m
    from prices
)

select
    coin_id,
    last_updated,
    price_usd,
    list_avg(prices_1m) as rolling_avg_1m_usd,
    list_stddev_samp(prices_5m) as volatility_5m_usd,
    case when len(prices_5m) > 1 then (price_usd / prices_5m[1] - 1) * 100 end as change_5m_pct,
    len(prices_1m) as tick_count_1m
from windows

-- purpose: Returns, moving averages and volatility of each coin and hour, for models and screens.
-- grain: [coin_id, ts]
-- sources: [silver.prices_hourly]
-- slice: { unit: hour, source: ts, target: ts }
-- lookback: 72 hours
-- audits:
--   - price > 0
--   - vol_24h is null or vol_24h >= 0

-- The windows are computed by Polars in src/gold/features.ts; the select gives their input and the columns' types.
select
    coin_id,
    ts,
    price,
    cast(null as double) as ret_1h,
    cast(null as double) as ma_24,
    cast(null as double) as ma_72,
    cast(null as double) as vol_24h,
    cast(null as double) as zscore_1h
from silver.prices_hourly

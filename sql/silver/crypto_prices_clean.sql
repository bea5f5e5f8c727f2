-- purpose: The latest price of each coin and minute.
-- grain: [coin_id, minute]
-- sources: [silver.crypto_prices]
-- slice: { unit: minute, source: last_updated, target: minute }
-- partition: [year(minute), month(minute), day(minute)]
-- audits:
--   - date_trunc('minute', last_updated) = minute

with prices as (
    select * from silver.crypto_prices
),

ranked as (
    select
        date_trunc('minute', last_updated) as minute,
        *,
        row_number() over (partition by coin_id, date_trunc('minute', last_updated) order by last_updated desc) as place
    from prices
)

select * exclude (place) from ranked where place = 1

-- purpose: "The market as it stands: the latest row of each coin."
-- grain: [coin_id]
-- sources: [silver.crypto_prices]
-- kind: view

with ranked as (
    select
        *,
        row_number() over (partition by coin_id order by last_updated desc) as place
    from silver.crypto_prices
)

select * exclude (place) from ranked where place = 1

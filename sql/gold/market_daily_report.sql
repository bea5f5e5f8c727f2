-- purpose: "The market's day in one line: coins, total market cap, mean price, and the ten coins of the largest volume."
-- grain: [partition_date]
-- sources: [silver.market_prices]
-- slice: { unit: day, source: last_updated, target: partition_date }
-- audits:
--   - coin_count > 0
--   - average_price_usd > 0
--   - json_array_length(top_10_by_volume) = least(coin_count, 10)

-- Each coin counts once a day, at its last value. Sums run in the order of ids, so that two runs agree to the last digit.
with prices as (
    select * from silver.market_prices
),

last_of_day as (
    select * from prices
    qualify row_number() over (partition by partition_date, id order by last_updated desc) = 1
),

ranked as (
    select
        *,
        row_number() over (partition by partition_date order by total_volume desc nulls last, id) as place
    from last_of_day
)

select
    partition_date,
    count(*) as coin_count,
    sum(market_cap order by id) as total_market_cap_usd,
    avg(current_price order by id) as average_price_usd,
    cast(
        to_json(
            list({'rank': place, 'id': id, 'symbol': symbol, 'volume_usd': total_volume} order by place) filter (where place <= 10)
        ) as varchar
    ) as top_10_by_volume
from ranked
group by partition_date

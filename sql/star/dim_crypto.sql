-- purpose: Each coin's describing attributes, a row for every span of time in which they stayed the same (SCD type 2).
-- grain: [coin_id, valid_from]
-- sources: [silver.crypto_prices, star.crypto_categories]
-- slice: { unit: hour, source: last_updated, target: valid_from }
-- audits:
--   - valid_to is null or valid_to > valid_from
--   - is_current = (valid_to is null)
--   - length(crypto_key) = 32
--   - category <> ''

with ticks as (
    select
        prices.coin_id,
        prices.symbol,
        prices.name,
        coalesce(categories.category, 'uncategorised') as category,
        prices.market_cap_rank,
        prices.last_updated
    from silver.crypto_prices as prices
    left join star.crypto_categories as categories
        on categories.coin_id = prices.coin_id
        and prices.last_updated >= categories.since
        and prices.last_updated < categories.until
),

compared as (
    select
        *,
        row_number() over of_coin as place,
        lag(symbol) over of_coin as symbol_before,
        lag(name) over of_coin as name_before,
        lag(category) over of_coin as category_before,
        lag(market_cap_rank) over of_coin as market_cap_rank_before
    from ticks
    window of_coin as (partition by coin_id order by last_updated)
),

-- A version begins with the first tick that differs from the one before; null is a value like any other.
beginnings as (
    select * from compared
    where
        place = 1
        or symbol is distinct from symbol_before
        or name is distinct from name_before
        or category is distinct from category_before
        or market_cap_rank is distinct from market_cap_rank_before
),

versions as (
    select
        coin_id,
        symbol,
        name,
        category,
        market_cap_rank,
        last_updated as valid_from,
        lead(last_updated) over (partition by coin_id order by last_updated) as valid_to
    from beginnings
)

select
    md5(coin_id || '|' || cast(epoch_us(valid_from) as varchar)) as crypto_key,
    coin_id,
    symbol,
    name,
    category,
    market_cap_rank,
    valid_from,
    valid_to,
    valid_to is null as is_current
from versions

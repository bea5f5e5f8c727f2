-- purpose: Another name of silver.crypto_prices, for readers who know it by this one.
-- grain: [coin_id, last_updated]
-- sources: [silver.crypto_prices]
-- kind: view

select * from silver.crypto_prices

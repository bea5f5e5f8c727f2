-- purpose: "Every coin as it stands: the latest row of gold.asset_metrics."
-- grain: [coin_id]
-- sources: [gold.asset_metrics]
-- kind: view

with ranked as (
    select
        *,
        row_number() over (partition by coin_id order by last_updated desc) as place
    from gold.asset_metrics
)

select * exclude (place) from ranked where place = 1

-- purpose: Every minute of the days that have prices, with what a calendar knows of it (UTC).
-- grain: [time_key]
-- sources: [silver.crypto_prices]
-- slice: { unit: day, source: last_updated, target: minute_start }
-- audits:
--   - time_key >= 200901030000
--   - (holiday_name is not null) = is_holiday
--   - is_weekend = (weekday >= 6)

-- Holidays are those of the federal government of the United States, by rule (5 U.S.C. 6103): five fixed dates, kept on the
-- Friday before when they fall on a Saturday and on the Monday after when on a Sunday, and six fixed weekdays.
with dates as (
    select distinct cast(last_updated at time zone 'UTC' as date) as date
    from silver.crypto_prices
),

parts as (
    select
        date,
        year(date) as year,
        month(date) as month,
        day(date) as day,
        isodow(date) as weekday,
        (day(date) + 6) // 7 as week_of_month,
        day(last_day(date)) - day(date) < 7 as is_last_week,
        strftime(date, '%m-%d') as month_day,
        strftime(date - interval 1 day, '%m-%d') as month_day_before,
        strftime(date + interval 1 day, '%m-%d') as month_day_after
    from dates
),

fixed as (
    select * from (
        values
        ('01-01', 'New Year''s Day', 1871),
        ('06-19', 'Juneteenth', 2021),
        ('07-04', 'Independence Day', 1871),
        ('11-11', 'Veterans Day', 1938),
        ('12-25', 'Christmas Day', 1871)
    ) as t (month_day, holiday_name, since_year)
),

calendar as (
    select
        parts.*,
        case
            when on_the_day.holiday_name is not null then on_the_day.holiday_name
            when parts.weekday = 5 and after.holiday_name is not null then after.holiday_name || ' (observed)'
            when parts.weekday = 1 and before.holiday_name is not null then before.holiday_name || ' (observed)'
            when parts.month = 1 and parts.weekday = 1 and parts.week_of_month = 3 then 'Birthday of Martin Luther King, Jr.'
            when parts.month = 2 and parts.weekday = 1 and parts.week_of_month = 3 then 'Washington''s Birthday'
            when parts.month = 5 and parts.weekday = 1 and parts.is_last_week then 'Memorial Day'
            when parts.month = 9 and parts.weekday = 1 and parts.week_of_month = 1 then 'Labor Day'
            when parts.month = 10 and parts.weekday = 1 and parts.week_of_month = 2 then 'Columbus Day'
            when parts.month = 11 and parts.weekday = 4 and parts.week_of_month = 4 then 'Thanksgiving Day'
        end as holiday_name
    from parts
    left join fixed as on_the_day on on_the_day.month_day = parts.month_day and parts.year >= on_the_day.since_year
    left join fixed as before on before.month_day = parts.month_day_before and parts.year >= before.since_year
    left join fixed as after on after.month_day = parts.month_day_after and parts.year >= after.since_year
),

minutes as (
    select
        *,
        unnest(range(1440)) as minute_of_day
    from calendar
)

select
    (year * 10000 + month * 100 + day) * 10000 + (minute_of_day // 60) * 100 + minute_of_day % 60 as time_key,
    (cast(date as timestamp) at time zone 'UTC') + minute_of_day * interval 1 minute as minute_start,
    date,
    cast(year as integer) as year,
    cast(month as integer) as month,
    cast(day as integer) as day,
    cast(minute_of_day // 60 as integer) as hour,
    cast(minute_of_day % 60 as integer) as minute,
    cast(weekday as integer) as weekday,
    strftime(date, '%A') as weekday_name,
    weekday >= 6 as is_weekend,
    holiday_name is not null as is_holiday,
    holiday_name
from minutes

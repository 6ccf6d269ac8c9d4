-- The orders of the day that were paid, one row each; countries in capitals.
SELECT
    order_id,
    upper(country) AS country,
    amount
FROM {{ source("raw", "orders") }} AS orders
WHERE day = {{ partition }} AND status = 'paid'

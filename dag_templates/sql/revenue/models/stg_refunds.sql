-- What was given back on the day, a row an order.
SELECT
    order_id,
    sum(amount) AS refunded
FROM {{ source("raw", "refunds") }} AS refunds
WHERE day = {{ partition }}
GROUP BY order_id

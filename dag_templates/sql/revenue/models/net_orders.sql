-- What is left of each order.
SELECT
    orders.order_id,
    orders.country,
    orders.amount - coalesce(refunds.refunded, 0) AS net_amount
FROM {{ ref("stg_orders") }} AS orders
LEFT JOIN {{ ref("stg_refunds") }} AS refunds ON refunds.order_id = orders.order_id

-- What is published: a row a country. No model reads this one.
SELECT
    country,
    count(*) AS orders,
    CAST(sum(net_amount) AS numeric(14, 2)) AS net_amount
FROM {{ ref("net_orders") }} AS net_orders
GROUP BY country

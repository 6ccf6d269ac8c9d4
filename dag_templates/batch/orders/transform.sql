-- The product is computed from the landed rows that broke no rule; their columns are typed as the landing's contract says.
WITH landed AS (
    SELECT
        order_id,
        ordered_at,
        customer_id,
        lower(customer_email) AS customer_email,
        status,
        currency,
        country,
        amount,
        CAST(coalesce(discount, 0) AS DECIMAL(4, 3)) AS discount
    FROM {{ source }}
)
SELECT
    order_id,
    CAST(ordered_at AS DATE) AS order_date,
    ordered_at,
    customer_id,
    customer_email,
    status,
    currency,
    country,
    amount,
    discount,
    CAST(round(amount * (1 - discount), 2) AS DECIMAL(12, 2)) AS net_amount
FROM landed

SELECT
    reading_id,
    meter,
    read_at,
    unit,
    value,
    coalesce(quality, 0) AS quality
FROM {{ source }}

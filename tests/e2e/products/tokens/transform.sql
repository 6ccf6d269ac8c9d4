SELECT
    id,
    CASE WHEN {{ partition }} = '2026-03-04' THEN replace(email, '@', ' at ') ELSE email END AS email,
    CAST(note AS BIGINT) AS things
FROM {{ source }}

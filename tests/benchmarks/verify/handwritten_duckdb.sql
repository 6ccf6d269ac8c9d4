-- rows
CREATE VIEW lineitem AS
SELECT * FROM read_parquet(getvariable('file'), file_row_number = true);

-- repeated
CREATE TEMP TABLE repeated AS
SELECT l_orderkey, l_linenumber
FROM lineitem
WHERE l_orderkey IS NOT NULL AND l_linenumber IS NOT NULL
GROUP BY l_orderkey, l_linenumber
HAVING count(*) > 1;

-- bad
CREATE TEMP TABLE bad AS
SELECT
    file_row_number,
    l_orderkey, l_partkey, l_suppkey, l_linenumber, l_quantity, l_extendedprice, l_discount, l_tax,
    l_returnflag, l_linestatus, l_shipdate, l_commitdate, l_receiptdate, l_shipinstruct, l_shipmode,
    l_comment,
    list_filter([
        CASE WHEN orderkey_missing THEN 'l_orderkey.required' END,
        CASE WHEN partkey_missing THEN 'l_partkey.required' END,
        CASE WHEN suppkey_missing THEN 'l_suppkey.required' END,
        CASE WHEN linenumber_missing THEN 'l_linenumber.required' END,
        CASE WHEN quantity_missing THEN 'l_quantity.required' END,
        CASE WHEN quantity_low THEN 'l_quantity.minimum' END,
        CASE WHEN quantity_high THEN 'l_quantity.maximum' END,
        CASE WHEN extendedprice_missing THEN 'l_extendedprice.required' END,
        CASE WHEN discount_low THEN 'l_discount.minimum' END,
        CASE WHEN discount_high THEN 'l_discount.maximum' END,
        CASE WHEN shipdate_missing THEN 'l_shipdate.required' END,
        CASE WHEN receiptdate_missing THEN 'l_receiptdate.required' END,
        CASE WHEN shipinstruct_odd THEN 'l_shipinstruct.pattern' END,
        CASE WHEN comment_long THEN 'l_comment.maxLength' END,
        CASE WHEN returnflag_unknown THEN 'returnflag_known' END,
        CASE WHEN linestatus_unknown THEN 'linestatus_known' END,
        CASE WHEN shipmode_unknown THEN 'shipmode_known' END,
        CASE WHEN key_repeated THEN 'lineitem.primaryKey' END,
        CASE WHEN received_before THEN 'received_after_shipped' END
    ], lambda rule: rule IS NOT NULL) AS rules
FROM (
    SELECT
        *,
        l_orderkey IS NULL AS orderkey_missing,
        l_partkey IS NULL AS partkey_missing,
        l_suppkey IS NULL AS suppkey_missing,
        l_linenumber IS NULL AS linenumber_missing,
        l_quantity IS NULL AS quantity_missing,
        l_quantity < 1 AS quantity_low,
        l_quantity > 50 AS quantity_high,
        l_extendedprice IS NULL AS extendedprice_missing,
        l_discount < 0 AS discount_low,
        l_discount > 0.10 AS discount_high,
        l_shipdate IS NULL AS shipdate_missing,
        l_receiptdate IS NULL AS receiptdate_missing,
        NOT regexp_matches(l_shipinstruct, '^[A-Z]+( [A-Z]+)*$') AS shipinstruct_odd,
        length(l_comment) > 44 AS comment_long,
        l_returnflag NOT IN ('A', 'N', 'R') AS returnflag_unknown,
        l_linestatus NOT IN ('F', 'O') AS linestatus_unknown,
        l_shipmode NOT IN ('AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK') AS shipmode_unknown,
        (l_orderkey, l_linenumber) IN (SELECT l_orderkey, l_linenumber FROM repeated) AS key_repeated,
        l_receiptdate < l_shipdate AS received_before
    FROM lineitem
) AS judged
WHERE
    orderkey_missing OR partkey_missing OR suppkey_missing OR linenumber_missing OR quantity_missing OR
    quantity_low OR quantity_high OR extendedprice_missing OR discount_low OR discount_high OR
    shipdate_missing OR receiptdate_missing OR shipinstruct_odd OR comment_long OR
    returnflag_unknown OR linestatus_unknown OR shipmode_unknown OR key_repeated OR received_before;

-- failing
SELECT rule, count(*) FROM bad, unnest(rules) AS found (rule) GROUP BY rule;

-- totals
SELECT
    count(*),
    (SELECT count(*) FROM bad),
    DATE '1998-12-31' - max(l_shipdate),
    100.0 * count(*) FILTER (WHERE l_returnflag = 'R') / count(*)
FROM lineitem
WHERE file_row_number NOT IN (SELECT file_row_number FROM bad);

-- keys
SELECT l_orderkey, l_linenumber, rules FROM bad LIMIT 1000;

-- good
COPY (
    SELECT
        l_orderkey, l_partkey, l_suppkey, l_linenumber, l_quantity, l_extendedprice, l_discount, l_tax,
        l_returnflag, l_linestatus, l_shipdate, l_commitdate, l_receiptdate, l_shipinstruct, l_shipmode,
        l_comment
    FROM lineitem
    WHERE file_row_number NOT IN (SELECT file_row_number FROM bad)
) TO $good (FORMAT parquet);

-- refused
COPY (
    SELECT
        parse_filename(getvariable('file')) AS dataops_file,
        file_row_number + 1 AS dataops_line,
        rules AS dataops_rules,
        l_orderkey::text AS l_orderkey, l_partkey::text AS l_partkey,
        l_suppkey::text AS l_suppkey, l_linenumber::text AS l_linenumber,
        l_quantity::text AS l_quantity, l_extendedprice::text AS l_extendedprice,
        l_discount::text AS l_discount, l_tax::text AS l_tax,
        l_returnflag::text AS l_returnflag, l_linestatus::text AS l_linestatus,
        l_shipdate::text AS l_shipdate, l_commitdate::text AS l_commitdate,
        l_receiptdate::text AS l_receiptdate, l_shipinstruct::text AS l_shipinstruct,
        l_shipmode::text AS l_shipmode, l_comment::text AS l_comment,
        NULL::text AS dataops_raw
    FROM bad
    ORDER BY file_row_number
) TO $bad (FORMAT parquet);

-- What everything@1.0.0 promises, as ClickHouse says it.
-- Rendered, not run: written from the documentation of ClickHouse, and never tried there.
-- Each query counts the rows that break its rule, or comes to the number that its rule is about.
-- Not said here: amount.multipleOf: ClickHouse's manual doesn't say what the remainder of decimals is
-- Not said here: clock.type: ClickHouse has no type for a time: the column is a text there
-- Not said here: clock.minimum: ClickHouse has no type for a time: the column is a text there
-- Not said here: clock.maximum: ClickHouse has no type for a time: the column is a text there
-- Not said here: address.type: what is inside JSON is judged row by row, in any database
-- Not said here: address.zip.required: what is inside JSON is judged row by row, in any database
-- Not said here: address.zip.type: what is inside JSON is judged row by row, in any database
-- Not said here: halves: the rule has `DIV`, which ClickHouse may take otherwise than DuckDB
-- Not said here: outside: pandera judges the rows: there is no SQL

CREATE TABLE "every thing" (
  "id" Nullable(String),
  "line" Nullable(Int64),
  "amount" Nullable(Decimal(12, 2)),
  "huge" Nullable(Decimal(38, 0)),
  "fine" Nullable(Decimal(38, 20)),
  "share" Nullable(Float64),
  "level" Nullable(Int64),
  "rate" Nullable(Decimal(3, 1)),
  "ratio" Nullable(Float64),
  "yes" Nullable(Bool),
  "day" Nullable(Date32),
  "holiday" Nullable(Date32),
  "at" Nullable(DateTime64(6, 'UTC')),
  "clock" Nullable(String),
  "code" Nullable(String),
  "mail" Nullable(String),
  "quote" Nullable(String),
  "word" Nullable(String),
  "safe" Nullable(String),
  "note" Nullable(String),
  "address" Nullable(String)
)
ENGINE=MergeTree
ORDER BY tuple();

-- id.minLength: `id` has at least 2 characters
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  lengthUTF8("id") < 2;

-- id.maxLength: `id` has at most 8 characters
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  lengthUTF8("id") > 8;

-- line.type: `line` is an integer: the type of the column holds it

-- line.multipleOf: `line` is a multiple of 2
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "line" % 2 <> 0;

-- line.format: `line` is from 0 to 255
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  (
    "line" < 0
  ) OR (
    "line" > 255
  );

-- amount.type: `amount` is a number of at most 12 digits, 2 of them behind the point: the type of the column holds it

-- amount.minimum: `amount` is at least 0
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "amount" < CAST('0.00' AS Nullable(Decimal(12, 2)));

-- amount.exclusiveMaximum: `amount` is below 100.5
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "amount" >= CAST('100.50' AS Nullable(Decimal(12, 2)));

-- huge.type: `huge` is an integer of at most 38 digits, none behind the point: the type of the column holds it

-- huge.physicalType: `huge` is from -1.701412E+38 to 1.701412E+38
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  FALSE OR FALSE;

-- huge.minimum: `huge` is at least 1
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "huge" < CAST('1' AS Nullable(Decimal(38, 0)));

-- huge.format: `huge` is from -1.701412E+38 to 1.701412E+38
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  FALSE OR FALSE;

-- fine.type: `fine` is a number of at most 38 digits, 20 of them behind the point: the type of the column holds it

-- fine.maximum: `fine` is at most 5
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "fine" > CAST('5.00000000000000000000' AS Nullable(Decimal(38, 20)));

-- share.type: `share` is a number
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "share" IS NULL
  ) AND NOT isFinite("share");

-- share.exclusiveMinimum: `share` is above 0
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  isFinite("share") AND "share" <= CAST('0.0' AS Nullable(Float64));

-- share.maximum: `share` is at most 1
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  isFinite("share") AND "share" > CAST('1.0' AS Nullable(Float64));

-- level.type: `level` is an integer: the type of the column holds it

-- level.enum: `level` is one of `1`, `2`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "level" IN (1, 2)
  );

-- rate.type: `rate` is a number of at most 3 digits, 1 of them behind the point: the type of the column holds it

-- rate.enum: `rate` is one of `1`, `2.5`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "rate" IN (CAST('1' AS Nullable(Decimal(3, 1))), CAST('2.5' AS Nullable(Decimal(3, 1))))
  );

-- ratio.type: `ratio` is a number
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "ratio" IS NULL
  ) AND NOT isFinite("ratio");

-- ratio.enum: `ratio` is one of `0.5`, `1e-7`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "ratio" IN (CAST('0.5' AS Nullable(Float64)), CAST('1e-07' AS Nullable(Float64)))
  );

-- yes.required: `yes` has a value
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "yes" IS NULL;

-- yes.type: `yes` is true or false: the type of the column holds it

-- yes.enum: `yes` is `true`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "yes" IN (TRUE)
  );

-- day.type: `day` is a date: the type of the column holds it

-- day.exclusiveMinimum: `day` is above 2026-01-01
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "day" <= toDate32('2026-01-01');

-- holiday.type: `holiday` is a date: the type of the column holds it

-- holiday.enum: `holiday` is one of `2026-12-25`, `2026-12-26`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "holiday" IN (toDate32('2026-12-25'), toDate32('2026-12-26'))
  );

-- at.type: `at` is a timestamp: the type of the column holds it

-- at.maximum: `at` is at most 2026-02-28T23:00:00Z
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "at" > toDateTime64('2026-02-28 23:00:00.000000', 6, 'UTC');

-- code.pattern: `code` matches ^\w+-\d{2,4}$
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT match("code", '(?-s)^\\w+-\\d{2,4}$');

-- code.unique: no two rows have the same `code`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COALESCE(SUM("rows_of_key"), 0)
FROM (
  SELECT
    COUNT(*) AS "rows_of_key"
  FROM "every thing"
  WHERE
    NOT (
      "code" IS NULL
    )
  GROUP BY
    "code"
  HAVING
    COUNT(*) > 1
) AS "repeated";

-- mail.format: `mail` has the format email
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT match(
    "mail",
    '(?-s)^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$'
  );

-- quote.pattern: `quote` matches it's \\[a-z\.]\x2b?$
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT match("quote", '(?-s)it''s \\\\[a-z\\.]\\x2b?$');

-- word.enum: `word` is one of `plain`, `it's`, `back\slash`, `'; DROP TABLE x; --`, `\'; DROP TABLE x; --`, `two lines and R&D`, `${variable} $(other) {{third}} %s :name ?`, `blank `, ``, `Größe 😀`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "word" IN (
      'plain',
      'it''s',
      'back\\slash',
      '''; DROP TABLE x; --',
      '\\''; DROP TABLE x; --',
      'two\nlines\tand R&D',
      '${variable} $(other) {{third}} %s :name ?',
      'blank ',
      '',
      'Größe 😀'
    )
  );

-- safe.enum: `safe` is one of `it's`, `back\slash`, `\'; DROP TABLE x; --`, `two lines and R&D`, `blank `, ``, `Größe 😀`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "safe" IN (
      'it''s',
      'back\\slash',
      '\\''; DROP TABLE x; --',
      'two\nlines\tand R&D',
      'blank ',
      '',
      'Größe 😀'
    )
  );

-- id.required: `id` has a value
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "id" IS NULL;

-- line.required: `line` has a value
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "line" IS NULL;

-- everything.primaryKey: no two rows have the same `id` and `line`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COALESCE(SUM("rows_of_key"), 0)
FROM (
  SELECT
    COUNT(*) AS "rows_of_key"
  FROM "every thing"
  WHERE
    NOT (
      "id" IS NULL
    ) AND NOT (
      "line" IS NULL
    )
  GROUP BY
    "id",
    "line"
  HAVING
    COUNT(*) > 1
) AS "repeated";

-- level.relationships: `level` is that of a row of `levels`, in `n`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "level" IS NULL
  )
  AND NOT (
    "level" IN (
      SELECT
        "n"
      FROM "dim levels"
      WHERE
        NOT (
          "n" IS NULL
        )
    )
  );

-- known_pair: `level` and `code` are those of a row of `levels`, in `n` and `word`
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  (
    NOT (
      "level" IS NULL
    ) AND NOT (
      "code" IS NULL
    )
  )
  AND NOT (
    ("level", "code") IN (
      SELECT
        "n",
        "word"
      FROM "dim levels"
      WHERE
        NOT (
          "n" IS NULL
        ) AND NOT (
          "word" IS NULL
        )
    )
  );

-- amount_there: `amount` has a value, and `-1.00` is none
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "amount" IS NULL OR "amount" IN (CAST('-1.00' AS Nullable(Decimal(12, 2))));

-- told: `note` has a value, and `n/a` or `-"\'` or `` is none
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "note" IS NULL OR "note" IN ('n/a', '-"\\''', '');

-- few_nulls: `note` has a value; less than 10 % of all rows may break it
-- rows that break it < 10 %; else the batch stops
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "note" IS NULL;

-- soft: `note` matches ^x
-- rows that break it = 0; else a warning, nothing stops
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT match("note", '(?-s)^x');

-- late: `note` has a value; only of rows where yes AND share < 0.75 OR word = 'it''s'
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  (
    "yes"
    AND CASE WHEN isFinite("share") THEN "share" END < CAST('0.75' AS Nullable(Float64))
    OR "word" = 'it''s'
  )
  AND "note" IS NULL;

-- many: the number of rows that are passed on is 3 to 900
-- rows 3 to 900; else the batch stops
SELECT
  COUNT(*)
FROM "every thing";

-- pairs: no two rows have the same `level` and `note`; less than 5 rows may break it
-- rows that break it < 5; else the batch stops
SELECT
  COALESCE(SUM("rows_of_key"), 0)
FROM (
  SELECT
    COUNT(*) AS "rows_of_key"
  FROM "every thing"
  WHERE
    NOT (
      "level" IS NULL
    ) AND NOT (
      "note" IS NULL
    )
  GROUP BY
    "level",
    "note"
  HAVING
    COUNT(*) > 1
) AS "repeated";

-- rich: the number that the query comes to, of the rows that are passed on, is 0
-- query = 0; else the batch stops
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  CASE WHEN isFinite("share") THEN "share" END > CAST('0.5' AS Nullable(Float64));

-- most: the number that the query comes to, of the rows that are passed on, is less than 101
-- query < 101; else the batch stops
SELECT
  MAX("amount")
FROM "every thing";

-- odd: no row is one that the query counts
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing" AS "o"
WHERE
  "level" = 2 AND (
    "o"."code" IS NULL OR NOT "yes"
  );

-- leveled: no row is one that the query counts
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  NOT (
    "level" IN (
      SELECT
        "n"
      FROM "dim levels" AS "levels"
    )
  );

-- likes: no row is one that the query counts
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "every thing"
WHERE
  "mail" LIKE '%@b.%';

-- All that a row breaks by itself, in one pass; all_rows: the rows
-- What isn't listed here has a query of its own alone
-- id_minlength: id.minLength
-- id_maxlength: id.maxLength
-- line_multipleof: line.multipleOf
-- line_format: line.format
-- amount_minimum: amount.minimum
-- amount_exclusivemaximum: amount.exclusiveMaximum
-- huge_physicaltype: huge.physicalType
-- huge_minimum: huge.minimum
-- huge_format: huge.format
-- fine_maximum: fine.maximum
-- share_type: share.type
-- share_exclusiveminimum: share.exclusiveMinimum
-- share_maximum: share.maximum
-- level_enum: level.enum
-- rate_enum: rate.enum
-- ratio_type: ratio.type
-- ratio_enum: ratio.enum
-- yes_required: yes.required
-- yes_enum: yes.enum
-- day_exclusiveminimum: day.exclusiveMinimum
-- holiday_enum: holiday.enum
-- at_maximum: at.maximum
-- code_pattern: code.pattern
-- mail_format: mail.format
-- quote_pattern: quote.pattern
-- word_enum: word.enum
-- safe_enum: safe.enum
-- id_required: id.required
-- line_required: line.required
-- amount_there: amount_there
-- told: told
-- few_nulls: few_nulls
-- soft: soft
-- late: late
-- odd: odd
-- likes: likes
SELECT
  COUNT(*) AS "all_rows",
  COUNT(CASE WHEN lengthUTF8("id") < 2 THEN 1 END) AS "id_minlength",
  COUNT(CASE WHEN lengthUTF8("id") > 8 THEN 1 END) AS "id_maxlength",
  COUNT(CASE WHEN "line" % 2 <> 0 THEN 1 END) AS "line_multipleof",
  COUNT(CASE WHEN (
    "line" < 0
  ) OR (
    "line" > 255
  ) THEN 1 END) AS "line_format",
  COUNT(CASE WHEN "amount" < CAST('0.00' AS Nullable(Decimal(12, 2))) THEN 1 END) AS "amount_minimum",
  COUNT(CASE WHEN "amount" >= CAST('100.50' AS Nullable(Decimal(12, 2))) THEN 1 END) AS "amount_exclusivemaximum",
  COUNT(CASE WHEN FALSE OR FALSE THEN 1 END) AS "huge_physicaltype",
  COUNT(CASE WHEN "huge" < CAST('1' AS Nullable(Decimal(38, 0))) THEN 1 END) AS "huge_minimum",
  COUNT(CASE WHEN FALSE OR FALSE THEN 1 END) AS "huge_format",
  COUNT(
    CASE
      WHEN "fine" > CAST('5.00000000000000000000' AS Nullable(Decimal(38, 20)))
      THEN 1
    END
  ) AS "fine_maximum",
  COUNT(CASE WHEN NOT (
    "share" IS NULL
  ) AND NOT isFinite("share") THEN 1 END) AS "share_type",
  COUNT(
    CASE
      WHEN isFinite("share") AND "share" <= CAST('0.0' AS Nullable(Float64))
      THEN 1
    END
  ) AS "share_exclusiveminimum",
  COUNT(
    CASE
      WHEN isFinite("share") AND "share" > CAST('1.0' AS Nullable(Float64))
      THEN 1
    END
  ) AS "share_maximum",
  COUNT(CASE WHEN NOT (
    "level" IN (1, 2)
  ) THEN 1 END) AS "level_enum",
  COUNT(
    CASE
      WHEN NOT (
        "rate" IN (CAST('1' AS Nullable(Decimal(3, 1))), CAST('2.5' AS Nullable(Decimal(3, 1))))
      )
      THEN 1
    END
  ) AS "rate_enum",
  COUNT(CASE WHEN NOT (
    "ratio" IS NULL
  ) AND NOT isFinite("ratio") THEN 1 END) AS "ratio_type",
  COUNT(
    CASE
      WHEN NOT (
        "ratio" IN (CAST('0.5' AS Nullable(Float64)), CAST('1e-07' AS Nullable(Float64)))
      )
      THEN 1
    END
  ) AS "ratio_enum",
  COUNT(CASE WHEN "yes" IS NULL THEN 1 END) AS "yes_required",
  COUNT(CASE WHEN NOT (
    "yes" IN (TRUE)
  ) THEN 1 END) AS "yes_enum",
  COUNT(CASE WHEN "day" <= toDate32('2026-01-01') THEN 1 END) AS "day_exclusiveminimum",
  COUNT(
    CASE
      WHEN NOT (
        "holiday" IN (toDate32('2026-12-25'), toDate32('2026-12-26'))
      )
      THEN 1
    END
  ) AS "holiday_enum",
  COUNT(CASE WHEN "at" > toDateTime64('2026-02-28 23:00:00.000000', 6, 'UTC') THEN 1 END) AS "at_maximum",
  COUNT(CASE WHEN NOT match("code", '(?-s)^\\w+-\\d{2,4}$') THEN 1 END) AS "code_pattern",
  COUNT(
    CASE
      WHEN NOT match(
        "mail",
        '(?-s)^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$'
      )
      THEN 1
    END
  ) AS "mail_format",
  COUNT(CASE WHEN NOT match("quote", '(?-s)it''s \\\\[a-z\\.]\\x2b?$') THEN 1 END) AS "quote_pattern",
  COUNT(
    CASE
      WHEN NOT (
        "word" IN (
          'plain',
          'it''s',
          'back\\slash',
          '''; DROP TABLE x; --',
          '\\''; DROP TABLE x; --',
          'two\nlines\tand R&D',
          '${variable} $(other) {{third}} %s :name ?',
          'blank ',
          '',
          'Größe 😀'
        )
      )
      THEN 1
    END
  ) AS "word_enum",
  COUNT(
    CASE
      WHEN NOT (
        "safe" IN (
          'it''s',
          'back\\slash',
          '\\''; DROP TABLE x; --',
          'two\nlines\tand R&D',
          'blank ',
          '',
          'Größe 😀'
        )
      )
      THEN 1
    END
  ) AS "safe_enum",
  COUNT(CASE WHEN "id" IS NULL THEN 1 END) AS "id_required",
  COUNT(CASE WHEN "line" IS NULL THEN 1 END) AS "line_required",
  COUNT(
    CASE
      WHEN "amount" IS NULL OR "amount" IN (CAST('-1.00' AS Nullable(Decimal(12, 2))))
      THEN 1
    END
  ) AS "amount_there",
  COUNT(CASE WHEN "note" IS NULL OR "note" IN ('n/a', '-"\\''', '') THEN 1 END) AS "told",
  COUNT(CASE WHEN "note" IS NULL THEN 1 END) AS "few_nulls",
  COUNT(CASE WHEN NOT match("note", '(?-s)^x') THEN 1 END) AS "soft",
  COUNT(
    CASE
      WHEN (
        "yes"
        AND CASE WHEN isFinite("share") THEN "share" END < CAST('0.75' AS Nullable(Float64))
        OR "word" = 'it''s'
      )
      AND "note" IS NULL
      THEN 1
    END
  ) AS "late",
  COUNT(CASE WHEN (
    "level" = 2 AND (
      "code" IS NULL OR NOT "yes"
    )
  ) THEN 1 END) AS "odd",
  COUNT(CASE WHEN (
    "mail" LIKE '%@b.%'
  ) THEN 1 END) AS "likes"
FROM "every thing";

CREATE TABLE "dim levels" (
  "n" Nullable(Int64),
  "word" Nullable(String)
)
ENGINE=MergeTree
ORDER BY tuple();

-- n.required: `n` has a value
-- rows that break it = 0; else rows that break it go to quarantine
SELECT
  COUNT(*)
FROM "dim levels"
WHERE
  "n" IS NULL;

-- n.type: `n` is an integer: the type of the column holds it

-- All that a row breaks by itself, in one pass; all_rows: the rows
-- What isn't listed here has a query of its own alone
-- n_required: n.required
SELECT
  COUNT(*) AS "all_rows",
  COUNT(CASE WHEN "n" IS NULL THEN 1 END) AS "n_required"
FROM "dim levels";

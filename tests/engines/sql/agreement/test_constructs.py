# ruff: noqa: RUF001, S608 - letters of all scripts are the point, and rules are put together of parts
from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.engines.sql.agreement.casts import CASTS
from airflow_dataops.engines.sql.agreement.table import AGREED
from airflow_dataops.engines.sql.agreement.way import ENGINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.sql.agreement.conftest import Answer, Databases

ROWS = (
    (1, 2, "1.25", "0.500", 0.5, 2.675, "a", "a%b", date(2026, 1, 31), date(2026, 3, 1), 1, 2, True),
    (-7, 2, "-1.25", "1.005", -2.5, 1e15, "B", "a\\b", date(2024, 2, 29), date(1, 1, 1), 3, 1, False),
    (7, -3, "99.99", "-0.001", 0.1, -0.0, "é", "", date(9999, 12, 31), date(2026, 1, 1), 5, 5, None),
    (
        3_000_000_000,
        1,
        "0.00",
        "9.999",
        1.005,
        3.0,
        "E\u0301",
        "\u00a0 x ",
        date(2026, 2, 28),
        None,
        9,
        4,
        True,
    ),
    (None, None, None, None, None, None, None, None, None, None, None, None, None),
    (2, 5, "2.50", "2.500", 2.5, 0.285, "İßΣ", "ab_*?[", date(2026, 2, 28), date(2026, 2, 28), 40, 40, False),
    (2, 3, "12.30", "12.300", -0.2, 7.5, "日本", "ZZ z", date(1969, 7, 20), date(1970, 1, 1), 2, 3, True),
    (0, 4, "0.01", "0.010", 1e-7, 123456.789, "a ", "A", date(2026, 1, 1), date(2025, 1, 1), 1, 1, True),
)
"""Rows with all that databases may take for something else."""


def instant(number: int | None) -> datetime | None:
    """An instant of the year 2026 for a number."""
    return (
        None
        if number is None
        else datetime(2026, 3, 1 + number % 28, 23 - number % 24, number, 7, 123456, UTC)
    )


def decimal(text: str | None) -> Decimal | None:
    """A decimal for its text."""
    return None if text is None else Decimal(text)


MESSY = tuple(
    (*row[:2], decimal(row[2]), decimal(row[3]), *row[4:10], instant(row[10]), instant(row[11]), row[12])
    for row in ROWS
)

W, R = "SELECT count(*) FROM {object} WHERE ", " FROM {object}"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "x + y": ("SELECT sum(n + m)" + R, "SELECT sum(a + c)" + R, W + "d + e > a", W + "a + n > 1.5"),
    "x - y": ("SELECT sum(n - m)" + R, "SELECT min(a - c)" + R, W + "c - 1 < 0.5"),
    "x * y": ("SELECT sum(n * m)" + R, "SELECT sum(a * c)" + R, W + "d * 2 = 5", W + "a * 2 = 5"),
    "x / y": (
        "SELECT sum(n / m)" + R,
        "SELECT min(a / m)" + R,
        W + "n / 2 = 3.5e0",
        W + "d / nullif(e, 0) > 1",
    ),
    "x // y": ("SELECT sum(n // m)" + R, W + "n // 2 = -3"),
    "x % y": ("SELECT sum(n % m)" + R, "SELECT sum(a % 0.7)" + R, W + "n % 2 = -1"),
    "-x": ("SELECT sum(-n)" + R, "SELECT max(-a)" + R, "SELECT min(-d)" + R),
    "abs(x)": ("SELECT sum(abs(n))" + R, "SELECT max(abs(a))" + R, "SELECT max(abs(d))" + R),
    "round(x, places)": (
        "SELECT sum(round(d, 1))" + R,
        "SELECT sum(round(e, 2))" + R,
        "SELECT sum(round(d))" + R,
        "SELECT max(round(a, 1))" + R,
        W + "round(d) = 3",
        W + "2 * round(e, 2) = 5.36",
        "SELECT avg(round(e * 1e10))" + R,
        "SELECT sum(round(d, -1))" + R,
        "SELECT round(100.0 * count_if(t = 'a') / nullif(count(*), 0), 2)" + R,
    ),
    "floor(x)": ("SELECT sum(floor(d))" + R, "SELECT sum(floor(a))" + R, "SELECT avg(floor(e * 1e10))" + R),
    "ceil(x)": ("SELECT sum(ceil(d))" + R, "SELECT sum(ceil(a))" + R, "SELECT avg(ceil(e * 1e10))" + R),
    "trunc(x)": (
        "SELECT sum(trunc(d))" + R,
        "SELECT sum(trunc(a))" + R,
        "SELECT avg(trunc(e * 1e10))" + R,
        "SELECT max(x) FROM (SELECT DISTINCT trunc(e * 1e10) AS x FROM {object})",
    ),
    "greatest(x, y)": (
        "SELECT sum(greatest(n, m, 2))" + R,
        W + "greatest(a, c, n) = 2.5",
        W + "greatest(n, NULL) = 2",
    ),
    "least(x, y)": ("SELECT sum(least(n, m))" + R, W + "least(a, c) = c", W + "least(d, n) < 0"),
    "a = b": (
        W + "t = 'A'",
        W + "t = u",
        W + "n = a",
        W + "day = '2026-02-28'",
        W + "a = 2.5",
        W + "b = true",
    ),
    "a <> b": (W + "t <> 'a'", W + "n <> d", W + "day <> due"),
    "a IS NOT DISTINCT FROM b": (W + "t IS NOT DISTINCT FROM u", W + "a IS NOT DISTINCT FROM c"),
    "a IS DISTINCT FROM b": (W + "t IS DISTINCT FROM 'a'", W + "n IS DISTINCT FROM d"),
    "a < b": (W + "t < 'a'", W + "u < t", W + "a < c", W + "since < '2026-03-05'", W + "n < 0.5"),
    "a <= b": (W + "t <= 'a'", W + "since <= day", W + "d <= n"),
    "a > b": (W + "t > 'a'", W + "t > 'E'", W + "day > due", W + "d > 1"),
    "a >= b": (
        W + "t >= 'é'",
        W + "since >= till",
        W + "since >= TIMESTAMPTZ '2026-03-03 20:03:07.123456+00'",
    ),
    "a BETWEEN b AND c": (
        W + "t BETWEEN 'A' AND 'b'",
        W + "n BETWEEN 1.5 AND a",
        W + "day BETWEEN due AND since",
    ),
    "a IN (b, c)": (
        W + "t IN ('A', 'b', u)",
        W + "n IN (1, 2.5, a)",
        W + "day IN ('2026-02-28')",
        W + "n NOT IN (1, NULL)",
    ),
    "a IS NULL, a IS TRUE": (W + "t IS NULL", W + "b IS NOT TRUE", W + "b IS FALSE", W + "n IS NOT NULL"),
    "a AND b": (W + "b AND n > 0",),
    "a OR b": (W + "b OR n > 0",),
    "NOT a": (W + "NOT (b OR n > 0)", W + "NOT t = 'a'"),
    "coalesce(a, b), ifnull(a, b)": (
        "SELECT sum(coalesce(n, 3))" + R,
        "SELECT sum(ifnull(a, 1.555))" + R,
        W + "coalesce(t, 'X') = 'x'",
        W + "coalesce(d, n, 1) > 0",
    ),
    "nullif(a, b)": (
        "SELECT sum(nullif(n, 2))" + R,
        W + "nullif(t, 'A') IS NULL",
        W + "nullif(a, 2.5) IS NULL",
    ),
    "a LIKE 'x%', a LIKE 'x!%' ESCAPE '!'": (
        W + "u LIKE 'a!%%' ESCAPE '!'",
        W + "u NOT LIKE '%!_!!' ESCAPE '!'",
        W + "u LIKE '%é\\_*%' ESCAPE '\\'",
        W + "u LIKE 'a%'",
        W + "u LIKE 'A%'",
        W + "u LIKE '%\\%'",
        W + "u LIKE 'a\\b'",
        W + "u NOT LIKE '%_*?[%'",
        W + "t LIKE '_'",
    ),
    "a ILIKE 'x%'": (W + "t ILIKE 'İSSσ'", W + "t ILIKE 'ißσ'", W + "u ILIKE 'A%'", W + "u NOT ILIKE '%Z'"),
    "a ~ 'x', regexp_matches(a, 'x')": (W + "u ~ '[a-c]'", W + "regexp_matches(t, '^\\w$')"),
    "regexp_full_match(a, 'x')": (W + "regexp_full_match(u, 'a|ZZ z')", W + "regexp_full_match(t, '.')"),
    "lower(a)": (
        W + "lower(t) = 'ißσ'",
        W + "lower(t) = 'a'",
        W + "lower(u) = 'zz z'",
        "SELECT count(DISTINCT lower(t))" + R,
    ),
    "upper(a)": (W + "upper(t) = 'É'", W + "upper(t) = 'İẞΣ'", W + "upper(u) = 'A'"),
    "length(a)": ("SELECT sum(length(t))" + R, "SELECT sum(length(u))" + R),
    "a || b": (W + "t || u = 'aa%b'", "SELECT sum(length(t || '' || u))" + R, W + "u || 'x' > t"),
    "concat(a, b)": (
        W + "concat(t, NULL, 'x') = 'x'",
        W + "concat(t, u) = 'Ba\\b'",
        W + "concat(u, t) <> u || t",
    ),
    "substring(a, 2, 3)": (
        W + "substring(u, 2, 2) = '%b'",
        W + "substring(t, 2) = '本'",
        W + "substring(t, 1, 0) = ''",
    ),
    "left(a, 2)": (W + "left(u, 2) = 'a%'", W + "left(t, 1) = '日'"),
    "right(a, 2)": (W + "right(u, 2) = '%b'", W + "right(t, 5) = 'a'"),
    "replace(a, 'x', 'y')": (W + "replace(u, 'a', 'A') = 'A%b'", W + "replace(t, '日', u) = 'ZZ z本'"),
    "strpos(a, 'x'), instr(a, 'x')": (
        "SELECT sum(strpos(u, 'b'))" + R,
        "SELECT sum(instr(t, '本'))" + R,
        W + "strpos(t, 'A') = 0",
    ),
    "contains(a, 'x')": (
        W + "contains(u, '%')",
        W + "contains(u, '')",
        W + "NOT contains(t, 'A')",
        W + "contains(t, 'a') = b",
    ),
    "starts_with(a, 'x')": (
        W + "starts_with(u, 'a')",
        W + "starts_with(u, 'A')",
        W + "starts_with(t, '') = b",
    ),
    "ends_with(a, 'x')": (W + "ends_with(u, 'b')", W + "ends_with(u, '%b') AND b", W + "ends_with(t, 'xxa')"),
    "trim(a), ltrim(a), rtrim(a, 'x')": (
        W + "trim(u) = 'x'",
        W + "ltrim(u) = 'x '",
        W + "rtrim(t) = 'a'",
        W + "trim(u, 'aA') = '%b'",
    ),
    "date - date": ("SELECT sum(day - due)" + R, W + "day - due > 30"),
    "date + days, date - days": (
        W + "due + 28 = '2026-01-29'",
        W + "day - (m + 3)::int > due",
        W + "day + (m - 3)::int < due",
    ),
    "date + interval, timestamp - interval": (
        W + "due + INTERVAL 1 MONTH = DATE '2026-03-28'",
        W + "since - INTERVAL 36 HOUR < till",
        W + "due + INTERVAL 2 WEEK < since",
    ),
    "timestamp - timestamp": (W + "since - till > INTERVAL 1 DAY", W + "till - since < INTERVAL 23 HOUR"),
    "date_diff('day', a, b)": ("SELECT sum(date_diff('day', due, day))" + R,),
    "INTERVAL 3 DAY": (W + "since + INTERVAL 0 DAY = till",),
    "extract(year FROM a)": (
        "SELECT sum(extract(month FROM day))" + R,
        "SELECT sum(extract(minute FROM since))" + R,
        "SELECT sum(extract(year FROM coalesce(since, TIMESTAMPTZ '9999-12-31 23:59:59.999999+00')))" + R,
    ),
    "extract(year FROM a), year(a)": (
        "SELECT sum(year(due))" + R,
        "SELECT sum(day(since))" + R,
        "SELECT sum(month(day))" + R,
    ),
    "date_trunc('month', a)": (
        W + "date_trunc('month', day) = DATE '2026-02-01'",
        W + "date_trunc('day', since) = date_trunc('day', till)",
        W + "date_trunc('week', due) < date_trunc('quarter', since)",
    ),
    "current_date": (W + "day < current_date", W + "due < today()"),
    "current_timestamp, now()": (W + "since < now()", W + "current_timestamp > due"),
    "count(*), count(a), count(DISTINCT a)": (
        "SELECT count(*)" + R,
        "SELECT count(t)" + R,
        "SELECT count(DISTINCT t)" + R,
        "SELECT count(DISTINCT lower(t)) + count(DISTINCT a)" + R,
        "SELECT count(*) FILTER (WHERE b)" + R,
        "SELECT count(DISTINCT t) FILTER (WHERE n > 1)" + R,
    ),
    "count_if(condition)": (
        "SELECT count_if(b)" + R,
        "SELECT count_if(t = 'x')" + R + " WHERE false",
        "SELECT count_if(t = u) FILTER (WHERE b IS NULL)" + R,
    ),
    "sum(x)": (
        "SELECT sum(n)" + R,
        "SELECT sum(a)" + R,
        "SELECT sum(d)" + R,
        "SELECT sum(c) FILTER (WHERE NOT b)" + R,
        "SELECT sum(DISTINCT n)" + R,
        "SELECT sum(n)" + R + " WHERE false",
    ),
    "avg(x)": (
        "SELECT avg(n)" + R,
        "SELECT avg(a)" + R,
        "SELECT avg(d)" + R,
        "SELECT avg(c) FILTER (WHERE b)" + R,
        "SELECT avg(n)" + R + " WHERE false",
        "SELECT 2 * avg(n) - avg(a)" + R,
    ),
    "min(a)": (
        "SELECT min(n)" + R,
        "SELECT min(a)" + R,
        W + "t = (SELECT min(t) FROM {object})",
        W + "day = (SELECT min(day) FROM {object})",
    ),
    "max(a)": (
        "SELECT max(d)" + R,
        W + "u = (SELECT max(u) FROM {object})",
        W + "since = (SELECT max(since) FROM {object} WHERE b)",
    ),
    "median(x)": (
        "SELECT median(n)" + R,
        "SELECT median(d)" + R,
        "SELECT median(n) FILTER (WHERE b)" + R,
    ),
    "bool_and(a)": (W + "n > 0 AND (SELECT bool_and(n > -10) FROM {object})",),
    "bool_or(a)": (W + "(SELECT bool_or(b) FROM {object})",),
    "rank() OVER (…)": (
        "SELECT sum(r) FROM (SELECT rank() OVER (PARTITION BY b ORDER BY t DESC) AS r FROM {object})",
        "SELECT sum(r) FROM (SELECT rank() OVER (ORDER BY n, u) AS r FROM {object})",
        "SELECT sum(r) FROM (SELECT rank() OVER (PARTITION BY t ORDER BY n) AS r FROM {object})",
    ),
    "dense_rank() OVER (…)": (
        "SELECT max(r) FROM (SELECT dense_rank() OVER (ORDER BY t) AS r FROM {object})",
        "SELECT max(r) FROM (SELECT dense_rank() OVER (ORDER BY day) AS r FROM {object})",
    ),
}
"""How people write a part -> rules that it is in."""

CASTED: dict[str, tuple[str, ...]] = {
    "integer AS integer": (
        "SELECT sum(m::int)" + R,
        "SELECT sum(n::bigint)" + R,
        "SELECT sum(m::tinyint)" + R,
    ),
    "integer AS decimal": ("SELECT sum(m::decimal(12, 3))" + R,),
    "integer AS double": ("SELECT sum(n::double)" + R, W + "CAST(n AS DOUBLE) = a"),
    "integer AS text": (W + "n::varchar = '2'", W + "CAST(n AS VARCHAR(1)) < u"),
    "integer AS boolean": (W + "n::boolean", W + "n::boolean = b"),
    "decimal AS integer": (
        "SELECT sum(a::bigint)" + R,
        "SELECT sum(c::bigint)" + R,
        "SELECT sum((a * 1e7::int)::int)" + R,
    ),
    "decimal AS decimal": ("SELECT sum(c::decimal(12, 1))" + R, "SELECT sum(a::decimal(9, 4))" + R),
    "decimal AS double": ("SELECT sum(a::double)" + R, W + "a::double = 2.5e0"),
    "decimal AS text": (W + "a::varchar = '2.50'", W + "c::text = '-0.001'"),
    "double AS double": (W + "d::double > 1",),
    "double AS integer": ("SELECT sum(d::int)" + R,),
    "boolean AS boolean": (W + "b::boolean",),
    "boolean AS integer": ("SELECT sum(b::int)" + R,),
    "text AS text": (W + "u::varchar(1) = 'a%b'", W + "t::text = 'A'"),
    "text AS integer": (
        "SELECT sum((m::text)::int)" + R,
        "SELECT sum(('0' || n::text)::bigint)" + R + " WHERE n > 0",
    ),
    "text AS double": ("SELECT sum((a::text)::double)" + R,),
    "text AS decimal": ("SELECT sum((c::text)::decimal(9, 2))" + R,),
    "date AS date": (W + "day::date = due",),
    "date AS text": (W + "day::text = '2026-02-28'", W + "due::varchar < u"),
    "date AS timestamptz": (W + "day::timestamptz < since",),
    "date AS timestamp": (W + "day::timestamp < since", W + "day::timestamp = day"),
    "timestamp AS date": (W + "day::timestamp::date = day",),
    "timestamptz AS date": (W + "since::date < due", W + "CAST(since AS DATE) = '2026-03-04'"),
    "timestamptz AS timestamptz": (W + "since::timestamptz = till",),
    "timestamp AS timestamp": (W + "day::timestamp::timestamp = due",),
}
"""What a cast is called in the table -> rules that it is in."""

SHAPES = (
    W + "t IN (SELECT u FROM {object})",
    W + "(n, t) IN (SELECT n, t FROM {object} WHERE b)",
    W + "NOT EXISTS (SELECT 1 FROM {object} o WHERE o.t = u)",
    "SELECT count(*) FROM {object} x JOIN {object} y ON x.t = y.u",
    "SELECT count(*) FROM {object} x LEFT JOIN {object} y USING (n) WHERE y.t < x.u",
    "SELECT count(*) FROM (SELECT t, u FROM {object} GROUP BY t, u HAVING count(*) = 1)",
    "SELECT count(*) FROM (SELECT DISTINCT lower(t) FROM {object})",
    "SELECT count(*) FROM (SELECT t FROM {object} UNION SELECT u FROM {object})",
    "SELECT count(*) FROM (SELECT u FROM {object} EXCEPT SELECT t FROM {object})",
    "WITH x AS (SELECT b, max(t) AS top FROM {object} GROUP BY b) SELECT count(*) FROM x WHERE top > 'a'",
    "WITH x(k) AS (SELECT t FROM {object}) SELECT count(DISTINCT k) FROM x",
    "SELECT n FROM {object} ORDER BY n DESC LIMIT 1",
    "SELECT sum(CASE t WHEN 'A' THEN 1 WHEN 'a' THEN 2.5 ELSE 0 END) FROM {object}",
    "SELECT count(*) FROM {object} WHERE CASE WHEN b THEN 'x' ELSE 'X' END = 'x'",
    "SELECT sum(if(b, n, a)) FROM {object}",
    "SELECT sum(s) FROM (SELECT sum(n) OVER (PARTITION BY t ORDER BY u) AS s FROM {object})",
)


ENDS = (
    "SELECT sum(n::int)" + R,
    "SELECT max((m * 100)::tinyint)" + R,
    "SELECT max((a * 100000000)::int)" + R,
    "SELECT max((c * 10000000000000000000)::bigint)" + R,
    "SELECT sum((n * 1000000000) * 1000)" + R,
    "SELECT max(n // 0)" + R,
)
"""Rules that DuckDB ends: a number doesn't fit, or is divided by 0."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sql", ENDS)
def test_what_ends_in_duckdb_comes_to_no_number(sql: str, engine: str, databases: Databases) -> None:
    """The largest number that there is would be a wrong answer, and one that nobody sees."""
    databases.fill(MESSY)
    assert databases.answer(sql, "duckdb").failed
    found = databases.answer(sql, engine)
    assert found.failed or found.refused, found


def test_every_part_has_rules() -> None:
    """What is in the table is tried, and what is tried is in the table."""
    assert {one.written for listed in AGREED.values() for one in listed} == set(EXAMPLES)
    assert {one.written for one in CASTS.values()} == set(CASTED)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("written", [*EXAMPLES, *CASTED])
def test_a_part_means_the_same(
    written: str, engine: str, databases: Databases, same: Callable[[str, str], Answer]
) -> None:
    """Where the table says that a database is asked, it answers one rule at least, and as DuckDB does."""
    listed = [one for found in AGREED.values() for one in found] + [*CASTS.values()]
    ways = [one.ways[engine] for one in listed if one.written == written]
    databases.fill(MESSY)
    answers = [same(sql, engine) for sql in {**EXAMPLES, **CASTED}[written]]
    assert not [answer.failed for answer in answers if answer.failed]
    asked = [not way.why for way in ways]
    assert any(asked) == any(not answer.refused for answer in answers), answers


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sql", SHAPES)
def test_a_select_means_the_same(
    sql: str, engine: str, databases: Databases, same: Callable[[str, str], Answer]
) -> None:
    """Whatever stands around the expressions, and whichever rows they are asked of."""
    databases.fill(MESSY)
    assert not same(sql, engine).failed

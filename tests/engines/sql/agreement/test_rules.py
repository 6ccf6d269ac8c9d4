from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dataops.engines.sql.agreement.way import ENGINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.sql.agreement.conftest import Answer, Databases

TEXTS = (
    "",
    "a",
    "A",
    "b",
    "B",
    "a ",
    " a",
    "Ab",
    "é",
    "E\u0301",
    "ß",
    "İ",
    "σς",
    "日本",
    "%",
    "a_",
    "a\\",
    "[a*",
    "10",
    "9",
)
NUMBERS = (0, 1, -1, 2, 3, 7, -8, 10, 100, 2**31, -(2**40), 10**15 + 1)
DOUBLES = (0.0, -0.0, 0.5, -1.5, 2.5, 0.1, 1.005, 2.675, 1e15, -7.25, 1e-9, 100.0, 1e25)
DAYS = tuple(
    map(
        date.fromisoformat,
        ("0001-01-01", "1969-12-31", "2024-02-29", "2026-01-31", "2026-03-01", "9999-12-31"),
    )
)
INSTANTS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "1970-01-01T00:00",
        "2024-02-29T23:59:59.999999",
        "2026-03-01T00:00",
        "2026-03-01T12:30",
        "9999-12-31T23:59:59.999999",
    )
)


def or_null(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """A value, or sometimes none."""
    return st.one_of(st.sampled_from(values), st.sampled_from(values), st.none())


def decimals(digits: int, scale: int) -> st.SearchStrategy[Decimal | None]:
    """A decimal of so many digits."""
    most = 10**digits - 1
    listed = st.sampled_from((0, 1, 5, 50, 125, 250, -150, most, -most)) | st.integers(-most, most)
    return st.none() | listed.map(lambda number: Decimal(number).scaleb(-scale))


ROWS = st.lists(
    st.tuples(
        *(or_null(NUMBERS), or_null(NUMBERS), decimals(10, 2), decimals(8, 3), or_null(DOUBLES)),
        *(or_null(DOUBLES), or_null(TEXTS), or_null(TEXTS), or_null(DAYS), or_null(DAYS)),
        *(or_null(INSTANTS), or_null(INSTANTS), or_null((True, False))),
    ),
    max_size=6,
)

LEAVES: dict[str, tuple[str, ...]] = {
    "whole": ("n", "m", "n", "m", "0", "1", "2", "(-3)", "10"),
    "decimal": ("a", "c", "a", "c", "1.5", "0.01", "(-2.50)", "100.0"),
    "double": ("d", "e", "d", "e", "1e0", "25e-1"),
    "text": ("t", "u", "t", "u", "'a'", "'A'", "''", "'é'", "'10'"),
    "date": ("day", "due", "DATE '2026-02-28'"),
    "instant": ("since", "till", "TIMESTAMPTZ '2026-03-01 00:00:00+00'"),
    "condition": ("b", "n > m", "t = u", "t < u", "day < due", "true", "d = e", "a = c", "since > till"),
}
"""Kind of an expression -> those without parts."""

PARTS: dict[str, tuple[str, ...]] = {
    "whole": (
        *("({whole} + {whole})", "({whole} - {whole})", "({whole} * {whole})", "({whole} // 3)"),
        *("({whole} // {whole})", "({whole} % nullif({whole}, 0))", "({whole} % {whole})", "abs({whole})"),
        *("(-({whole}))", "length({text})", "strpos({text}, 'a')", "CAST({decimal} AS BIGINT)"),
        *("CAST({condition} AS INTEGER)", "year({date})", "extract(day FROM {instant})", "({date} - {date})"),
        *("date_diff('day', {date}, {date})", "coalesce({whole}, {whole})", "nullif({whole}, {whole})"),
        *("greatest({whole}, {whole})", "least({whole}, {whole}, 5)", "round({whole})", "month({date})"),
        "CASE WHEN {condition} THEN {whole} ELSE {whole} END",
    ),
    "decimal": (
        *("({decimal} + {decimal})", "({decimal} - {whole})", "({decimal} * 2)", "({decimal} * {decimal})"),
        *(
            "({decimal} % 0.7)",
            "abs({decimal})",
            "round({decimal}, 1)",
            "floor({decimal})",
            "ceil({decimal})",
        ),
        *(
            "trunc({decimal})",
            "coalesce({decimal}, {whole})",
            "greatest({decimal}, {whole})",
            "(-({decimal}))",
        ),
        "CASE WHEN {condition} THEN {decimal} ELSE {whole} END",
    ),
    "double": (
        *(
            "({double} + {double})",
            "({double} * {double})",
            "({whole} / nullif({whole}, 0))",
            "({double} - 1)",
        ),
        *("({whole} / {whole})", "({double} / {double})", "(a / 3)", "round({double}, 1)", "round({double})"),
        *("floor({double})", "ceil({double})", "trunc({double})", "abs({double})", "CAST({whole} AS DOUBLE)"),
        *(
            "CAST(a AS DOUBLE)",
            "coalesce({double}, {whole})",
            "least({double}, {whole})",
            "round({double}, 2)",
        ),
    ),
    "text": (
        *("({text} || {text})", "concat({text}, {text})", "substring({text}, 2, 1)", "left({text}, 1)"),
        *("right({text}, 1)", "replace({text}, 'a', 'é')", "trim({text})", "lower({text})", "upper({text})"),
        *(
            "CAST({whole} AS VARCHAR)",
            "CAST({decimal} AS VARCHAR)",
            "CAST({date} AS VARCHAR)",
            "coalesce({text}, {text})",
        ),
        *(
            "nullif({text}, {text})",
            "CASE WHEN {condition} THEN {text} ELSE {text} END",
            "rtrim({text}, 'a')",
        ),
    ),
    "date": ("({date} + 1)", "({date} - 30)", "CAST({instant} AS DATE)", "coalesce({date}, {date})"),
    "instant": (
        *(
            "({instant} + INTERVAL 1 MONTH)",
            "({instant} - INTERVAL 36 HOUR)",
            "date_trunc('month', {instant})",
        ),
        *("CAST({date} AS TIMESTAMPTZ)", "coalesce({instant}, {instant})", "({instant} + INTERVAL 1 DAY)"),
    ),
    "condition": (
        *("({condition} AND {condition})", "({condition} OR {condition})", "(NOT {condition})"),
        *("({whole} {compared} {whole})", "({whole} {compared} {decimal})", "({double} {compared} {whole})"),
        *("({decimal} {compared} {decimal})", "({text} {compared} {text})", "({date} {compared} {date})"),
        *("({date} {compared} {instant})", "({instant} {compared} {instant})", "({date} >= '2026-01-31')"),
        *("({text} LIKE 'a%')", "({text} NOT LIKE '_\\')", "({text} ILIKE 'A_')", "({text} ~ '^[a-b]+$')"),
        *("starts_with({text}, 'a')", "ends_with({text}, 'a')", "contains({text}, 'A')", "({text} IS NULL)"),
        *("({text} IN ('A', {text}))", "({whole} IN (1, 2.5, {whole}))", "({text} BETWEEN 'A' AND {text})"),
        *("({whole} BETWEEN {decimal} AND {whole})", "({condition} IS NOT TRUE)", "({whole} IS NULL)"),
        *("({text} IS DISTINCT FROM {text})", "({text} IN (SELECT t FROM {object}))", "(b = {condition})"),
        *("({text} = (SELECT min(u) FROM {object}))", "({instant} - till > INTERVAL 1 DAY)"),
    ),
    "compared": ("=", "<>", "<", "<=", ">", ">="),
}
"""Kind of an expression -> those with parts."""

RULES = (
    "SELECT count(*) FROM {object} WHERE {condition}",
    "SELECT count(*) FROM {object} WHERE {condition}",
    "SELECT count(*) FILTER (WHERE {condition}) FROM {object}",
    "SELECT sum({whole}) FROM {object}",
    "SELECT sum({decimal}) FROM {object}",
    "SELECT avg({decimal}) FROM {object} WHERE {condition}",
    "SELECT avg({whole}) FILTER (WHERE {condition}) FROM {object}",
    "SELECT min({double}) FROM {object}",
    "SELECT max({decimal}) FROM {object}",
    "SELECT median({whole}) FROM {object}",
    "SELECT count_if({condition}) / nullif(count(*), 0) FROM {object}",
    "SELECT count(DISTINCT {text}) FROM {object}",
    "SELECT count(DISTINCT {decimal}) FROM {object}",
    "SELECT count(*) FROM (SELECT {text} AS k, max({text}) AS x FROM {object} GROUP BY 1) WHERE x > k",
    "SELECT count(*) FROM {object} x JOIN {object} y ON x.t = y.u",
    "SELECT sum(r) FROM (SELECT rank() OVER (PARTITION BY {condition} ORDER BY {text}) AS r FROM {object})",
)


ROWS_MARK = "<rows>"


@st.composite
def expressions(draw: st.DrawFn, kind: str, depth: int = 3) -> str:
    """An expression of a kind."""
    if kind == "compared":
        return draw(st.sampled_from(PARTS[kind]))
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(LEAVES[kind]))
    return filled(draw, draw(st.sampled_from(PARTS[kind])), depth - 1)


def filled(draw: st.DrawFn, form: str, depth: int) -> str:
    """A form in which each part is an expression of its kind."""
    marked = form.replace("{object}", ROWS_MARK)
    while "{" in marked:
        before, _, rest = marked.partition("{")
        kind, _, after = rest.partition("}")
        marked = before + draw(expressions(kind, depth)) + after
    return marked


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A rule, which may be refused."""
    return filled(draw, draw(st.sampled_from(RULES)), 3).replace(ROWS_MARK, "{object}")


@pytest.mark.parametrize("engine", ENGINES)
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=ROWS, asked=st.lists(rules(), min_size=4, max_size=8))
def test_a_rule_means_the_same(
    engine: str,
    rows: list[tuple[Any, ...]],
    asked: list[str],
    databases: Databases,
    same: Callable[[str, str], Answer],
) -> None:
    """Nobody learns another number from another database."""
    databases.fill(rows)
    for sql in asked:
        same(sql, engine)

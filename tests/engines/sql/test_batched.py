from __future__ import annotations

import pytest

from airflow_dataops.core.checks.spec import Check, Query
from airflow_dataops.core.contract.model import Scope
from airflow_dataops.engines.sql.batched import batched, together


def _checks(*texts: str, **more: object) -> list[Check]:
    return [Check(id=f"r{at}", promise=Query(text), **more) for at, text in enumerate(texts)]


def test_aggregates_over_the_same_rows_are_one_query() -> None:
    """A WHERE becomes the FILTER of each aggregate, an alias of the rows is dropped."""
    trees = batched(
        _checks(
            "SELECT avg(a) FROM {object}",
            "SELECT count(*) - sum(o.b) AS n FROM {object} AS o WHERE o.c > 1",
            "SELECT max(a) FROM {object} WHERE a IS NOT NULL",
        ),
        table="good",
    )
    assert list(trees) == ["r0", "r1", "r2"]
    assert together(trees.values(), table="good").sql("duckdb") == (
        "SELECT (AVG(a)) AS a0, (COUNT(*) FILTER(WHERE c > 1) - SUM(b) FILTER(WHERE c > 1)) AS a1, "
        '(MAX(a) FILTER(WHERE NOT a IS NULL)) AS a2 FROM "good"'
    )


@pytest.mark.parametrize(
    "alone",
    [
        "SELECT a FROM {object}",
        "SELECT max(a) + a FROM {object}",
        "SELECT max(a) OVER () FROM {object}",
        "SELECT max(a) FROM {object} GROUP BY b",
        "SELECT max(a) FROM {object} LIMIT 1",
        "SELECT max(a), min(a) FROM {object}",
        "SELECT DISTINCT max(a) FROM {object}",
        "SELECT max(a) FROM {object}, {object} AS other",
        "SELECT max(a) FROM {object} WHERE a IN (SELECT a FROM {object})",
        "SELECT (SELECT max(a) FROM {object}) + max(a) FROM {object}",
        "SELECT max(a) FILTER (WHERE b > 1) FROM {object} WHERE c",
        "SELECT mode(a) FROM {object}",
        "SELECT arg_max(a, b) FROM {object}",
        "SELECT string_agg(a ORDER BY b) FROM {object}",
        "WITH x AS (SELECT 1) SELECT max(a) FROM {object}",
        "SELECT max(a) FROM {object} UNION ALL SELECT 1",
        "SELECT max(other.a) FROM {object}",
        "SELECT max(a) FROM {object} QUALIFY true",
        "SELECT max(a) FROM {object} AS o(b, a)",
        "SELECT count(*) FROM {object} TABLESAMPLE 10%",
        "SELECT count(*) FROM {object} UNPIVOT (v FOR n IN (a, b))",
        "SELEC",
    ],
)
def test_what_is_more_than_an_aggregate_is_asked_by_itself(alone: str) -> None:
    """One of three that asks for anything else leaves the other two together."""
    asked = _checks("SELECT min(a) FROM {object}", alone, "SELECT sum(a) FROM {object}")
    trees = batched(asked, table="good")
    assert list(trees) == ["r0", "r2"]


def test_a_single_one_and_those_of_other_rows_are_asked_as_they_are() -> None:
    """One aggregate alone, rules on the whole table, and filtered ones."""
    two = ("SELECT min(a) FROM {object}", "SELECT max(a) FROM {object}")
    assert not batched(_checks(two[0]), table="good")
    assert not batched(_checks(*two, scope=Scope.TABLE), table="good")
    assert not batched(_checks(*two, filter="SELECT COUNT(*) FROM {object} WHERE a > 1"), table="good")

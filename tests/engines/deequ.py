"""What deequ's own tests expect, said with our promises; and what can't be said, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    Below,
    Check,
    NotLonger,
    NotNull,
    NotShorter,
    OneOf,
    Query,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold
from airflow_dataops.testing.promises import counting

if TYPE_CHECKING:
    from airflow_dataops.core.checks.spec import Promise


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of ours.

    Args:
        promise: What is promised.
        threshold: What its number must satisfy.
        where: The condition of the rows that it speaks of; empty for all.
    """

    promise: Promise
    threshold: Threshold = NONE
    where: str = ""

    def check(self, name: str) -> Check:
        """Return the rule as a check."""
        found = counting(self.where) if self.where else ""
        return Check(id=name, promise=self.promise, threshold=self.threshold, filter=found)


def rows(broken: str, where: str = "") -> Rule:
    """Return the rule that no row satisfies a condition."""
    return Rule(RowQuery(counting(broken)), where=where)


def answer(query: str, operator: Operator, *bounds: str) -> Rule:
    """Return the rule that the number of a SELECT is as it must be."""
    return Rule(Query(query), Threshold(operator, tuple(map(Decimal, bounds))))


def number(expression: str, operator: Operator, *bounds: str) -> Rule:
    """Return the rule that what an expression over all rows comes to is as it must be."""
    return answer("SELECT {it} FROM {object}".replace("{it}", expression), operator, *bounds)


def counted(operator: Operator, *bounds: str) -> Rule:
    """Return the rule that there are so many rows."""
    return Rule(RowCount(), Threshold(operator, tuple(map(Decimal, bounds))))


IS, ABOVE, BELOW = Operator.MUST_BE, Operator.MUST_BE_GREATER_THAN, Operator.MUST_BE_LESS_THAN

NOT_SAID: dict[str, tuple[int, ...]] = {
    "a contract names the columns that must be there; how many others there are is nobody's promise": (
        *range(1, 85),
        126,
    ),
}
"""Why we have no rule that says it -> the numbers of the cases (`deequ_dqdl:1`, …): all with ColumnCount."""

DATES = ("order_date", "Some Date", "date_col")
"""Columns of texts that deequ compares as days."""

ENTROPY = """
    SELECT -sum(share * ln(share)) FROM (SELECT count(*) / 6.0 AS share FROM {object} GROUP BY att2) AS shares
"""
KEY = (Rule(NotNull("att2")), Rule(Unique(("att2",))))

SAID: dict[int, tuple[Rule, ...]] = {
    0: (counted(BELOW, "10"),),
    85: (number("count(item) / count(*)", ABOVE, "0.8"),),
    86: (Rule(NotNull("item")),),
    87: (Rule(Unique(("item",))),),
    88: (Rule(Unique(("item",))),),
    89: (number("corr(att2, att3)", ABOVE, "0.8"),),
    90: (number("count(DISTINCT att2)", IS, "4"),),
    91: (answer(ENTROPY, ABOVE, "1"),),
    92: (number("avg(att2)", IS, "3"),),
    93: (number("stddev_pop(att2)", ABOVE, "3"),),
    94: (number("sum(att2)", IS, "18"),),
    95: (
        answer(
            "SELECT count_if(n = 1) / count(*) FROM"
            " (SELECT count(*) AS n FROM {object} GROUP BY att2) AS found",
            ABOVE,
            "0.7",
        ),
    ),
    97: (number("count(*)", ABOVE, "4"),),
    98: (counted(BELOW, "10"), number("count(*)", ABOVE, "0")),
    99: (Rule(NotNull("item")), Rule(Unique(("item",)))),
    100: KEY,
    101: (Rule(NotNull("att2"), where="att1 > 2"), Rule(Unique(("att2",)), where="att1 > 2")),
    102: (Rule(NotShorter("item", 1)),),
    103: (Rule(NotShorter("item", 6)),),
    104: (Rule(NotLonger("item", 9)),),
    105: (Rule(NotShorter("item", 1)), Rule(NotLonger("item", 9))),
    106: (Rule(NotShorter("item", 1)), Rule(NotLonger("item", 1))),
    107: (rows("length(item) NOT IN (1)"),),
    108: (rows("length(item) IN (7)"),),
    109: (Rule(NotLonger("item", 3), where="val1 < 4"),),
    110: (
        Rule(NotShorter("item", 2), where="val1 > 1 AND val1 < 4"),
        Rule(NotLonger("item", 3), where="val1 > 1 AND val1 < 4"),
    ),
    111: (),
    112: (),
    113: (Rule(Above("att1", Decimal(0))),),
    114: (Rule(Below("att1", Decimal(10))),),
    115: (Rule(Above("att1", Decimal(0))), Rule(Below("att1", Decimal(7)))),
    116: (Rule(OneOf("att1", ("1", "2", "3", "4", "5", "6"))),),
    117: (rows("att1 IN (100, 200)"),),
    118: (Rule(OneOf("att1", ("a", "b"))),),
    119: (Rule(OneOf("attNull", ("5", "6", "7"))),),
    120: (Rule(Above("att1", Decimal(100))),),
    121: (number("avg(att2)", ABOVE, "0"), number("sum(att3)", ABOVE, "0")),
    122: (number("CASE WHEN avg(att2) > 10 OR sum(att3) > 0 THEN 1 ELSE 0 END", IS, "1"),),
    123: (
        number(
            "CASE WHEN count(*) > 0 OR (count(att2) = count(*) AND count(DISTINCT att2) = count(*))"
            " THEN 1 ELSE 0 END",
            IS,
            "1",
        ),
    ),
    124: (number("avg(att2)", ABOVE, "100"), number("sum(att3)", ABOVE, "100")),
    125: (number("CASE WHEN avg(att2) > 100 OR sum(att3) > 100 THEN 1 ELSE 0 END", IS, "1"),),
    127: (number('sum("colA") / sum("colB")', IS, "1"),),
    128: (number('avg("colA") / avg("colB")', IS, "0.5"),),
    129: (number('sum("colA") / sum("colB")', ABOVE, "0.9"),),
    130: (
        Rule(
            Query(
                "SELECT sum(amount) / (SELECT sum(m.amount) FROM missing AS m) FROM {object}", ("missing",)
            ),
            Threshold(ABOVE, (Decimal("0.5"),)),
        ),
    ),
    131: (number("sum(amount) / sum(amount)", IS, "1"),),
    132: (number("sum(nonexistent) / sum(amount)", IS, "1"),),
    133: (Rule(Above("order_date", date(2022, 1, 1))),),
    134: (Rule(Below("order_date", date(2023, 1, 1))),),
    135: (Rule(Above("order_date", date(2022, 1, 1))), Rule(Below("order_date", date(2022, 12, 31)))),
    136: (Rule(OneOf("order_date", ("2022-01-05", "2022-03-15"))),),
    137: (Rule(Above("order_date", date(2023, 1, 1))),),
    138: (Rule(AtLeast("order_date", date(2022, 2, 1))),),
    139: (Rule(Above("Some Date", date(2022, 1, 1))),),
    140: (Rule(NotNull("order_date")), Rule(Above("order_date", date(2022, 1, 1)))),
    141: (rows("order_date = DATE '2099-01-01'"),),
    142: (Rule(Above("order_date", date(2022, 1, 1)), where="id > 1"),),
    143: (rows("order_date >= current_date"),),
    144: (rows("order_date IN (DATE '2099-01-01')"),),
    145: (counted(ABOVE, "0"), Rule(NotNull("name"))),
    146: (counted(ABOVE, "0"), Rule(NotNull("name"))),
    147: (number("count(*)", ABOVE, "0"),),
    148: (rows("nonexistent IS NULL"),),
    149: (Rule(Query("SELECT count(*) FROM ref", ("ref",))),),
    150: (counted(ABOVE, "0"),),
    151: (counted(ABOVE, "0"), Rule(AtLeast("age", Decimal(30)))),
    152: (counted(ABOVE, "0"),),
    153: (counted(ABOVE, "0"), rows("id = '2'")),
    154: (Rule(Query("SELECT count(*) FROM ref_table", ("ref_table",))),),
    155: (Rule(AtLeast("value", Decimal(0)), where="action IN ('I', 'U')"),),
    156: (Rule(Above("date_col", date(2024, 1, 1)), where="action IN ('I', 'U')"),),
}
"""Number of a case of DQDL -> our rules that all pass where it passes, and no others.

A row that a query of deequ doesn't return is one that breaks it. Its `between` excludes both ends; a null
fails a comparison there, and not `!=` or `not in`.
"""

CORRELATION, ENTROPIES, DEVIATION = 89, 91, 93

REFUSED: dict[str, tuple[int, ...]] = {
    "parquet": (),
    "postgres": (CORRELATION, ENTROPIES, DEVIATION),
    "sqlite": (CORRELATION, ENTROPIES, DEVIATION),
    "mariadb": (CORRELATION, ENTROPIES, DEVIATION),
}
"""Place -> the cases whose SQL its engine says it would read otherwise than DuckDB."""

EXISTS: dict[int, str] = {111: "item", 112: "sampom"}
"""Number of a case that asks for a column -> the column that the contract then has."""

METRICS: dict[int, str] = {
    0: "SELECT count(*) FROM {object}",
    1: "SELECT count(*) FROM {object}",
    2: "SELECT count_if(att2 = 0) FROM {object}",
    16: "SELECT count_if(att1 > 3) / count(*) FROM {object}",
    17: "SELECT count_if(att1 > 2) / count(*) FROM {object}",
    18: "SELECT count_if(att2 = 0) / count(*) FROM {object} WHERE att1 < 4",
    19: "SELECT count(DISTINCT att1) / count(att1) FROM {object}",
    20: "SELECT count(DISTINCT att1) / count(att1) FROM {object} WHERE att2 IS NOT NULL",
    21: "SELECT count(*) / sum(n) FROM (SELECT count(*) AS n FROM {object} GROUP BY att1, att2) AS found",
}
"""Number of a metric -> the SELECT that comes to it; those of completeness and uniqueness are promises."""

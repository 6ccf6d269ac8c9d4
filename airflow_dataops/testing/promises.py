"""What a contract can promise of a column, as far as rows can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Check,
    Counts,
    Distinct,
    HasKeys,
    Inside,
    Matches,
    MultipleOf,
    NotLonger,
    NotNull,
    NotShorter,
    OfType,
    OneOf,
    References,
    RowCount,
    RowQuery,
    Unique,
    Within,
)
from airflow_dataops.core.contract.model import NESTED, LogicalType, Scope
from airflow_dataops.testing.case import OTHER, THERE
from airflow_dataops.testing.kinds import NUMERIC
from airflow_dataops.testing.texts import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from airflow_dataops.core.checks.spec import Promise
    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.core.contract.options import Bound


COUNTING = "SELECT COUNT(*) FROM {object} WHERE {condition}"


DECIMALS = tuple(
    Decimal(text) for text in ("0", "1", "-1.5", "0.005", "99.99", "9223372036854775807.5", "1e30", "-1e309")
)
DAYS = (date(1, 1, 1), date(1899, 12, 31), date(2026, 3, 3), date(9999, 12, 31))
INSTANTS = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
)
BOUNDS: dict[LogicalType, tuple[Bound, ...]] = {
    LogicalType.INTEGER: DECIMALS,
    LogicalType.NUMBER: DECIMALS,
    LogicalType.DATE: DAYS,
    LogicalType.TIMESTAMP: INSTANTS,
    LogicalType.TIME: (time(0), time(10), time(23, 59, 59, 999_999)),
}
STEPS = tuple(Decimal(text) for text in ("1", "0.25", "0.01", "7", "3e20", "1e30"))
LENGTHS = (0, 1, 2, 3, 12, 100_000, 100_001)
PATTERNS = (
    *(
        "^[0-9]",
        "e",
        "a|1",
        "^$",
        "^.$",
        "^a?b*$",
        "[^a]",
        r"^\d+$",
        r"\w",
        r"\s$",
        r"^[\w.]+$",
        "a.b",
        "[é]",
    ),
    *(
        "^(?:a|b)+$",
        "^[a-z]{2,3}$",
        r"\x{1F600}",
        "^[^\n]*$",
        "K",
        "ss",
        r"^\S+$",
        r"\.",
        "^é$",
        "[[]",
        "%|_",
    ),
)
"""Patterns that RE2 reads, of what databases read otherwise."""


def counting(condition: str) -> str:
    """Return the query that counts the rows for which a condition holds, in the form that names rows."""
    return COUNTING.replace("{condition}", condition)


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise, and which rows it speaks of.

    Args:
        promise: The promise.
        filter: The query that counts the rows; empty for all.
        scope: The batch, or the whole table.
    """

    promise: Promise
    filter: str = ""
    scope: Scope = Scope.BATCH

    @property
    def looks_further(self) -> bool:
        """Whether it looks at another table."""
        return self.scope is Scope.TABLE or isinstance(self.promise, References)


def as_checks(promised: Sequence[Promised]) -> tuple[Check, ...]:
    """Return promises as checks: `r0`, `r1`, …."""
    return tuple(
        Check(id=f"r{at}", promise=each.promise, filter=each.filter, scope=each.scope)
        for at, each in enumerate(promised)
    )


@st.composite
def promises(draw: DrawFn, columns: tuple[Column, ...]) -> Promised:
    """A promise of one of the columns."""
    column = draw(st.sampled_from(columns))
    promise = draw(_promises(column, columns))
    if not isinstance(promise, Unique):
        return Promised(promise)
    filters = ("", "", counting(f"{column.name} IS NOT NULL"))
    return Promised(promise, draw(st.sampled_from(filters)), draw(st.sampled_from(list(Scope))))


def _promises(column: Column, columns: tuple[Column, ...]) -> SearchStrategy[Promise]:
    """Promises that fit a column, and a few that don't."""
    name, kind = column.name, column.type
    listed = st.lists(st.sampled_from(WRITTEN[kind.logical]).filter(lambda t: "\0" not in t), max_size=4).map(
        tuple
    )
    names = st.lists(st.sampled_from([each.name for each in columns]), min_size=1, max_size=2, unique=True)
    found: list[SearchStrategy[Promise]] = [
        st.builds(NotNull, st.just(name), st.just(()) | listed),
        st.builds(OneOf, st.just(name), listed.filter(bool)),
        st.builds(Unique, names.map(tuple)),
        st.just(RowCount()),
        st.just(References(("c0",), OTHER, (THERE,))),
        st.builds(lambda one: RowQuery(counting(one)), _conditions(column)),
    ]
    if not kind.is_text:
        found.append(st.just(OfType(name, kind)))
    if kind.logical in BOUNDS:
        bounds = st.sampled_from(BOUNDS[kind.logical])
        found += [st.builds(one, st.just(name), bounds) for one in (AtLeast, AtMost, Above, Below)]
    if kind.logical in NUMERIC:
        pairs = st.tuples(st.sampled_from(DECIMALS), st.sampled_from(DECIMALS)).map(sorted)
        found.append(pairs.map(lambda pair: Within(name, *pair)))
        found.append(st.builds(MultipleOf, st.just(name), st.sampled_from(STEPS)))
    if kind.logical not in NESTED:
        found.append(st.builds(NotShorter, st.just(name), st.sampled_from(LENGTHS)))
        found.append(st.builds(NotLonger, st.just(name), st.sampled_from(LENGTHS)))
        found.append(st.builds(Matches, st.just(name), st.sampled_from(PATTERNS)))
    if kind.logical in NESTED:
        found = [*found[:1], st.builds(lambda one: Inside(name, (), kind, one), _of_json(name, kind))]
    return st.one_of(found)


def _of_json(name: str, kind: ColumnType) -> SearchStrategy[Any]:
    own = Distinct(name) if kind.logical is LogicalType.ARRAY else HasKeys(name, ("a",))
    return st.sampled_from([Counts(name, 1, 3), own, NotNull(name), OfType(name, kind)])


CONDITIONS: dict[LogicalType, tuple[str, ...]] = {
    LogicalType.STRING: (
        *("{c} = 'a'", "{c} <> 'A'", "{c} < 'b'", "{c} >= 'é'", "{c} IN ('a ', 'ss')", "{c} = ''"),
        *("{c} LIKE 'a%'", "{c} LIKE '_'", "{c} LIKE '%\\\\%'", "{c} BETWEEN 'A' AND 'a'", "length({c}) = 1"),
        *("{c} = (SELECT max(o.{c}) FROM {object} o)", "{c} = (SELECT min(o.{c}) FROM {object} o)"),
    ),
    LogicalType.INTEGER: ("{c} > 1", "{c} = 1", "{c} % 2 = 1", "{c} / 2 > 0.6", "{c} BETWEEN -1 AND 1"),
    LogicalType.NUMBER: ("{c} > 1", "{c} = 0", "{c} <= 0.1", "{c} <> 1.5", "{c} / 2 > 0.6"),
    LogicalType.BOOLEAN: ("{c}", "NOT {c}", "{c} = true"),
    LogicalType.DATE: ("{c} > DATE '2026-03-01'", "{c} = DATE '1970-01-01'", "extract(year FROM {c}) = 2026"),
    LogicalType.TIMESTAMP: (
        *(
            "{c} > TIMESTAMPTZ '2026-03-01 00:00:00+00'",
            "extract(hour FROM {c}) = 10",
            "CAST({c} AS DATE) < '1970-01-01'",
        ),
    ),
    LogicalType.TIME: ("{c} > TIME '10:00:00'", "{c} = TIME '00:00:00'"),
}
"""Logical type -> conditions of rules that name rows."""


def _conditions(column: Column) -> SearchStrategy[str]:
    written = CONDITIONS.get(column.type.logical, ())
    return st.sampled_from(("{c} IS NULL", *written)).map(lambda text: text.replace("{c}", column.name))

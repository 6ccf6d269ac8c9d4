"""The types that columns have where rows lie, with the values at their edges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.testing.lack import Lack

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True, slots=True)
class Stored:
    """A type of columns.

    Args:
        dtype: The type, as polars has it.
        edges: Values at its edges.
        anything: Any of its values.
        lack: What a place has to lack in order not to have the type; None for one that every place has.
    """

    dtype: pl.DataType
    edges: tuple[Any, ...]
    anything: SearchStrategy[Any]
    lack: Lack | None = None


def _whole(bits: int) -> Stored:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    edges = [n for n in (0, 1, -1, 2, 7, 99999, 100000, 2**53, 2**53 + 1, -(2**53) - 1) if low <= n <= high]
    dtype = {16: pl.Int16(), 32: pl.Int32(), 64: pl.Int64()}[bits]
    return Stored(dtype, (*edges, low, high), st.integers(low, high), Lack.TYPES)


FLOATS = (0.0, -0.0, 1.0, -1.5, 0.5, 2.0**-149, 2.0**24, math.nan, math.inf, -math.inf)


def _decimal(precision: int, scale: int) -> Stored:
    most = 10**precision - 1
    numbers = (0, 1, -1, 10**scale, 3 * 10**scale, 15 * 10 ** max(scale - 1, 0), most, -most)
    edges = tuple(_scaled(number, scale) for number in numbers if abs(number) <= most)
    return Stored(
        pl.Decimal(precision, scale),
        edges,
        st.integers(-most, most).map(lambda n: _scaled(n, scale)),
        Lack.DECIMALS,
    )


def _scaled(number: int, scale: int) -> Decimal:
    sign, digits, _ = Decimal(number).as_tuple()
    return Decimal((sign, digits, -scale))


FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001 - local times
LOCALS = (
    *(FIRST, LAST, datetime(1899, 12, 31, 23, 59), datetime(1970, 1, 1), datetime(2026, 3, 3, 10)),  # noqa: DTZ001
    *(datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30), datetime(2026, 3, 3)),  # noqa: DTZ001
)

STORED: dict[str, Stored] = {
    "int16": _whole(16),
    "int32": _whole(32),
    "int64": _whole(64),
    "float32": Stored(
        # Larger ones have other texts in each engine: see APART in places.py.
        pl.Float32(),
        (*FLOATS, 0.10000000149011612),
        st.floats(-(2**24), 2**24, width=32),
        Lack.SINGLES,
    ),
    "float64": Stored(
        pl.Float64(),
        (
            *FLOATS,
            *(5e-324, 0.1, 12.34, 12.345, 1e15, 2.0**53, 1e22, 1e23, 2.0**63, 1e300, 1.7976931348623157e308),
        ),
        st.floats(),
        Lack.TYPES,
    ),
    "decimal(12,2)": _decimal(12, 2),
    "decimal(38,0)": _decimal(38, 0),
    "decimal(38,10)": _decimal(38, 10),
    "boolean": Stored(pl.Boolean(), (True, False), st.booleans(), Lack.BOOLEANS),
    "date": Stored(
        pl.Date(),
        (date(1, 1, 1), date(1582, 10, 10), date(1899, 12, 31), date(2026, 3, 3), date(9999, 12, 31)),
        st.dates(),
        Lack.DAYS,
    ),
    "time": Stored(
        pl.Time(), (time(0), time(10, 0, 0, 5), time(23, 59, 59, 999_999)), st.times(), Lack.TIMES
    ),
    "local": Stored(pl.Datetime("us"), LOCALS, st.datetimes(), Lack.LOCALS),
    "instant": Stored(
        pl.Datetime("us", "UTC"),
        tuple(each.replace(tzinfo=UTC) for each in LOCALS),
        st.datetimes(timezones=st.just(UTC)),
        Lack.INSTANTS,
    ),
}
"""Type of a column that isn't text -> its values."""


def values(stored: Stored, lacks: frozenset[Lack]) -> SearchStrategy[Any]:
    """Return values for a column of a type; none that can't be held."""
    found = st.sampled_from(stored.edges) | st.sampled_from(stored.edges) | stored.anything
    if not stored.dtype.is_float():
        return found
    no_nan, no_infinity = Lack.NAN in lacks, Lack.INFINITY in lacks
    return found.filter(lambda n: not ((no_nan and math.isnan(n)) or (no_infinity and math.isinf(n))))


def text_of(value: object) -> str | None:
    """Return how a value is written as text: the shortest that is the value and no other."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


def suits(dtype: pl.DataType, logical: LogicalType) -> bool:
    """Say whether a column of a type is what a contract's type is made for."""
    match logical:
        case LogicalType.INTEGER | LogicalType.NUMBER:
            return dtype.is_numeric()
        case LogicalType.DATE | LogicalType.TIMESTAMP:
            return dtype == pl.Date or isinstance(dtype, pl.Datetime)
        case LogicalType.TIME:
            return dtype == pl.Time
        case LogicalType.BOOLEAN:
            return dtype == pl.Boolean or dtype.is_integer()
        case _:
            return False

"""A column of a frame -> one of a type that Parquet and DuckDB have, too, with the same values."""

from __future__ import annotations

import polars as pl
from polars.datatypes import DataTypeClass

LONGEST = (2**63 - 1) // 1000
"""Milliseconds that are microseconds, too, in 64 bits."""

HANDED_OVER: dict[DataTypeClass, pl.DataType] = {
    pl.Null: pl.Boolean(),
    pl.Int128: pl.Decimal(38, 0),
    pl.UInt128: pl.Decimal(38, 0),
    pl.Float16: pl.Float32(),
    pl.Duration: pl.Int64(),
}
"""Type -> the one in which its values are handed over: DuckDB has none for them, or another meaning.

Spans are numbers of their unit, as in Parquet. In a column of no type there is nothing: any type does.
"""

CATEGORIES = (pl.Categorical, pl.Enum)
"""Types that are handed over as numbers of texts: where lists hold them and are all null, DuckDB refuses the
numbers, so that inside of other types the texts themselves are handed over."""

UNSUPPORTED = (pl.Object, pl.Unknown)
"""Types whose values are known to Python alone."""


class NoTypeError(Exception):
    """A column has no such type; says which."""


def shown(values: pl.Series) -> pl.Series:
    """Return a column with a type that DuckDB has, with the same values; most are handed on as they are.

    Raises:
        NoTypeError: If there is no such type, or a value isn't one of it.
    """
    kind = values.dtype
    wanted = shown_type(kind)
    if wanted is None:
        raise NoTypeError(f"a column of the frame is of the type {_name(kind)}, and can't be judged")
    if isinstance(kind, pl.Datetime) and kind.time_unit == "ms":
        wanted = pl.Datetime("us", kind.time_zone)
        # Past the end of the longer unit, polars itself would give other instants, or panic.
        if not values.to_physical().is_between(-LONGEST, LONGEST).all():
            wanted = None
    if wanted == kind:
        return values
    try:
        if wanted is not None:
            return values.cast(wanted)
    except pl.exceptions.PolarsError:
        pass
    raise NoTypeError(f"a column of the frame, of the type {_name(kind)}, has values that can't be judged")


def shown_type(kind: pl.DataType) -> pl.DataType | None:
    """Return the type in which values of a type are handed over; None where there is none."""
    match kind:
        case pl.List() | pl.Array():
            inner = _inside(kind.inner)
            return None if inner is None else pl.List(inner)
        case pl.Struct():
            fields = {field.name: _inside(field.dtype) for field in kind.fields}
            known = {name: found for name, found in fields.items() if found is not None}
            return pl.Struct(known) if known and len(known) == len(fields) else None
        case _:
            return None if isinstance(kind, UNSUPPORTED) else HANDED_OVER.get(type(kind), kind)


def _inside(kind: pl.DataType | DataTypeClass) -> pl.DataType | None:
    made = kind() if isinstance(kind, DataTypeClass) else kind
    return pl.String() if isinstance(made, CATEGORIES) else shown_type(made)


def _name(kind: pl.DataType) -> str:
    """Return the name of a type without what is in it: categories are values."""
    return type(kind).__name__

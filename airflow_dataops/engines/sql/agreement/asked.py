"""The types that a rule casts to."""

from __future__ import annotations

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DOUBLE,
    INSTANT,
    LOCAL,
    TEXT,
    TIME,
    WHOLE,
    Kind,
)

Type = exp.DType

NAMED: dict[exp.DType, Kind] = {
    Type.BOOLEAN: BOOLEAN,
    **dict.fromkeys((Type.TINYINT, Type.SMALLINT, Type.INT), Kind(WHOLE.name, 10)),
    Type.BIGINT: WHOLE,
    Type.INT128: Kind(WHOLE.name, 38),
    Type.DOUBLE: DOUBLE,
    **dict.fromkeys((Type.VARCHAR, Type.TEXT), TEXT),
    Type.DATE: DATE,
    Type.TIME: TIME,
    Type.TIMESTAMPTZ: INSTANT,
    **dict.fromkeys((Type.TIMESTAMP, Type.TIMESTAMPNTZ), LOCAL),
}
"""Type as sqlglot calls it -> its kind. One that isn't here is of no kind that is agreed on."""

DEFAULT = (18, 3)
"""What DuckDB's DECIMAL is without its size."""


def asked(found: exp.DataType) -> Kind | None:
    """Return the kind of a type of DuckDB; None where nothing is agreed about it."""
    if found.this == Type.DECIMAL:
        sizes = [int(size.name) for size in found.expressions]
        digits, scale = sizes if len(sizes) == len(DEFAULT) else (*sizes, 0) if sizes else DEFAULT
        return Kind(DECIMAL.name, digits, scale)
    return NAMED.get(found.this) if isinstance(found.this, exp.DType) else None

"""pandera on the deliveries again, over each text and beside it its value, as the SQL tools are given them.

    python run_pandera_text.py FOLDER

polars makes the values, where a text has one; the schema coerces nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pandera.polars as pa
import polars as pl
from report import main
from run_pandera import COLUMNS, FRAME, at_most, read, validated

if TYPE_CHECKING:
    from pathlib import Path

    from report import Rule

INTEGER, DECIMAL = "^[+-]?[0-9]+$", "^[+-]?[0-9]{1,10}([.][0-9]{1,2})?$"
TYPES = {
    "customer_no": pl.Int64(),
    "quantity": pl.Int64(),
    "amount": pl.Decimal(12, 2),
    "weight_kg": pl.Float64(),
}
"""Column -> the type of its values."""


def _has_a_value(column: str) -> pa.Check:
    return pa.Check(
        lambda data: data.lazyframe.select(
            pl.col(column).is_null() | pl.col(f"{column}_value").is_not_null()
        ),
        name=f"{column} has a value",
    )


SCHEMA = pa.DataFrameSchema(
    {
        **COLUMNS,
        "customer_no": pa.Column(pl.String, pa.Check.str_matches(INTEGER)),
        "customer_no_value": pa.Column(pl.Int64, pa.Check.ge(1), nullable=True),
        "quantity": pa.Column(pl.String, pa.Check.str_matches(INTEGER)),
        "quantity_value": pa.Column(pl.Int64, pa.Check.in_range(1, 1000), nullable=True),
        "amount": pa.Column(pl.String, pa.Check.str_matches(DECIMAL)),
        "amount_value": pa.Column(pl.Decimal(12, 2), pa.Check.ge(Decimal(0)), nullable=True),
        "weight_kg": pa.Column(pl.String, nullable=True),
        "weight_kg_value": pa.Column(pl.Float64, pa.Check.in_range(0, 1000), nullable=True),
    },
    checks=[*FRAME, *map(_has_a_value, TYPES), at_most(100_000, "amount_value")],
)


def judge(file: Path) -> list[Rule]:
    """Read one file, add the values and validate it."""
    frame = read(file)
    values = [
        pl.col(name).cast(kind, strict=False).alias(f"{name}_value")
        for name, kind in TYPES.items()
        if name in frame.columns
    ]
    return validated(frame.with_columns(values), SCHEMA)


if __name__ == "__main__":
    main("pandera", ("pandera", "polars"), judge)

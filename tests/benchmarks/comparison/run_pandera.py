"""pandera on the deliveries: a polars schema that coerces numbers, validated lazily.

    python run_pandera.py FOLDER

Every column is read as text, so that a bad value is pandera's to find.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors
from report import LoadError, Rule, main

if TYPE_CHECKING:
    from pathlib import Path

MISSING = ["", "N/A", "n/a", "-"]


def given(data: pa.PolarsData) -> pl.LazyFrame:
    """Say which texts are no placeholder."""
    return data.lazyframe.select(~pl.col(data.key).is_in(MISSING))


def known(data: pa.PolarsData) -> pl.LazyFrame:
    """Say which rows refund an order that is there, or none."""
    refund = pl.col("refund_of")
    return data.lazyframe.select(refund.is_null() | refund.is_in(pl.col("order_id").implode()))


DAY = pl.col("ordered_on").str.to_date("%Y-%m-%d", strict=False)
INSTANT = pl.col("shipped_at").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
"""The values of texts: polars casts no text to a day or an instant, so the schema can't coerce these."""


def is_day(data: pa.PolarsData) -> pl.LazyFrame:
    """Say which rows were ordered on a day of the calendar."""
    return data.lazyframe.select(DAY.is_not_null())


def in_the_twenties(data: pa.PolarsData) -> pl.LazyFrame:
    """Say which rows were ordered in the years that are promised."""
    return data.lazyframe.select(DAY.is_between(date(2020, 1, 1), date(2029, 12, 31)))


def is_instant(data: pa.PolarsData) -> pl.LazyFrame:
    """Say which rows were shipped at an instant, or not yet."""
    return data.lazyframe.select(pl.col("shipped_at").is_null() | INSTANT.is_not_null())


def shipped_after(data: pa.PolarsData) -> pl.LazyFrame:
    """Say which rows were not shipped before they were ordered."""
    return data.lazyframe.select(INSTANT.is_null() | (INSTANT.dt.date() >= DAY))


WHOLE = ("under ", "largest_order", "freshness")
"""How checks begin that come to one answer for the whole frame: pandera reports it as of row 0."""


def under(percent: int, column: str) -> pa.Check:
    """Return the check that fewer than so many percent of a column are null."""
    return pa.Check(
        lambda data: data.lazyframe.select(pl.col(column).null_count() * 100 < percent * pl.len()),
        name=f"under {percent} % of {column} are null",
    )


def at_most(limit: int, column: str) -> pa.Check:
    """Return the check that a column's maximum is not above a limit."""
    return pa.Check(
        lambda data: data.lazyframe.select(pl.col(column).max() <= Decimal(limit)),
        name=f"largest_order of {column}",
    )


def fresh(data: pa.PolarsData) -> pl.LazyFrame:
    """Say whether something was shipped in the last 48 hours."""
    newest = datetime.now(UTC) - timedelta(hours=48)
    return data.lazyframe.select(INSTANT.max() >= newest)


COLUMNS = {
    "order_id": pa.Column(pl.String, pa.Check.str_matches("^ORD-[0-9]{6}$"), unique=True),
    "name": pa.Column(pl.String, [pa.Check.str_length(min_value=2), pa.Check(given, name="given")]),
    "status": pa.Column(pl.String, pa.Check.isin(["new", "paid", "shipped", "cancelled"])),
    "ordered_on": pa.Column(
        pl.String,
        [
            pa.Check.str_matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
            pa.Check(is_day, name="is a day"),
            pa.Check(in_the_twenties, name="in the twenties"),
        ],
    ),
    "shipped_at": pa.Column(pl.String, pa.Check(is_instant, name="is an instant"), nullable=True),
    "refund_of": pa.Column(pl.String, nullable=True),
    "note": pa.Column(pl.String, nullable=True),
}
"""The columns that are texts either way."""

FRAME = [
    pa.Check(known, name="refund_known"),
    pa.Check(shipped_after, name="shipped_after_order"),
    under(10, "weight_kg"),
    under(90, "shipped_at"),
    pa.Check(fresh, name="freshness"),
]
"""The checks of the whole frame that ask no number."""

SCHEMA = pa.DataFrameSchema(
    {
        **COLUMNS,
        "customer_no": pa.Column(pl.Int64, pa.Check.ge(1), coerce=True),
        "quantity": pa.Column(pl.Int64, pa.Check.in_range(1, 1000), coerce=True),
        "amount": pa.Column(pl.Decimal(12, 2), pa.Check.ge(Decimal(0)), coerce=True),
        "weight_kg": pa.Column(pl.Float64, pa.Check.in_range(0, 1000), coerce=True, nullable=True),
    },
    checks=[*FRAME, at_most(100_000, "amount")],
)


def read(file: Path) -> pl.DataFrame:
    """Read a file as texts; an empty field is null, in quotes too.

    Raises:
        LoadError: If polars refuses it.
    """
    try:
        return pl.read_csv(file, infer_schema=False, null_values="")
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise LoadError(str(error)) from error


def validated(frame: pl.DataFrame, schema: pa.DataFrameSchema) -> list[Rule]:
    """Return the checks that a frame breaks, each with the rows that its failure cases name."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    found: dict[str, Rule] = {}
    for case in cases.iter_rows(named=True):
        name = f"{case['column'] or 'frame'}: {case['check'][:80]}"
        rule = found.setdefault(name, Rule(name, "failed", 0))
        if case["index"] is not None and not case["check"].startswith(WHOLE):
            rule.rows = (*rule.rows, case["index"] + 1)
            rule.count = len(rule.rows)
    return list(found.values())


def judge(file: Path) -> list[Rule]:
    """Read one file and validate it."""
    return validated(read(file), SCHEMA)


if __name__ == "__main__":
    main("pandera", ("pandera", "polars"), judge)

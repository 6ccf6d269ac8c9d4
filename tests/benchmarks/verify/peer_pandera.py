"""pandera on polars: the rows of the Parquet file as a frame, validated lazily.

    python peer_pandera.py once FILE

A frame, for of a lazy one pandera looks at the types alone.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors
from pandera_words import rule
from serving import Job, main

DECIMAL = pl.Decimal(15, 2)
END = date(1998, 12, 31)


def received(data: pa.PolarsData) -> pl.LazyFrame:
    """Say which rows were not received before they were shipped."""
    return data.lazyframe.select(pl.col("l_receiptdate") >= pl.col("l_shipdate"))


def some_rows(data: pa.PolarsData) -> pl.LazyFrame:
    """Say whether there are rows."""
    return data.lazyframe.select(pl.len() > 0)


def fresh(data: pa.PolarsData) -> pl.LazyFrame:
    """Say whether the newest shipment is of the last 90 days."""
    return data.lazyframe.select((pl.lit(END) - pl.col("l_shipdate").max()).dt.total_days() < 90)


def returned(data: pa.PolarsData) -> pl.LazyFrame:
    """Say whether between 20 and 30 percent were returned."""
    share = (pl.col("l_returnflag") == "R").sum() * 100 / pl.len()
    return data.lazyframe.select(share.is_between(20, 30))


def optional(kind: Any, *checks: pa.Check) -> pa.Column:
    """Return a column that may be null."""
    return pa.Column(kind, list(checks), nullable=True)


SCHEMA = pa.DataFrameSchema(
    {
        "l_orderkey": pa.Column(pl.Int64),
        "l_partkey": pa.Column(pl.Int64),
        "l_suppkey": pa.Column(pl.Int64),
        "l_linenumber": pa.Column(pl.Int32),
        "l_quantity": pa.Column(DECIMAL, [pa.Check.ge(1), pa.Check.le(50)]),
        "l_extendedprice": pa.Column(DECIMAL),
        "l_discount": optional(DECIMAL, pa.Check.ge(0), pa.Check.le(0.10)),
        "l_tax": optional(DECIMAL),
        "l_returnflag": optional(pl.String, pa.Check.isin(["A", "N", "R"])),
        "l_linestatus": optional(pl.String, pa.Check.isin(["F", "O"])),
        "l_shipdate": pa.Column(pl.Date),
        "l_commitdate": optional(pl.Date),
        "l_receiptdate": pa.Column(pl.Date),
        "l_shipinstruct": optional(pl.String, pa.Check.str_matches("^[A-Z]+( [A-Z]+)*$")),
        "l_shipmode": optional(
            pl.String, pa.Check.isin(["AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"])
        ),
        "l_comment": optional(pl.String, pa.Check.str_length(max_value=44)),
    },
    checks=[
        pa.Check(received, name="received_after_shipped"),
        pa.Check(some_rows, name="some_rows"),
        pa.Check(fresh, name="fresh"),
        pa.Check(returned, name="returned"),
    ],
    unique=["l_orderkey", "l_linenumber"],
)


def make(file: str, *_: str) -> Job:
    """Return the work: reading the file, and validating the frame."""

    def run() -> pl.DataFrame | None:
        try:
            SCHEMA.validate(pl.read_parquet(file), lazy=True)
        except SchemaErrors as errors:
            return errors.failure_cases
        return None

    return Job(run, found)


def found(cases: pl.DataFrame | None) -> dict[str, Any]:
    """Return how many cells or rows each rule failed for."""
    rows = () if cases is None else cases.select("column", "check").iter_rows()
    return {"failing": dict(Counter(rule(str(column), check) for column, check in rows))}


if __name__ == "__main__":
    main(make)

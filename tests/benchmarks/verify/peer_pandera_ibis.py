"""pandera on ibis: the Parquet file as a table of DuckDB, validated lazily.

python peer_pandera_ibis.py once FILE
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pandera.ibis as pa
from pandera.errors import SchemaErrors
from pandera_words import rule
from serving import Job, main

DECIMAL = dt.Decimal(15, 2)
END = date(1998, 12, 31)


def received(data: pa.IbisData) -> ibis.Table:
    """Say which rows were not received before they were shipped."""
    return (data.table.l_receiptdate >= data.table.l_shipdate) | data.table.l_receiptdate.isnull()


def some_rows(data: pa.IbisData) -> ibis.Value:
    """Say whether there are rows."""
    return data.table.count() > 0


def fresh(data: pa.IbisData) -> ibis.Value:
    """Say whether the newest shipment is of the last 90 days."""
    return ibis.literal(END).delta(data.table.l_shipdate.max(), unit="day") < 90


def returned(data: pa.IbisData) -> ibis.Value:
    """Say whether between 20 and 30 percent were returned."""
    share = (data.table.l_returnflag == "R").sum() * 100 / data.table.count()
    return share.between(20, 30)


def optional(kind: Any, *checks: pa.Check) -> pa.Column:
    """Return a column that may be null."""
    return pa.Column(kind, list(checks), nullable=True)


SCHEMA = pa.DataFrameSchema(
    {
        "l_orderkey": pa.Column(dt.int64),
        "l_partkey": pa.Column(dt.int64),
        "l_suppkey": pa.Column(dt.int64),
        "l_linenumber": pa.Column(dt.int32),
        "l_quantity": pa.Column(DECIMAL, [pa.Check.ge(1), pa.Check.le(50)]),
        "l_extendedprice": pa.Column(DECIMAL),
        "l_discount": optional(DECIMAL, pa.Check.ge(0), pa.Check.le(0.10)),
        "l_tax": optional(DECIMAL),
        "l_returnflag": optional(dt.string, pa.Check.isin(["A", "N", "R"])),
        "l_linestatus": optional(dt.string, pa.Check.isin(["F", "O"])),
        "l_shipdate": pa.Column(dt.date),
        "l_commitdate": optional(dt.date),
        "l_receiptdate": pa.Column(dt.date),
        "l_shipinstruct": optional(dt.string, pa.Check.str_matches("^[A-Z]+( [A-Z]+)*$")),
        "l_shipmode": optional(
            dt.string, pa.Check.isin(["AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"])
        ),
        "l_comment": optional(dt.string, pa.Check.str_length(max_value=44)),
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
    """Return the work: a view of the file, and its validation."""

    def run() -> SchemaErrors | None:
        connection = ibis.duckdb.connect(threads=2, memory_limit="2GB")
        try:
            SCHEMA.validate(connection.read_parquet(file), lazy=True)
        except SchemaErrors as errors:
            return errors
        finally:
            connection.disconnect()
        return None

    return Job(run, found)


def found(errors: SchemaErrors | None) -> dict[str, Any]:
    """Return which rules failed; for nulls pandera counts no rows here."""
    if errors is None:
        return {"failing": {}}
    failing = [(str(error.schema.name), error.check) for error in errors.schema_errors]
    rules = {
        rule(column, check if isinstance(check, str) else check.error or check.name)
        for column, check in failing
    }
    return {"failing": dict.fromkeys(sorted(rules))}


if __name__ == "__main__":
    main(make)

"""What pandera's own tests expect of its checks, row by row, of both libraries."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandera.pandas
import pandera.polars
import polars as pl
import pytest

if TYPE_CHECKING:
    from pathlib import Path

DTYPES = {
    "int64": pl.Int64,
    "float64": pl.Float64,
    "object": pl.String,
    "datetime64[ns]": pl.Datetime("us", "UTC"),
}

LOOKAROUND = "(?="
"""Polars' patterns have none."""


def value(written: object) -> object:
    """Return a value as it is meant: the file marks what JSON can't say."""
    match written:
        case {"$ts": text}:
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        case {"$nan": _} | {"$nat": _}:
            return None
        case list():
            return [value(each) for each in written]
        case _:
            return written


def argument(written: object, dtype: str) -> object:
    """Return an argument of a check; polars asks for floats where the column has floats."""
    found = value(written)
    if dtype == "float64" and isinstance(found, list):
        return [float(each) for each in found]
    return found


@pytest.mark.parametrize("library", [pandera.pandas, pandera.polars], ids=["pandas", "polars"])
def test_breaches_name_just_the_rows_that_the_vectors_name(library, told, shared: Path, subtests) -> None:
    """Each check blames the rows that pandera's own tests expect; one that blames none fails the batch."""
    vectors = json.loads((shared / "vectors" / "checks" / "pandera_checks.json").read_text())
    for vector in vectors:
        if library is pandera.polars and LOOKAROUND in str(vector["kwargs"]):
            continue
        with subtests.test(vector["id"]):
            dtype, rows = vector["dtype"], [value(each) for each in vector["data"]["col"]]
            kwargs = {name: argument(given, dtype) for name, given in vector["kwargs"].items()}
            check = getattr(library.Check, vector["rule"])(**kwargs, ignore_na=vector["ignore_na"])
            schema = library.DataFrameSchema({"col": library.Column(None, check, nullable=True)})

            found = told(schema, pl.DataFrame({"col": rows}, schema={"col": DTYPES[dtype]}))

            if vector["expected_pass"]:
                assert {} == found
            elif "note" in vector:  # rows are numbered otherwise there: the values tell
                (blamed,) = found.values()
                assert Counter(map(value, vector["failing_values"])) == Counter(rows[row] for row in blamed)
            else:
                (blamed,) = found.values()
                assert vector["failing_rows"] == (None if blamed is None else list(blamed))

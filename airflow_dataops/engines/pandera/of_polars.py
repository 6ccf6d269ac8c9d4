"""Frames of polars, and which of their rows pandera blames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandera.errors import SchemaError

    from airflow_dataops.engines.pandera.library import Part

UTC = "Etc/UTC"
"""What DuckDB calls it."""

OUTPUT = "check_output"
"""The column in which pandera says of each row whether it is fine."""

COERCION = "DATATYPE_COERCION"
TRIED = 100
"""Rows over which it is tried whether a check answers for each row."""


class Polars:
    """Polars' frames."""

    def unfit(self, _schema: Part, _rows: pl.DataFrame) -> Iterator[tuple[str, list[int]]]:
        """Yield nothing: every column of polars may hold nulls."""
        yield from ()

    def frame(self, _schema: Part, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows; instants in UTC by the name that people write."""
        return rows.with_columns(cs.datetime(time_zone=UTC).dt.convert_time_zone("UTC"))

    def own(self, frame: object) -> pl.DataFrame | None:
        """Return a frame, collected where it is lazy; None for one of another library."""
        found = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
        return found if isinstance(found, pl.DataFrame) else None

    def rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame."""
        return frame

    def without(self, frame: pl.DataFrame, rows: Sequence[int]) -> pl.DataFrame:
        """Return the frame without some rows."""
        numbers = pl.int_range(frame.height, eager=True)
        return frame.filter(~numbers.is_in(list(rows)))

    def coerced(self, schema: Part, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame as the schema coerces it; checks look at that."""
        found: pl.DataFrame = schema.coerce_dtype(frame)
        return found

    def named(self, error: SchemaError, frame: pl.DataFrame) -> list[int] | None:
        """Return the rows that an error blames.

        Pandera numbers the answers of a check that says one thing of all rows, or of groups, as if they were
        rows; and it blames nulls where a column can't be coerced. Neither is let through.
        """
        cases, output = error.failure_cases, error.check_output
        if not isinstance(cases, pl.DataFrame) or output is None or output.height != frame.height:
            return None
        if not isinstance(error.check, str) and not _answers_by_row(error, frame):
            return None
        blamed = ~output.get_column(OUTPUT).fill_null(value=True)
        if error.reason_code.name == COERCION:
            present = frame.select(pl.all_horizontal(pl.col(cases.columns).is_not_null())).to_series()
            blamed &= present
        return blamed.arg_true().to_list() or None


def _answers_by_row(error: SchemaError, frame: pl.DataFrame) -> bool:
    """Say whether a check answers twice as often when it is shown each row twice."""
    if error.check.element_wise:
        return True
    some = frame.head(TRIED)
    key = (error.schema.selector,) if hasattr(error.schema, "selector") else ()
    try:
        twice = error.check(pl.concat([some, some]).lazy(), *key)
        height: int = twice.check_output.collect().height
    except Exception:  # noqa: BLE001 - a team's check; what can't be told of rows is told of the batch
        return False
    return height == 2 * some.height


POLARS = Polars()

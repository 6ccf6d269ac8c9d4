"""A frame that a team made -> its rows, as they are judged."""

from __future__ import annotations

import polars as pl

from airflow_dataops.core.naming import RESERVED_PREFIX
from airflow_dataops.core.rows.relation import Framed
from airflow_dataops.engines.frame.shown import NoTypeError, shown
from airflow_dataops.engines.pandera.of_polars import POLARS
from airflow_dataops.errors import DataOpsError, NotEvaluatedError


def framed(frame: object, *, name: str) -> Framed:
    """Return the rows of a frame, each column with the type that it has, and without a copy of them.

    Args:
        frame: A frame of polars or pandas, or whatever else hands its rows over through Arrow.
        name: What its rows are traced back to.

    Raises:
        NotEvaluatedError: If it is no frame, a column has no type in which it can be judged, or a name is
            reserved.
    """
    rows = rows_of(frame)
    reserved = [column for column in rows.columns if column.casefold().startswith(RESERVED_PREFIX)]
    if reserved:
        raise NotEvaluatedError(
            f"the frame has the columns {', '.join(reserved)}",
            hint=f"Names that start with {RESERVED_PREFIX!r} are reserved: rename them.",
        )
    failure: DataOpsError
    try:
        # Arrow's names end at a NUL, on which polars ends the process: so they are numbered.
        numbered = pl.DataFrame([shown(values).alias(f"s{at}") for at, values in enumerate(rows)])
    except NoTypeError as error:
        failure = NotEvaluatedError(str(error), hint="Give each column a plain type.")
    else:
        # As DuckDB calls a column of Parquet that has no name: no SQL can speak of one.
        columns = tuple(column or f"C{at}" for at, column in enumerate(rows.columns))
        kinds = dict(zip(columns, rows.dtypes, strict=True))
        blank = frozenset(column for column, kind in kinds.items() if kind == pl.Null)
        # Decimals of pandas are objects: each has its own digits, and the column has none.
        loose = frozenset(column for column, kind in kinds.items() if kind.is_decimal() and _is_pandas(frame))
        return Framed(name, columns, numbered, blank=blank, loose=loose)
    raise failure  # when polars' error is gone


def rows_of(frame: object) -> pl.DataFrame:
    """Return the rows of a frame. What libraries raise quotes values, so that only its kind is told.

    Raises:
        NotEvaluatedError: If it is no frame that can be judged.
    """
    kind = type(frame)
    name = kind.__name__
    try:
        own = POLARS.own(frame)
        if own is not None:
            return own
        if _is_pandas(frame):
            from airflow_dataops.engines.pandera.of_pandas import PANDAS

            found = PANDAS.own(frame)
            if found is not None:
                return PANDAS.rows(found)
        elif hasattr(frame, "__arrow_c_stream__"):
            return pl.DataFrame(frame)
    except DataOpsError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a lazy frame comes to when it is collected
        name = f"{name} that raises {type(error).__name__}"
    raise NotEvaluatedError(
        f"a {name} is no frame that can be judged", hint="Use a DataFrame of polars or pandas."
    )


def _is_pandas(frame: object) -> bool:
    return type(frame).__module__.partition(".")[0] == "pandas"

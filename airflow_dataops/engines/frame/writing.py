"""A frame that a team made -> a Parquet file, in which it is judged."""

from __future__ import annotations

import polars as pl

from airflow_dataops.core.naming import RESERVED_PREFIX
from airflow_dataops.engines.pandera.of_polars import POLARS
from airflow_dataops.engines.sql.whole import part_of, whole
from airflow_dataops.errors import BrokenWorldError, DataOpsError, NotEvaluatedError


def write_frame(frame: object, *, to: str) -> None:
    """Write the rows of a frame, each column with the type that it has.

    Args:
        frame: A frame of polars or pandas, or whatever else hands its rows over through Arrow.
        to: The file.

    Raises:
        NotEvaluatedError: If it is no frame, Parquet has no type for a column, or a name is reserved.
        BrokenWorldError: If the file can't be written.
    """
    rows = _rows(frame)
    reserved = [name for name in rows.columns if name.casefold().startswith(RESERVED_PREFIX)]
    if reserved:
        raise NotEvaluatedError(
            f"the frame has the columns {', '.join(reserved)}",
            hint=f"Names that start with {RESERVED_PREFIX!r} are reserved: rename them.",
        )
    failure: DataOpsError
    part = part_of(to)
    try:
        with whole(to, part=part):
            rows.write_parquet(part)
    except OSError as error:
        failure = BrokenWorldError(
            f"the frame can't be written ({type(error).__name__})",
            where=to,
            hint="Check the disk and the permissions, then run it again.",
        )
    except pl.exceptions.PolarsError as error:
        failure = NotEvaluatedError(
            f"Parquet can't hold the frame ({type(error).__name__})", hint="Give each column a plain type."
        )
    else:
        return
    raise failure


def _rows(frame: object) -> pl.DataFrame:
    """Return the rows of a frame. What libraries raise quotes values, so that only its kind is told."""
    kind = type(frame)
    name = kind.__name__
    try:
        own = POLARS.own(frame)
        if own is not None:
            return own
        if kind.__module__.partition(".")[0] == "pandas":
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

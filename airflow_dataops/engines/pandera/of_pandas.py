"""Frames of pandas, and which of their rows pandera blames."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from airflow_dataops.errors import NotEvaluatedError, SettingsError

try:
    import pandas as pd  # type: ignore[import-untyped]
except ModuleNotFoundError:
    raise SettingsError(
        "the module `pandas` is not installed", hint="Install pandas where tasks run, or write for polars."
    ) from None

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandera.errors import SchemaError

    from airflow_dataops.engines.pandera.library import Part

EXTENSION = pd.api.extensions.ExtensionDtype
NUMPY = "biufMm"
"""Kinds of numpy's types that polars takes as they are."""

DUPLICATES = frozenset({"SERIES_CONTAINS_DUPLICATES", "DUPLICATES"})
KEEP: dict[str, Any] = {"exclude_first": "first", "exclude_last": "last", "all": False}
"""`report_duplicates` of pandera -> what pandas calls it."""


class Pandas:
    """Pandas' frames, with rows numbered from 0."""

    def unfit(self, schema: Part, rows: pl.DataFrame) -> Iterator[tuple[str, list[int]]]:
        """Yield columns of integers or truth values that may not be null, and the rows in which they are.

        With a null among them, pandas has no plain column of such values, and pandera would take offence at
        the type of the whole column.
        """
        for name, dtype in rows.schema.items():
            part = _part(schema, name)
            if _holds_no_null(dtype) and part is not None and not (part.nullable or _is_extension(part)):
                nulls = rows.get_column(name).is_null().arg_true().to_list()
                if nulls:
                    yield name, nulls

    def frame(self, schema: Part, rows: pl.DataFrame) -> pd.DataFrame:
        """Return the rows as pandas' own types: see docs/howto/pandera.md."""
        series = {}
        for values in rows:
            part = _part(schema, values.name)
            if _holds_no_null(values.dtype) and (
                values.null_count() or (part is not None and _is_extension(part))
            ):
                found = pd.Series(values.to_list(), dtype=_nullable(values.dtype))
            else:
                found = _shown(values)
            series[values.name] = found
        return pd.DataFrame(series, index=pd.RangeIndex(rows.height))

    def own(self, frame: object) -> pd.DataFrame | None:
        """Return a frame with its rows numbered from 0; None for one of another library."""
        if not isinstance(frame, pd.DataFrame):
            return None
        if any(name is not None for name in frame.index.names):
            names = ", ".join(map(str, frame.index.names))
            raise NotEvaluatedError(
                f"the frame has the index {names}, which would be lost",
                hint="Make columns of it with reset_index().",
            )
        return frame.reset_index(drop=True)

    def rows(self, frame: pd.DataFrame) -> pl.DataFrame:
        """Return the rows of a frame, with null for all that pandas takes for missing.

        Raises:
            NotEvaluatedError: If two columns have one name, or Parquet has no type for a column.
        """
        names = [str(name) for name in frame.columns]
        for name in names:
            if names.count(name) > 1:
                raise NotEvaluatedError(
                    f"the frame has two columns `{_plain(name)}`", hint="Name every column, once."
                )
        return pl.DataFrame([_kept(str(name), frame[name]) for name in frame.columns])

    def without(self, frame: pd.DataFrame, rows: Sequence[int]) -> pd.DataFrame:
        """Return the frame without some rows."""
        return frame.drop(index=list(rows)).reset_index(drop=True)

    def coerced(self, _schema: Part, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame: pandera says of each row of it what there is to say."""
        return frame

    def named(self, error: SchemaError, frame: pd.DataFrame) -> list[int] | None:
        """Return the rows that an error blames.

        Pandera leaves out rows of which all values are null, also where two such rows are one too many.
        """
        cases, output = error.failure_cases, error.check_output
        if not isinstance(cases, pd.DataFrame) or "index" not in cases:
            return None
        blamed = set(cases["index"])
        if error.reason_code.name in DUPLICATES:
            blamed |= _duplicates(error, frame)
        if isinstance(output, pd.DataFrame):
            output = output.all(axis="columns")
        if isinstance(output, pd.Series):
            blamed |= set(output.index[~output.astype(bool)])
        return sorted(map(int, blamed)) or None


def _duplicates(error: SchemaError, frame: pd.DataFrame) -> set[int]:
    schema = error.schema
    names = schema.unique if hasattr(schema, "columns") else [schema.name]
    again = frame.duplicated(
        subset=[name for name in names if name in frame], keep=KEEP[schema.report_duplicates]
    )
    return set(again.index[again])


def _part(schema: Part, name: str) -> Part:
    """Return what a schema says of a column, by its name or by a pattern; None when it says nothing."""
    if name in schema.columns:
        return schema.columns[name]
    patterns = (part for part in schema.columns.values() if part.regex)
    return next((part for part in patterns if re.match(part.name, name)), None)


def _holds_no_null(dtype: pl.DataType) -> bool:
    return dtype.is_integer() or dtype == pl.Boolean


def _nullable(dtype: pl.DataType) -> str:
    """Return the type of pandas that holds the same values, and nulls."""
    return "boolean" if dtype == pl.Boolean else str(dtype)


def _is_extension(part: Part) -> bool:
    declared = getattr(part.dtype, "type", None)
    return isinstance(declared, EXTENSION)


def _shown(values: pl.Series) -> pd.Series:
    dtype = values.dtype
    if dtype == pl.String:
        return pd.Series(values.to_list(), dtype=pd.Series(["a"]).dtype)
    if dtype == pl.Date:
        return pd.Series(values.cast(pl.Datetime("us")).to_numpy(writable=True))
    if isinstance(dtype, pl.Datetime):
        naive = values.dt.convert_time_zone("UTC") if dtype.time_zone else values
        found = pd.Series(naive.dt.replace_time_zone(None).to_numpy(writable=True))
        return found.dt.tz_localize("UTC") if dtype.time_zone else found
    if (dtype.is_numeric() and not dtype.is_decimal()) or dtype == pl.Boolean:
        return pd.Series(values.to_numpy(writable=True))
    return pd.Series(values.to_list(), dtype=object)


def _kept(name: str, values: pd.Series) -> pl.Series:
    """Return a column as polars has it. What libraries raise quotes values, so that only its kind is told."""
    try:
        found = _read(name, values)
        if found.dtype != pl.Object:
            return found
    except (TypeError, ValueError, OverflowError, AttributeError, pl.exceptions.PolarsError):
        pass
    raise NotEvaluatedError(
        f"the column `{_plain(name)}` holds values of several types, or of one that Parquet hasn't",
        hint="Give it one type, such as text.",
    )


def _plain(name: str) -> str:
    """Return a name as any terminal and any store takes it."""
    return name.encode("utf-8", "backslashreplace").decode()


def _read(name: str, values: pd.Series) -> pl.Series:
    if getattr(values.dtype, "tz", None) is not None:
        instants = _read(name, values.dt.tz_convert("UTC").dt.tz_localize(None))
        return instants.dt.replace_time_zone("UTC")
    if values.dtype == "datetime64[s]":
        values = values.astype("datetime64[ms]")  # polars has no whole seconds
    if getattr(values.dtype, "kind", "") in NUMPY and not isinstance(values.dtype, EXTENSION):
        found = pl.Series(name, values.to_numpy(copy=True))
        return found.fill_nan(None) if found.dtype.is_float() else found
    missing = values.isna()
    return pl.Series(name, [None if gone else value for value, gone in zip(values, missing, strict=True)])


PANDAS = Pandas()

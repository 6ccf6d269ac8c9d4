"""Frames of pandas, and which of their rows pandera blames."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.errors import SettingsError

try:
    import pandas as pd  # type: ignore[import-untyped]
except ModuleNotFoundError:
    raise SettingsError(
        "the module `pandas` is not installed", hint="Install pandas where tasks run, or write for polars."
    ) from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pandera.errors import SchemaError

    from airflow_dataops.core.contract.model import Column
    from airflow_dataops.engines.pandera.library import Part

NULLABLE = {LogicalType.INTEGER: "Int64", LogicalType.BOOLEAN: "boolean"}
"""Types of which pandas' plain columns hold no null -> the type of those that do."""

DUPLICATES = frozenset({"SERIES_CONTAINS_DUPLICATES", "DUPLICATES"})
KEEP: dict[str, Any] = {"exclude_first": "first", "exclude_last": "last", "all": False}
"""`report_duplicates` of pandera -> what pandas calls it."""


class Pandas:
    """Pandas' frames, with rows numbered from 0."""

    def unfit(
        self, schema: Part, rows: pl.DataFrame, columns: tuple[Column, ...]
    ) -> Iterator[tuple[str, list[int]]]:
        """Yield columns of integers or truth values that may not be null, and the rows in which they are.

        With a null among them, pandas has no plain column of such values, and pandera would take offence at
        the type of the whole column.
        """
        for column in columns:
            part = _part(schema, column.name)
            if _holds_no_null(column) and part is not None and not (part.nullable or _is_extension(part)):
                nulls = rows.get_column(column.name).is_null().arg_true().to_list()
                if nulls:
                    yield column.name, nulls

    def frame(self, schema: Part, rows: pl.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
        """Return the rows as pandas' own types: see docs/howto/pandera.md."""
        series = {}
        for column in columns:
            part = _part(schema, column.name)
            values = rows.get_column(column.name)
            if _holds_no_null(column) and (values.null_count() or (part is not None and _is_extension(part))):
                found = pd.Series(values.to_list(), dtype=NULLABLE[column.type.logical])
            else:
                found = SHOWN[column.type.logical if column.type.precision is None else None](values)
            series[column.name] = found
        return pd.DataFrame(series, index=pd.RangeIndex(rows.height))

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


def _holds_no_null(column: Column) -> bool:
    return column.type.precision is None and column.type.logical in NULLABLE


def _is_extension(part: Part) -> bool:
    declared = getattr(part.dtype, "type", None)
    return isinstance(declared, pd.api.extensions.ExtensionDtype)


def _numbers(values: pl.Series) -> pd.Series:
    return pd.Series(values.to_numpy(writable=True))


def _objects(values: pl.Series) -> pd.Series:
    return pd.Series(values.to_list(), dtype=object)


def _texts(values: pl.Series) -> pd.Series:
    return pd.Series(values.to_list(), dtype=pd.Series(["a"]).dtype)


def _days(values: pl.Series) -> pd.Series:
    return pd.Series(values.cast(pl.Datetime("us")).to_numpy(writable=True))


def _instants(values: pl.Series) -> pd.Series:
    naive = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return _days(naive).dt.tz_localize("UTC")


SHOWN: dict[LogicalType | None, Callable[[pl.Series], pd.Series]] = {
    LogicalType.STRING: _texts,
    LogicalType.INTEGER: _numbers,
    LogicalType.NUMBER: _numbers,
    LogicalType.BOOLEAN: _numbers,
    LogicalType.DATE: _days,
    LogicalType.TIMESTAMP: _instants,
    None: _objects,
}
"""Logical type, or None for decimals -> how its values are shown."""

PANDAS = Pandas()

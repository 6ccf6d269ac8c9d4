"""One contract and its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import Column, Dataset
from airflow_dataops.testing.kinds import INTEGER

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

    from airflow_dataops.core.checks.spec import (
        Check,
    )


ROW = "row"
"""The column that tells rows apart: 1, 2, 4, 8, … so that the sum over some rows says which they are."""

OTHER, THERE = "other", "k"
"""What the other dataset is called, and its column."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Case:
    """A contract, and rows that keep some of it.

    Args:
        columns: The columns, without ROW.
        rows: The rows, with ROW.
        checks: What is promised.
        other: Another table, with the one column THERE, for foreign keys.
        rest: More rows of the same table, for what is unique in the whole of it.
    """

    columns: tuple[Column, ...]
    rows: pl.DataFrame
    checks: tuple[Check, ...]
    other: pl.DataFrame | None = None
    rest: pl.DataFrame | None = None

    @property
    def dataset(self) -> Dataset:
        """The dataset, with ROW."""
        return Dataset(name="rows", columns=(Column(name=ROW, type=INTEGER), *self.columns))

    def __repr__(self) -> str:
        """Return what a person needs to see."""
        beside = {"other": self.other, "rest": self.rest}
        return "\n".join(
            (
                *(f"{column.name}: {column.type} {column.type.written}" for column in self.columns),
                *(
                    _shown(name, rows)
                    for name, rows in {"rows": self.rows, **beside}.items()
                    if rows is not None
                ),
                *(f"{one.id}: {one.promise} {one.filter} {one.scope}" for one in self.checks),
            )
        )

    def without(self, rules: Collection[str]) -> Case:
        """Return the case without some of its checks."""
        return replace(self, checks=tuple(check for check in self.checks if check.id not in rules))


def _shown(name: str, rows: pl.DataFrame) -> str:
    return f"{name}: {rows.to_dict(as_series=False)} {dict(rows.schema)}"

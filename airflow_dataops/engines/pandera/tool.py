"""Pandera as a tool of custom rules: class-based models and schema objects, for pandas and for polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from airflow_dataops.engines.pandera.finding import find
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.checks.breach import Breach


class Rows(Protocol):
    """Rows that hand themselves over through Arrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return them as the Arrow C stream interface asks."""
        ...


class PanderaTool:
    """Judges the rows of a batch by pandera schemas."""

    def broken(self, implementation: str, rows: Rows) -> tuple[Breach, ...]:
        """Return which rules of a schema are broken, and by which rows.

        Args:
            implementation: The schema: `/folder/module.py:Object`, or `module:Object`.
            rows: The rows, as whoever holds them hands them over through Arrow.

        Raises:
            NotEvaluatedError: If there is no such schema, or it can't be evaluated.
            SettingsError: If pandera, or pandas for a schema of pandas, isn't installed.
        """
        check_installed()
        import polars as pl

        from airflow_dataops.engines.pandera.judging import judge_rows
        from airflow_dataops.engines.pandera.schema import schema_of

        schema = schema_of(find(implementation), place=implementation)
        return judge_rows(schema, pl.DataFrame(rows), place=implementation)


def check_installed() -> None:
    """See that pandera is there.

    Raises:
        SettingsError: If it isn't.
    """
    try:
        import pandera  # noqa: F401
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"the module `{error.name}` is not installed",
            hint="Install `airflow-provider-dataops[pandera]` where tasks run.",
        ) from None

"""What an engine needs of another tool, whose rules a contract names (ODCS `type: custom`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from airflow_dataops.core.checks.breach import Breach


class Rows(Protocol):
    """Rows that hand themselves over through Arrow, so that no library has to be shared."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return them as the Arrow C stream interface asks."""
        ...


class Tool(Protocol):
    """Judges rows by rules that are written for it."""

    def broken(self, implementation: str, rows: Rows) -> tuple[Breach, ...]:
        """Return which rules are broken, and by which rows.

        Args:
            implementation: The rules, as the tool finds them.
            rows: The rows: the columns of the contract, typed, null where a text had no value.

        Raises:
            NotEvaluatedError: If the rules can't be found or evaluated; says why without any value of a row.
            SettingsError: If the tool isn't installed.
        """
        ...

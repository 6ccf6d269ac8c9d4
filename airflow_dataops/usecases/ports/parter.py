"""Who tells rows apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from airflow_dataops.core.rows.parted import Parted
    from airflow_dataops.core.rows.relation import Split


class Parter(Protocol):
    """Tells rows apart by a team's own schema."""

    def part(self, uri: str, implementation: str, *, split: Split) -> Parted:
        """Judge the rows of a file, and write the good and the bad ones apart.

        Raises:
            NotEvaluatedError: If there is no such schema, or it can't be evaluated.
            BrokenWorldError: If rows can't be read or written.
            SettingsError: If what the schema needs isn't installed.
        """
        ...

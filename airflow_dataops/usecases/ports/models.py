"""Who makes models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.rows.relation import Modelled


class Models(Protocol):
    """Makes models out of the tables of one database."""

    @property
    def root(self) -> str:
        """What the addresses of the database's tables start with."""
        ...

    def absent(self, tables: Iterable[str]) -> Mapping[str, str]:
        """Return those of some tables that can't be read -> what is there instead.

        Raises:
            BrokenWorldError: If the database can't be asked.
        """
        ...

    def make(
        self, text: str, *, refs: Mapping[str, str], partition: str, place: str, into: str, note: str
    ) -> Modelled:
        """Run a model's SELECT, and write its rows into a table that carries a note.

        In the SQL `{{ ref("name") }}` is the rows of a model, `{{ source("schema", "table") }}` a table of
        the database, and `{{ partition }}` the partition's label.

        Raises:
            NotEvaluatedError: If the SQL doesn't parse, isn't one SELECT, or fails.
            SettingsError: If there is no table that it names.
            BrokenWorldError: If the rows of a model are gone, or the result can't be written.
        """
        ...

"""Who acts on Airflow."""

from __future__ import annotations

from typing import Protocol


class Governor(Protocol):
    """Acts on the Airflow in which products run. What is so already stays so."""

    def paused(self, dag_id: str) -> bool:
        """Say whether a DAG is paused.

        Raises:
            SettingsError: If there is no such DAG, or Airflow refuses to say.
            BrokenWorldError: If Airflow can't be reached.
        """
        ...

    def pause(self, dag_id: str, *, paused: bool) -> None:
        """Pause a DAG, or let it run.

        Raises:
            SettingsError: If there is no such DAG, or Airflow refuses.
            BrokenWorldError: If Airflow can't be reached.
        """
        ...

    def slots(self, pool: str) -> int:
        """Return how many slots a pool has; -1 for any number.

        Raises:
            SettingsError: If there is no such pool, or Airflow refuses to say.
            BrokenWorldError: If Airflow can't be reached.
        """
        ...

    def resize(self, pool: str, slots: int) -> None:
        """Set how many slots a pool has.

        Raises:
            SettingsError: If there is no such pool, or Airflow refuses.
            BrokenWorldError: If Airflow can't be reached.
        """
        ...

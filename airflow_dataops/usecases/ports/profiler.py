"""Who looks at rows of which nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from airflow_dataops.core.contract.profile import Profile
    from airflow_dataops.core.rows.relation import Landed


class Profiler(Protocol):
    """Looks at rows of which nothing is known."""

    def profile(self, relation: Landed, *, values: bool) -> Profile:
        """Return what can be seen of the rows of landed files.

        Args:
            relation: The files; they have a header.
            values: Whether few different values shall be listed.

        Raises:
            BadDataError: If a file can't be read in its format.
            BrokenWorldError: If a file can't be read.
        """
        ...

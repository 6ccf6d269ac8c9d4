"""Who judges rows where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Arrived, InPlace, Relation, Split, Staged, Transformed


class Engine(Protocol):
    """Reads and judges rows where they lie."""

    def header(self, relation: Arrived | InPlace) -> tuple[str, ...]:
        """Return the names of the columns of rows, in their order; empty when they have none.

        Of several files they are those of each. JSON lines have the keys of their first records. A file
        without a header has none: there is nothing to compare.

        Raises:
            BadDataError: If a file can't have a header: it is binary, not in its encoding, not in its format;
                or if the headers of several files differ; or if there is no such table.
            BrokenWorldError: If a file can't be read.
        """
        ...

    def types(self, relation: Arrived | InPlace) -> Mapping[str, str]:
        """Return name -> type of the columns of rows that have types declared; none for text.

        Of several files they are those of the first.

        Raises:
            BadDataError: If a file can't be read as its format.
            BrokenWorldError: If a file can't be read.
        """
        ...

    def scan(
        self,
        relation: Relation,
        scan: ScanPlan,
        *,
        split: Split | None,
        others: Others = ...,
        keys: int = 0,
    ) -> Scan:
        """Measure every check over the rows of a relation, and write the good and the bad rows apart.

        Rules may look at others besides. Files appear whole or not at all. Without a split nothing is
        written, and nothing is said of the content of the good rows. At most `keys` of the rows that broke a
        rule are named, the first ones.

        Raises:
            BadDataError: If the relation lacks columns of the plan.
            BrokenWorldError: If rows can't be read or written.
        """
        ...

    def transform(
        self, source: Staged, sql: str, *, name: str, partition: str, place: str, into: str
    ) -> Transformed:
        """Run a team's SELECT over a relation, and write the result.

        In the SQL `{{ source }}` is the relation, called `name`, and `{{ partition }}` the partition's label.

        Raises:
            NotEvaluatedError: If the SQL doesn't parse, isn't one SELECT, or fails.
            BrokenWorldError: If the result can't be written.
        """
        ...

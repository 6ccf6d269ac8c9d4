"""Checks -> one scan: what joins the one pass over the rows, and the few queries that can't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.spec import Custom, Inside, Query, RowCount, RowQuery, Unique

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, Dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPlan:
    """How the checks of one dataset are computed.

    Args:
        columns: The columns of the dataset, in the contract's order: the shape of the good rows.
        rows: Checks that each row answers by itself: one boolean a check, in the one pass.
        groups: Uniqueness: one grouping a distinct set of columns, joined to the pass as a flag.
        counts: Row counts: they read what the one pass counts anyway.
        queries: SQL rules: each a query of its own over the good rows.
        nested: Checks of what is inside a column of JSON: each text is shown to one judge, and joined to the
            pass as a flag.
        selections: SQL rules that name rows: each a query over all records, joined to the pass as a flag.
        customs: Rules of other tools: each is shown all records, and joined to the pass as a flag.
    """

    columns: tuple[Column, ...]
    rows: tuple[Check, ...]
    groups: tuple[Check, ...]
    counts: tuple[Check, ...]
    queries: tuple[Check, ...]
    nested: tuple[Check, ...] = ()
    selections: tuple[Check, ...] = ()
    customs: tuple[Check, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks of the plan."""
        return (
            *self.rows,
            *self.groups,
            *self.nested,
            *self.selections,
            *self.customs,
            *self.counts,
            *self.queries,
        )


def plan(dataset: Dataset, checks: Iterable[Check]) -> ScanPlan:
    """Sort the checks of a dataset by how they are computed."""
    kinds: dict[str, list[Check]] = {
        "rows": [],
        "groups": [],
        "counts": [],
        "queries": [],
        "nested": [],
        "selections": [],
        "customs": [],
    }
    for check in checks:
        kinds[KINDS.get(type(check.promise), "rows")].append(check)
    return ScanPlan(columns=dataset.columns, **{kind: tuple(found) for kind, found in kinds.items()})


KINDS: dict[type, str] = {
    Unique: "groups",
    Inside: "nested",
    RowCount: "counts",
    Query: "queries",
    RowQuery: "selections",
    Custom: "customs",
}
"""Promise -> how it is computed; every other is one of rows."""

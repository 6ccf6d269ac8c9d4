"""Checks -> one scan: what joins the one pass over the rows, and the few queries that can't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.spec import (
    Custom,
    Inside,
    Query,
    References,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.contract.model import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, Dataset
    from airflow_dataops.core.rows.others import Others


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
        lookups: Foreign keys, and uniqueness in a whole table or among the rows that a filter leaves: each a
            query over all records and what they are looked up in, joined to the pass as a flag.
        key: The columns of the primary key, in its order: how failing rows are called.
    """

    columns: tuple[Column, ...]
    rows: tuple[Check, ...]
    groups: tuple[Check, ...]
    counts: tuple[Check, ...]
    queries: tuple[Check, ...]
    nested: tuple[Check, ...] = ()
    selections: tuple[Check, ...] = ()
    customs: tuple[Check, ...] = ()
    lookups: tuple[Check, ...] = ()
    key: tuple[str, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks of the plan."""
        return (*self.naming, *self.counts, *self.queries)

    @property
    def naming(self) -> tuple[Check, ...]:
        """Those of them that say which rows break them."""
        named = (*self.nested, *self.lookups, *self.selections, *self.customs)
        return (*self.rows, *self.groups, *named)

    @property
    def filters(self) -> tuple[str, ...]:
        """What leaves only some of the rows to a check, each once."""
        return tuple(dict.fromkeys(check.filter for check in self.checks if check.filter))


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
        "lookups": [],
    }
    for check in checks:
        kinds[_kind(check)].append(check)
    return ScanPlan(
        columns=dataset.columns,
        key=dataset.primary_key,
        **{kind: tuple(found) for kind, found in kinds.items()},
    )


KINDS: dict[type, str] = {
    Unique: "groups",
    References: "lookups",
    Inside: "nested",
    RowCount: "counts",
    Query: "queries",
    RowQuery: "selections",
    Custom: "customs",
}
"""Promise -> the part of a plan that its checks belong to; all others belong to `rows`."""


def _kind(check: Check) -> str:
    far = isinstance(check.promise, Unique) and (check.filter or check.scope is Scope.TABLE)
    return "lookups" if far else KINDS.get(type(check.promise), "rows")


def passed_over(checks: Iterable[Check], *, others: Others, scheduled: bool) -> dict[str, Measured]:
    """Return the id of each check that is not looked at this time -> a measurement that says why.

    Args:
        checks: The checks.
        others: What there is to look at besides the rows.
        scheduled: Whether this is the time of rules that have a schedule of their own.
    """
    reasons = {check.id: left_out(check, others=others, scheduled=scheduled) for check in checks}
    return {rule: Measured(number=None, skipped=reason) for rule, reason in reasons.items() if reason}


def left_out(check: Check, *, others: Others, scheduled: bool) -> str:
    """Return why a check is not looked at this time, on purpose; empty when it is.

    Args:
        check: The check.
        others: What there is to look at besides the rows.
        scheduled: Whether this is the time of rules that have a schedule of their own.
    """
    if check.schedule and not scheduled:
        return f"not with each batch, but by its schedule `{check.schedule}`"
    if check.scope is Scope.TABLE and others.rest is None and not others.whole:
        return "it looks at the whole table, which is not known here"
    unknown = [name for name in check.reads if name not in others.datasets]
    return f"nothing says where `{unknown[0]}` lies" if unknown else ""

"""Upstream incidents explain that what reads them is late or incomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.batch import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.round import Owner
    from airflow_dataops.core.slo.declaration import Declaration

EXPLAINS = frozenset({Kind.FAILED, Kind.LATE, Kind.BAD, Kind.INCOMPLETE, Kind.LOST})
"""What can be the cause of others; a budget that burns is none."""

EXPLAINED = frozenset({Kind.LATE, Kind.INCOMPLETE})
"""What others can be the cause of: what is bad, lost or failed here is so whatever they deliver."""

BESIDE = frozenset({Kind.BURNING})
"""What may stand beside it: the budget burns because of it."""


def explains(upstream: Incident, downstream: Incident) -> bool:
    """Tell whether an incident of a product explains one of a product that reads it.

    The partitions must meet: a month needs its days, an hour its day. Where a partition is no time, such as
    the id of a run, that isn't known, and any open incident explains.
    """
    kinds = frozenset(downstream.kinds)
    return (
        not EXPLAINS.isdisjoint(upstream.kinds)
        and not EXPLAINED.isdisjoint(kinds)
        and kinds <= EXPLAINED | BESIDE
        and _meet(upstream.where.partition, downstream.where.partition)
    )


def _meet(one: str, other: str) -> bool:
    if not (LABEL.fullmatch(one) and LABEL.fullmatch(other)):
        return True
    # The label of an hour begins with that of its day, and so on.
    return one.startswith(other) or other.startswith(one)


def read_by(
    owner: Owner, upstreams: Mapping[Owner, tuple[Owner, ...]], declared: Mapping[Owner, Declaration]
) -> Iterator[Owner]:
    """Yield the products that a product reads, and what those read that promise nothing themselves.

    A product that promises nothing has no incident of its own that could stand between.

    Args:
        owner: The product.
        upstreams: Product -> those that it reads, directly.
        declared: Product -> what it declares.
    """
    seen, left = {owner}, list(upstreams.get(owner, ()))
    while left:
        each = left.pop(0)
        if each in seen:
            continue
        seen.add(each)
        yield each
        promises = declared.get(each)
        if promises is None or not promises.objectives:
            left.extend(upstreams.get(each, ()))

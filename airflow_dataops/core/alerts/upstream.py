"""Upstream incidents explain that what reads them is late or incomplete."""

from __future__ import annotations

from datetime import timedelta
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

LATELY = timedelta(days=1)
"""How long before another one an incident began that is taken for its cause, where partitions tell nothing: a
run by hand that failed a week ago, and that nobody cleared, must not keep quiet all that is late since."""


def explains(upstream: Incident, downstream: Incident) -> bool:
    """Tell whether an incident of a product explains one of a product that reads it.

    The partitions must meet: a month needs its days, an hour its day. Where a partition is no time, such as
    the id of a run, that isn't known, and one explains that began lately; of a product as a whole, any does.
    """
    kinds = frozenset(downstream.kinds)
    return (
        not EXPLAINS.isdisjoint(upstream.kinds)
        and not EXPLAINED.isdisjoint(kinds)
        and kinds <= EXPLAINED | BESIDE
        and _meet(upstream, downstream)
    )


def _meet(upstream: Incident, downstream: Incident) -> bool:
    one, other = upstream.where.partition, downstream.where.partition
    if not (one and other):
        return True
    if LABEL.fullmatch(one) and LABEL.fullmatch(other):
        # The label of an hour begins with that of its day, and so on.
        return one.startswith(other) or other.startswith(one)
    return one == other or downstream.began - upstream.began <= LATELY


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

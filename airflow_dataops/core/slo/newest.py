"""Which declaration of a product counts now: the newest, and none of an instant that is still to come.

A declaration is dated by the clock of who builds its DAG. One that runs far ahead would put down what is the
newest for as long as it was wrong, whatever the product declares after it.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration

    Owner = tuple[str, str]

AHEAD = timedelta(hours=1)
"""How far a clock may run ahead: what is dated later than that is of one that is wrong."""


def to_come(since: datetime, now: datetime) -> bool:
    """Return whether an instant is so far ahead that only a wrong clock has shown it.

    Args:
        since: The instant, aware.
        now: The present, aware.
    """
    return since - now > AHEAD


def held(declared: Iterable[Declaration], now: datetime) -> tuple[Declaration, ...]:
    """Return declarations in their order, without those of an instant that is still to come.

    Args:
        declared: The declarations.
        now: The present, aware.
    """
    return tuple(one for one in declared if not to_come(one.since, now))


def newest(declared: Iterable[Declaration], now: datetime) -> dict[Owner, Declaration]:
    """Return team and product -> the declaration that counts.

    Args:
        declared: Declarations, oldest first.
        now: The present, aware.
    """
    return {(one.team, one.product): one for one in held(declared, now)}


def left_out(declared: Iterable[Declaration], now: datetime) -> Mapping[Owner, str]:
    """Return team and product -> what is to be said of declarations that are left out.

    Args:
        declared: Declarations, oldest first.
        now: The present, aware.
    """
    its = tuple(declared)
    others = newest(its, now)
    late = {(one.team, one.product): one for one in its if to_come(one.since, now)}
    return {owner: _told(one, alone=owner not in others) for owner, one in late.items()}


def _told(one: Declaration, *, alone: bool) -> str:
    """Return a line that names a declaration which is left out."""
    instead = (
        "nothing else is declared of it, so nothing is counted until its DAG is built again"
        if alone
        else "what was declared before it holds"
    )
    return (
        f"{one.team}/{one.product}: its declaration of {one.since.astimezone(UTC):%F %H:%M} UTC is of an"
        f" instant that is still to come and is left out: the clock of who built its DAG is wrong; {instead}"
    )

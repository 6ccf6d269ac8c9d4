"""Retire a product: nothing is expected of it any more, so nothing of it burns, and nobody is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.newest import newest
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import Declarations
    from airflow_dataops.usecases.ports.store import Store

ACTION = "slo.retire"


def retire(
    product: str, *, team: str = "", who: str, why: str, levels: Declarations, store: Store, clock: Clock
) -> Declaration:
    """Return what is declared of a product from now on: nothing. What was seen of it stays.

    A product that is only gone, with its DAG, is still expected: that is how a deleted or broken file is
    found out. So somebody has to say that it is meant. When its DAG is built again it is declared again.

    Args:
        product: The product, or the DAG that is watched.
        team: Whose; empty where one team only has a product of that name.
        who: Who says so.
        why: The reason, in one line.
        levels: What is declared.
        store: Where the audit trail is.
        clock: Tells the time.

    Raises:
        SettingsError: If there is no such product, several teams have one, or it is retired.
        BrokenWorldError: If the store can't be reached.
    """
    now = clock.now()
    asked = {"product": product, **({"team": team} if team else {})}
    declared = newest(levels.declared(**asked), now)
    if len(declared) > 1:
        teams = ", ".join(sorted(owner for owner, _ in declared))
        raise SettingsError(f"several teams have a product `{product}`: {teams}", hint="Say whose: --team.")
    before = next(iter(declared.values()), None)
    if before is None:
        raise SettingsError(
            f"nothing is declared of {team or '*'}/{product}",
            hint="`airflow dataops slo list` shows what is.",
        )
    if before.retired:
        raise SettingsError(f"{before.team}/{product} is retired since {before.since:%F %H:%M %Z}")
    after = Declaration(
        team=before.team,
        product=product,
        dataset=before.dataset,
        expectation=Expectation(),
        owner=before.owner,
        retired=True,
        since=now,
    )
    store.record(
        AuditRecord(
            batch=before.whole, action=ACTION, subject=f"since {now.isoformat()}", who=who, why=why, at=now
        )
    )
    levels.declare(after)
    return after

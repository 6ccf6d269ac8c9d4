"""Leave an audit record of every bad event that was made good."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.ledger import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.standing import Kept
    from airflow_dataops.usecases.ports.store import Store

ACTION = "slo.repaired"
"""The action of such an audit record; its subject is the objective."""

WHO = "slo evaluate"


def record_repairs(evaluated: Iterable[tuple[Declaration, Kept]], *, store: Store, now: datetime) -> int:
    """Leave an audit record of every bad event that was made good, once; return how many are new.

    Args:
        evaluated: What products declare, and what was found of one of their objectives.
        store: Where the records go.
        now: The instant, aware.

    Raises:
        BrokenWorldError: If the store can't be read or written.
    """
    repaired: dict[tuple[str, str], list[AuditRecord]] = defaultdict(list)
    for declaration, kept in evaluated:
        repaired[declaration.team, declaration.product] += _records(declaration, kept, now)
    count = 0
    for (team, product), records in repaired.items():
        if records:
            known = {
                (one.batch, one.subject)
                for one in store.facts(AuditRecord, team=team, product=product)
                if one.action == ACTION
            }
            new = [one for one in records if (one.batch, one.subject) not in known]
            store.record(*new)
            count += len(new)
    return count


def _records(declaration: Declaration, kept: Kept, now: datetime) -> list[AuditRecord]:
    name = kept.standing.slo
    datasets = {objective.name: objective.dataset for objective in declaration.objectives}
    return [
        AuditRecord(
            batch=Batch(
                team=declaration.team,
                product=declaration.product,
                dataset=datasets[name] or declaration.dataset or declaration.product,
                partition=entry.partition,
            ),
            action=ACTION,
            subject=name,
            who=WHO,
            why=f"{name}: it was bad when it was due at {entry.at.isoformat()}, and is good now",
            at=now,
        )
        for entry in kept.entries
        if entry.mark is Mark.REPAIRED
    ]

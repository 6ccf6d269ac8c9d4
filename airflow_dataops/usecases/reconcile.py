"""Reconcile what landed with what is published, over the whole history: nothing is lost, nothing is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from airflow_dataops.core.history import Facts
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.reconciliation.account import reconcile as reckon
from airflow_dataops.core.reconciliation.evidence import Evidence, Published, Unknown
from airflow_dataops.core.reconciliation.record import records
from airflow_dataops.core.removal import removed
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.reconciliation.account import Account
    from airflow_dataops.core.reconciliation.record import Record
    from airflow_dataops.usecases.ports.stock import Stock
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.target import Target

P = TypeVar("P")
T = TypeVar("T")

PUBLISH = "publish"
"""The action of the audit record that a publication leaves."""


def reconcile(
    product: str = "",
    *,
    team: str = "",
    store: Store,
    stock: Callable[[str], Stock],
    target: Callable[[str], Target],
) -> tuple[Account, ...]:
    """Return the account of each partition, by team, product, dataset and partition.

    Args:
        product: The data product; empty means every one.
        team: Whose; empty means every team.
        store: What is remembered.
        stock: Opens what looks at the zones, by the address of a raw copy or of a quarantine.
        target: Opens a target by the address that its publications have.

    Raises:
        BrokenWorldError: If the store can't be read. What else can't be reached is said in the accounts.
    """
    where = {name: value for name, value in (("product", product), ("team", team)) if value}
    audit = store.facts(AuditRecord, **where)
    facts = Facts(
        landings=store.facts(Landing, **where),
        verifications=store.facts(Verification, **where),
        publications=store.facts(Publication, **where),
    )
    known = records(facts, announced=(one.batch for one in audit if one.action == PUBLISH))
    landings = {landing.uri: landing for record in known for landing in record.landings}
    quarantines = {record.judged.quarantine for record in known if record.judged and record.judged.quarantine}
    addresses = {address for record in known for address in record.targets}
    return reckon(
        known,
        Evidence(
            targets={
                address: _seen(lambda place: _published(place, known, target), address)
                for address in sorted(addresses)
            },
            faults={
                uri: _seen(lambda one: stock(one.uri).fault(one), landing)
                for uri, landing in landings.items()
            },
            quarantines={
                place: _seen(lambda one: stock(one).rows(one), place) for place in sorted(quarantines)
            },
            removed=removed(audit, facts.landings, facts.verifications),
        ),
    )


def _published(address: str, known: Sequence[Record], target: Callable[[str], Target]) -> Published:
    opened = target(address)
    newest = [one.batch for one in known if one.publication is not None and one.publication.target == address]
    return Published(counts=opened.counts(), heads={batch: opened.head(batch) for batch in newest})


def _seen(look: Callable[[P], T], at: P) -> T | Unknown:
    """Return what is seen, or why nothing can be: one place that is gone doesn't hide the others."""
    try:
        return look(at)
    except DataOpsError as error:
        return Unknown(str(error))

"""Report what became of each partition of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.history import Facts
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.report import report as report_of
from airflow_dataops.core.slo.sli import SliEvent

if TYPE_CHECKING:
    from airflow_dataops.core.report import PartitionReport
    from airflow_dataops.usecases.ports.store import Store


def report(product: str, *, team: str = "", store: Store) -> tuple[PartitionReport, ...]:
    """Return what became of each partition of a product, by team, dataset and partition.

    Args:
        product: The data product.
        team: Whose; empty means every team that has a product of the name.
        store: Where the facts are.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    where = {"product": product, "team": team} if team else {"product": product}
    return report_of(
        Facts(
            landings=store.facts(Landing, **where),
            verifications=store.broken(**where),
            publications=store.facts(Publication, **where),
            events=store.facts(SliEvent, **where),
        )
    )

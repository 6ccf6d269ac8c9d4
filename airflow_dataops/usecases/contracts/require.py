"""Ask, for one consumer, whether a producer's data is good enough for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.history import Facts
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.requirement import Answer, answer
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.unknown import unknown

if TYPE_CHECKING:
    from airflow_dataops.core.requirement import Requirement
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.store import Store


def require(
    requirement: Requirement,
    *,
    product: str,
    dataset: str = "",
    team: str = "",
    partition: str = "",
    store: Store,
    clock: Clock,
) -> Answer:
    """Hold the verdicts that the store has on a dataset against what a consumer asks.

    Args:
        requirement: What is asked.
        product: The data product.
        dataset: Its dataset; not needed when only one of it was ever judged.
        team: Whose product it is; not needed when only one team has one of that name.
        partition: Which partition; empty for the one that was judged last.
        store: Where the verdicts are.
        clock: Tells the time.

    Raises:
        SettingsError: If several datasets are of the name.
        BrokenWorldError: If the store can't be read.
    """
    asked = {"product": product, "dataset": dataset, "team": team, "partition": partition}
    newest = store.newest(**{name: value for name, value in asked.items() if value})
    if len(newest) > 1:
        names = ", ".join(f"{batch.team}/{batch.product}/{batch.dataset}" for batch in newest)
        raise SettingsError(
            f"several datasets are called `{product}`: {names}",
            where=product,
            hint="Name the `dataset`, or the `team`.",
        )
    if not newest:
        of = f"{product}/{partition}" if partition else product
        owner = {name: value for name, value in asked.items() if value and name != "partition"}
        if store.newest(**owner) or store.facts(Landing, **owner):
            return Answer(None, (f"no verdict on {of} is known",))
        lines = (str(unknown(product, dataset=dataset, team=team, store=store)),)
        return Answer(None, lines, wrong=lines)
    (batch,) = newest
    where = {
        "team": batch.team,
        "product": batch.product,
        "dataset": batch.dataset,
        "partition": batch.partition,
    }
    facts = Facts(
        landings=store.facts(Landing, **where),
        verifications=store.facts(Verification, **where),
        publications=store.facts(Publication, **where),
    )
    return answer(batch, facts, requirement, now=clock.now())

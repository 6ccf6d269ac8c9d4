"""What a consumer asks of a producer's data, held against the store: for gates and sensors alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.bridge.settings import settings
from airflow_dataops.core.checks.selection import asked_for
from airflow_dataops.core.requirement import Requirement, share, span
from airflow_dataops.usecases.contracts.require import require
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from airflow.sdk import Context

    from airflow_dataops.core.requirement import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a consumer asks, as it was written.

    Args:
        product: The data product.
        dataset: Its dataset; empty for the only one.
        team: Whose it is; empty for the only one.
        partition: The partition; empty for the one that was judged last.
        rules: Ids of the rules that matter; empty for all.
        dimensions: Dimensions of the rules that matter; empty for all.
        max_age: How long ago the data may have been judged; empty for any time.
        min_score: The least score; empty where no rule may fail.
    """

    product: str
    dataset: str = ""
    team: str = ""
    partition: str = ""
    rules: Sequence[str] = ()
    dimensions: Sequence[str] = ()
    max_age: timedelta | str | float | None = None
    min_score: float | str | None = None

    def __post_init__(self) -> None:
        """Refuse what can't be asked.

        Raises:
            SettingsError: If a value is none.
        """
        span(self.max_age)
        share(self.min_score)

    def answer(self) -> Answer:
        """Return whether the data meets it now.

        Raises:
            SettingsError: If several datasets are of the name, or a dimension is misspelt.
            BrokenWorldError: If the store can't be read.
        """
        requirement = Requirement(
            selection=asked_for(self.rules, self.dimensions),
            max_age=span(self.max_age),
            min_score=share(self.min_score),
        )
        return require(
            requirement,
            product=self.product,
            dataset=self.dataset,
            team=self.team,
            partition=self.partition,
            store=stores.store(settings()),
            clock=clocks.clock(),
        )


def scores(answers: Sequence[Answer], product: str) -> dict[str, float | None]:
    """Return the scores of answers by what was looked at, as plain JSON types."""
    return {each.of(product): None if each.score is None else float(each.score) for each in answers}


def partitions_of(context: Context, product: str) -> tuple[str, ...]:
    """Return the partitions that a run of a consumer is about; none where nothing says so.

    They are the run's partition key, or else those that are named by the events of the producer's asset which
    triggered the run.
    """
    key = context["dag_run"].partition_key
    if key:
        return (str(key),)
    events = context.get("triggering_asset_events") or {}
    named = [
        event.extra.get("dataops", {}).get("partition", "")
        for asset in events
        if getattr(asset, "name", "") == product
        for event in events[asset]
        if event.extra
    ]
    return tuple(dict.fromkeys(str(name) for name in named if name))

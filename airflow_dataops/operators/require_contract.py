"""A gate that a consumer's DAG puts first: is the producer's data good enough for this consumer?"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from airflow_dataops.bridge.attempt import with_asset
from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.core.checks.selection import asked_for
from airflow_dataops.errors import BadDataError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from airflow.sdk import Asset, Context

    from airflow_dataops.core.requirement import Answer
    from airflow_dataops.core.ticket import Ticket


class OnFail(StrEnum):
    """What becomes of a consumer whose requirement isn't met."""

    SKIP = "skip"
    FAIL = "fail"


class RequireContractOperator(BaseOperator):
    """Hold the verdicts on a producer's data against what this consumer asks, and stop it if they don't do.

    The verdicts are those of the store; a store that can't be reached is a broken world, and tried again.
    With `skip`, tasks after it are skipped with it, as their trigger rules have it.

    Args:
        asset: The producer's asset, or its name: the data product's.
        dataset: The dataset of the product; not needed when it has one only.
        team: Whose product it is; not needed when one team only has a product of that name.
        partition: Which partition; by default the run's partition key, or else the one that is named by the
            event of the asset that triggered the run, or else the one that was judged last.
        rules: Ids of the rules that matter to this consumer; empty for all.
        dimensions: Dimensions of the rules that matter, such as `completeness`; empty for all.
        max_age: How long ago the data may have been judged, such as `2h`; empty for any time.
        min_score: The least score (0 to 1): then single rules may fail. Empty where none may.
        on_fail: `skip` or `fail`.
    """

    template_fields: Sequence[str] = (
        "product",
        "dataset",
        "team",
        "partition",
        "rules",
        "dimensions",
        "max_age",
        "min_score",
        "on_fail",
    )
    ui_color = "#e8f1f5"

    def __init__(
        self,
        *,
        asset: Asset | str,
        dataset: str = "",
        team: str = "",
        partition: str = "",
        rules: Sequence[str] = (),
        dimensions: Sequence[str] = (),
        max_age: timedelta | str | float | None = None,
        min_score: float | str | None = None,
        on_fail: str = OnFail.SKIP.value,
        **kwargs: Any,
    ) -> None:
        if not isinstance(asset, str):
            kwargs["inlets"] = with_asset(kwargs.get("inlets"), asset)
        super().__init__(**kwargs)
        asked_for(rules, dimensions, rendered=False)
        self.product = asset if isinstance(asset, str) else asset.name
        self.dataset = dataset
        self.team = team
        self.partition = partition
        self.rules = rules
        self.dimensions = dimensions
        self.max_age = max_age
        self.min_score = min_score
        self.on_fail = on_fail

    def execute(self, context: Context) -> Ticket:
        """Return the partitions that were looked at, each with its score.

        Raises:
            AirflowSkipException: If the data isn't good enough, and this consumer is to be skipped.
            AirflowFailException: If it isn't, and this consumer is to fail; or something is named that isn't
                there.
            AirflowException: If the store can't be reached.
        """
        from airflow.sdk.exceptions import AirflowSkipException

        from airflow_dataops.bridge.requiring import scores

        with failing_as_airflow():
            choice, answers = self._on_fail(), self._answers(context)
            wrong = list(dict.fromkeys(line for each in answers for line in each.wrong))
            if wrong:
                raise SettingsError("; ".join(wrong))
            said = "; ".join(f"{each.of(self.product)}: {line}" for each in answers for line in each.unmet)
            if said and choice is OnFail.FAIL:
                hint = (
                    "Ask the producer for better data; or ask for less here, if this consumer can do with it."
                )
                raise BadDataError(said, hint=hint)
        if said:
            raise AirflowSkipException(f"{said}; on_fail is `skip`")
        reached = scores(answers, self.product)
        self.log.info("Good enough for this consumer, with these scores: %s", reached)
        return {"scores": reached}

    def _answers(self, context: Context) -> list[Answer]:
        from airflow_dataops.bridge.requiring import Asked, partitions_of

        wanted = (self.partition,) if self.partition else partitions_of(context, self.product) or ("",)
        return [
            Asked(
                product=self.product,
                dataset=self.dataset,
                team=self.team,
                partition=partition,
                rules=self.rules,
                dimensions=self.dimensions,
                max_age=self.max_age,
                min_score=self.min_score,
            ).answer()
            for partition in wanted
        ]

    def _on_fail(self) -> OnFail:
        try:
            return OnFail(self.on_fail)
        except ValueError:
            hint = f"Use one of {', '.join(OnFail)}."
            raise SettingsError(f"`on_fail` can't be `{self.on_fail}`", hint=hint) from None


def require_contract(asset: Asset | str, *, task_id: str = "", **asked: Any) -> RequireContractOperator:
    """Return a task that stops this consumer where the producer's data isn't good enough for it.

    Args:
        asset: The producer's asset, or its name.
        task_id: By default `require_` and the asset's name.
        asked: `dimensions`, `rules`, `max_age`, `min_score`, `on_fail`, `partition`, and what else
            `RequireContractOperator` takes.
    """
    name = asset if isinstance(asset, str) else asset.name
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    return RequireContractOperator(task_id=task_id or f"require_{plain}", asset=asset, **asked)

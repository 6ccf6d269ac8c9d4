"""Wait until the verdicts on a producer's data do for a consumer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator, PokeReturnValue

from airflow_dataops.bridge.attempt import with_asset
from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.core.checks.selection import asked_for
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Asset, Context

    from airflow_dataops.core.ticket import Ticket


class RequireContractSensor(BaseSensorOperator):
    """Hold the verdicts on a producer's data against what this consumer asks, and wait until they do.

    It asks as `require_contract` does. Nothing is read but verdicts, those of the store. While it waits it
    holds no worker. Such a task gets at least one retry; the end of the wait is not retried.

    Args:
        asset: The producer's asset, or its name: the data product's.
        dataset: The dataset of the product; not needed when it has one only.
        team: Whose product it is; not needed when one team only has a product of that name.
        partition: Which partition; by default the run's partition key, or else the ones that are named by the
            events of the asset that triggered the run, or else the one that was judged last.
        rules: Ids of the rules that matter to this consumer; empty for all.
        dimensions: Dimensions of the rules that matter, such as `completeness`; empty for all.
        max_age: How long ago the data may have been judged, such as `2h`; empty for any time.
        min_score: The least score (0 to 1): then single rules may fail. Empty where none may.
        deferrable: Whether the task is deferred while it waits; if not, it waits as `mode` says.
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
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        # Airflow 3.3 can mark a deferred task as failed when its trigger fires at once; a retry heals that.
        if deferrable:
            kwargs["retries"] = max(1, kwargs.get("retries") or 0)
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
        self.deferrable = deferrable
        self.said = ""

    def poke(self, context: Context) -> PokeReturnValue:
        """Ask once.

        Raises:
            AirflowFailException: If something is named that isn't there.
            AirflowException: If the store can't be reached.
        """
        from airflow_dataops.bridge.requiring import Asked, scores

        with failing_as_airflow():
            answers = [
                Asked(**self._asked(), partition=partition).answer()
                for partition in self._partitions(context)
            ]
        unmet = [line for each in answers for line in each.lines(self.product)]
        if unmet:
            self.said = "; ".join(unmet)
            self.log.info("Not yet: %s", self.said)
        return PokeReturnValue(not unmet, {"scores": scores(answers, self.product)})

    def execute(self, context: Context) -> Ticket:
        """Ask, and wait where that doesn't do; return the scores of what was waited for."""
        if not self.deferrable:
            from airflow.sdk.exceptions import AirflowSensorTimeout

            try:
                found: Ticket = super().execute(context)
            except AirflowSensorTimeout:
                raise AirflowSensorTimeout(f"The time is up: {self.said}") from None
            return found
        looked = self.poke(context)
        if looked:
            return dict(looked.xcom_value or {})
        from airflow_dataops.triggers.verdict import VerdictTrigger

        deadline = datetime.now(UTC) + timedelta(seconds=self.timeout)
        self.defer(
            trigger=VerdictTrigger(
                asked=self._asked(),
                partitions=list(self._partitions(context)),
                poke_interval=float(self.poke_interval),
                deadline=deadline.isoformat(),
            ),
            method_name="resume",
        )
        raise AssertionError  # pragma: no cover - defer() raises

    def resume(self, _: Context, event: dict[str, Any]) -> Ticket:
        """Go on after the wait.

        Raises:
            AirflowSensorTimeout: If the time is up.
            AirflowFailException: If what is asked can't be answered.
        """
        from airflow.sdk.exceptions import AirflowSensorTimeout

        with failing_as_airflow():
            if event["status"] == "broken":
                raise SettingsError(event["message"])
        if event["status"] == "late":
            raise AirflowSensorTimeout(f"The time is up: {event['message']}")
        return {"scores": event["scores"]}

    def _partitions(self, context: Context) -> tuple[str, ...]:
        from airflow_dataops.bridge.requiring import partitions_of

        return (self.partition,) if self.partition else partitions_of(context, self.product) or ("",)

    def _asked(self) -> dict[str, Any]:
        """Return what is asked, but the partition, as plain JSON types."""
        age = self.max_age
        return {
            "product": self.product,
            "dataset": self.dataset,
            "team": self.team,
            "rules": list(self.rules),
            "dimensions": list(self.dimensions),
            "max_age": age.total_seconds() if isinstance(age, timedelta) else age,
            "min_score": self.min_score,
        }

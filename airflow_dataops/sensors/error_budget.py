"""Wait until enough is left of a product's error budgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator, PokeReturnValue

from airflow_dataops.bridge.attempt import with_asset
from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Asset, Context


class ErrorBudgetSensor(BaseSensorOperator):
    """Evaluate the objectives of a product again and again, until enough is left of its error budgets.

    Of what nothing is known, not enough is left. What nobody declares is waited for, too, since it may come
    to be; each look says so in the log. While it waits it holds no worker. Such a task gets at least one
    retry; the end of the wait is not retried.

    Args:
        product: The data product, or its asset.
        at_least: The share of each budget that must be left: `0.2` or `20%`.
        slo: The objective whose budget matters; empty for all of the product's.
        team: Whose product it is; not needed when one team only has a product of that name.
        deferrable: Whether the task is deferred while it waits; if not, it waits as `mode` says.
    """

    template_fields: Sequence[str] = ("product", "at_least", "slo", "team")
    ui_color = "#e8f1f5"

    def __init__(
        self,
        *,
        product: Asset | str,
        at_least: float | str = 0.2,
        slo: str = "",
        team: str = "",
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        # Airflow 3.3 can mark a deferred task as failed when its trigger fires at once; a retry heals that.
        if deferrable:
            kwargs["retries"] = max(1, kwargs.get("retries") or 0)
        if not isinstance(product, str):
            kwargs["inlets"] = with_asset(kwargs.get("inlets"), product)
        super().__init__(**kwargs)
        self.product = product if isinstance(product, str) else product.name
        self.at_least = at_least
        self.slo = slo
        self.team = team
        self.deferrable = deferrable
        self.said = ""

    def poke(self, context: Context) -> PokeReturnValue:  # noqa: ARG002
        """Evaluate once.

        Raises:
            AirflowFailException: If what is asked can't be answered.
            AirflowException: If the store can't be reached.
        """
        from airflow_dataops.bridge.budgets import AskedBudget, say

        with failing_as_airflow():
            found = AskedBudget(**self._asked()).answer()
        if found.lines:
            self.said = "; ".join(found.lines)
            say(found, info=self.log.info, warn=self.log.warning)
            return PokeReturnValue(is_done=False)
        return PokeReturnValue(is_done=True, xcom_value={"remaining": found.shares})

    def execute(self, context: Context) -> dict[str, Any]:
        """Return what is left of each budget, when it is enough."""
        from airflow.sdk.exceptions import AirflowSensorTimeout

        if not self.deferrable:
            try:
                found: dict[str, Any] = super().execute(context)
            except AirflowSensorTimeout:
                raise AirflowSensorTimeout(f"The time is up: {self.said}") from None
            return found
        looked = self.poke(context)
        if looked:
            return dict(looked.xcom_value or {})
        from airflow_dataops.triggers.budget import BudgetTrigger

        deadline = datetime.now(UTC) + timedelta(seconds=self.timeout)
        self.defer(
            trigger=BudgetTrigger(
                asked=self._asked(),
                poke_interval=float(self.poke_interval),
                deadline=deadline.isoformat(),
            ),
            method_name="resume",
        )
        raise AssertionError  # pragma: no cover - defer() raises

    def resume(self, _: Context, event: dict[str, Any]) -> dict[str, Any]:
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
        return {"remaining": event["remaining"]}

    def _asked(self) -> dict[str, Any]:
        """Return what is asked, as plain JSON types."""
        return {
            "product": self.product,
            "at_least": self.at_least,
            "slo": self.slo,
            "team": self.team,
        }

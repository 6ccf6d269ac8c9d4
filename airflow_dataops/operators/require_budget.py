"""A gate that asks whether enough is left of a product's error budgets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from airflow_dataops.bridge.attempt import with_asset
from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.core.slo.enough import at_least as share
from airflow_dataops.errors import SettingsError, WithheldError
from airflow_dataops.operators.require_contract import OnFail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Asset, Context


class RequireBudgetOperator(BaseOperator):
    """Stop what comes after, where too little is left of a product's error budgets.

    The objectives are evaluated when the task runs. Of what nothing is known, not enough is left. With
    `skip`, tasks after it are skipped with it, as their trigger rules have it.

    Args:
        product: The data product, or its asset.
        at_least: The share of each budget that must be left: `0.2` or `20%`.
        slo: The objective whose budget matters; empty for all of the product's.
        team: Whose product it is; not needed when one team only has a product of that name.
        on_fail: `skip` or `fail`.
    """

    template_fields: Sequence[str] = ("product", "at_least", "slo", "team", "on_fail")
    ui_color = "#e8f1f5"

    def __init__(
        self,
        *,
        product: Asset | str,
        at_least: float | str = 0.2,
        slo: str = "",
        team: str = "",
        on_fail: str = OnFail.SKIP.value,
        **kwargs: Any,
    ) -> None:
        if not isinstance(product, str):
            kwargs["inlets"] = with_asset(kwargs.get("inlets"), product)
        super().__init__(**kwargs)
        self.product = product if isinstance(product, str) else product.name
        self.at_least = at_least
        self.slo = slo
        self.team = team
        self.on_fail = on_fail

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Return what is left of each budget.

        Raises:
            AirflowSkipException: If too little is left, and what comes after is to be skipped.
            AirflowFailException: If too little is left, and the task is to fail; or something is named that
                isn't there.
            AirflowException: If the store can't be reached.
        """
        from airflow.sdk.exceptions import AirflowSkipException

        from airflow_dataops.bridge.budgets import AskedBudget

        with failing_as_airflow():
            choice = self._on_fail()
            found = AskedBudget(
                product=self.product, at_least=self.at_least, slo=self.slo, team=self.team
            ).answer()
            if found.wrong:
                raise SettingsError("; ".join(found.lines), hint="Correct the name, or build its DAG first.")
            for note in found.notes:
                self.log.warning("%s", note)
            said = "; ".join(found.lines)
            if said and choice is OnFail.FAIL:
                raise WithheldError(said, hint="Clear the task when the budget is back.")
        if said:
            raise AirflowSkipException(f"{said}; on_fail is `skip`")
        self.log.info("Enough is left of the budgets of %s: %s", self.product, found.shares)
        return {"remaining": found.shares}

    def _on_fail(self) -> OnFail:
        try:
            return OnFail(self.on_fail)
        except ValueError:
            hint = f"Use one of {', '.join(OnFail)}."
            raise SettingsError(f"`on_fail` can't be `{self.on_fail}`", hint=hint) from None


def require_budget(
    product: Asset | str, at_least: float | str = 0.2, *, task_id: str = "", **asked: Any
) -> RequireBudgetOperator:
    """Return a task that stops what comes after, where too little is left of a product's error budgets.

    Args:
        product: The data product, or its asset.
        at_least: The share of each budget that must be left: `0.2` or `20%`.
        task_id: By default `require_budget_of_` and the product's name.
        asked: `slo`, `team`, `on_fail`, and what else `RequireBudgetOperator` takes.
    """
    name = product if isinstance(product, str) else product.name
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    if not isinstance(at_least, str) or "{" not in at_least:
        share(at_least)
    return RequireBudgetOperator(
        task_id=task_id or f"require_budget_of_{plain}", product=product, at_least=at_least, **asked
    )

"""Tell the incidents of a product that a run of it failed, ended well, or missed its deadline."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context


class SloBreachNotifier(BaseNotifier):
    """Report to the incidents of a product, from any `on_*_callback`, and from deadlines.

    It tells nobody itself: *failed*, *late* and *bad* of one partition are one incident, and who is told of
    it is decided when alerts are routed. It is put down in the outbox, so neither a store nor a receiver that
    is down loses it, and it never fails what calls it.

    Args:
        product: The product; empty for the DAG.
        team: Whose it is; empty for the DAG's bundle.
        grain: How much time one partition covers; needed by deadlines of products only.
        timezone: Where the product's days begin; likewise.
        text: What is to be said, without a row's value; empty for what Airflow tells.
        kwargs: What Airflow adds, such as the context of a deadline.
    """

    template_fields: Sequence[str] = ("text",)

    def __init__(
        self,
        *,
        product: str = "",
        team: str = "",
        grain: str = "",
        timezone: str = "",
        text: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.product = product
        self.team = team
        self.grain = grain
        self.timezone = timezone
        self.text = text

    def render_template_fields(self, context: Context, jinja_env: Any = None) -> None:  # noqa: ANN401 - Airflow's
        """Render the text, where it is a template: not every context of Airflow's has what renders one."""
        if "{" in self.text:
            super().render_template_fields(context, jinja_env)

    def notify(self, context: Context) -> None:
        """Put the report down. What goes wrong is logged in one line."""
        from airflow_dataops.bridge.reporting import Place, post, reported

        place = Place(team=self.team, product=self.product, grain=self.grain, timezone=self.timezone)
        try:
            fact = reported(context, place, text=self.text)
            if fact is not None:
                post(fact)
        except Exception as error:  # noqa: BLE001 - a callback that raises would hide those after it
            self.log.error("It was not reported that something is wrong: %s", error)  # noqa: TRY400 - one line

    async def async_notify(self, context: Context) -> None:
        """Do the same without holding up the triggerer.

        It returns nothing: what a deadline's callback returns goes into a column of Airflow's database, and
        what isn't text ends the triggerer (Airflow 3.3).
        """
        await asyncio.to_thread(self.notify, context)

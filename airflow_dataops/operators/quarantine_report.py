"""Report to whoever sent a drop."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import batch_of, run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.batch import segment
from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.ticket import Ticket


class QuarantineReportOperator(StageOperator):
    """Write what became of a drop for whoever sent it: which rules it broke, how often, and at which lines.

    It holds counts, ids of rules and lines, and never a value of a row. Put it behind `VerifyOperator`, with
    `trigger_rule="all_done"`: there is a report on a drop that is refused, a duplicate or not there, and
    where all is well. The same facts make the same files, which replace those of an earlier report.

    Args:
        landing: What `LandOperator` returned; where it returned nothing, the newest landing of the batch.
        product: The data product.
        dataset: Its dataset.
        partner: Who sent the drop; by default the product's name.
        team: Whose product it is; the DAG bundle by default.
        partition: The partition; by default the run's partition key, or else the label of its data interval.
        grain: How much time one partition covers: hour, day, month or year.
        timezone: Where the product's days begin.
        due: Whether the drop is due at the end of the run's data interval; else at no time.
        folder: Where reports are written, a folder for each partner; a relative path begins at the folder of
            the DAG file. By default `reports/` of the zones, with the team.
        most_lines: How many lines are named of each rule, at most.
    """

    template_fields: Sequence[str] = (
        *("landing", "product", "dataset", "partner", "team", "partition", "grain", "timezone"),
        *("due", "folder", "most_lines"),
    )

    def __init__(
        self,
        *,
        landing: Ticket | XComArg | None,
        product: str,
        dataset: str,
        partner: str = "",
        team: str = "",
        partition: str = "",
        grain: str = "day",
        timezone: str = "UTC",
        due: bool = False,
        folder: str = "",
        most_lines: int | str = 10,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.landing = landing
        self.product = product
        self.dataset = dataset
        self.partner = partner
        self.team = team
        self.partition = partition
        self.grain = grain
        self.timezone = timezone
        self.due = due
        self.folder = folder
        self.most_lines = most_lines

    def work(self, context: Context) -> Ticket:
        """Return what became of the drop, and where the report is."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.render.quarantine_report import csv_text, json_text, markdown
        from airflow_dataops.usecases.report_quarantine import report_quarantine
        from airflow_dataops.wiring import handouts, stores, zoning

        run, at = run_of(context), settings()
        batch = batch_of(
            context,
            product=self.product,
            dataset=self.dataset,
            team=self.team,
            partition=self.partition,
            grain=self.grain,
            timezone=self.timezone,
        )
        found = report_quarantine(
            batch,
            partner=self.partner or self.product,
            landing=None if self.landing is None else ticket.landing(self.landing),
            due_at=_aware(run.interval_end) if self.due else None,
            most=_most(self.most_lines),
            store=stores.store(at),
            stock=lambda address: zoning.stock_at(address, warehouse),
        )
        written = handouts.write_report(
            {"md": markdown(found), "csv": csv_text(found), "json": json_text(found)},
            folder=self.file(self.folder)
            if self.folder
            else str(Path(at.zones_path) / "reports" / segment(batch.team)),
            partner=found.partner,
            batch=batch,
        )
        self.say(batch, run, f"the drop is {found.reply}; the report is {written['md']}")
        return {
            "partner": found.partner,
            "partition": batch.partition,
            "reply": found.reply.value,
            "all_well": found.all_well,
            "rows": found.rows,
            "bad": found.bad,
            "files": written,
        }


def _aware(moment: datetime | None) -> datetime | None:
    """Return an instant of Airflow's as one in UTC: so it is written alike by every run."""
    return None if moment is None else moment.astimezone(UTC)


def _most(given: int | str) -> int:
    """Read how many lines are named.

    Raises:
        SettingsError: If it is no whole number of at least 0.
    """
    text = str(given).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise SettingsError(f"`most_lines` can't be `{text}`", hint="Give a whole number, such as 10.")
    return int(text)

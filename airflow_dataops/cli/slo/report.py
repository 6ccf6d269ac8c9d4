"""`slo report`: how objectives were kept over a month. The rim gives it its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.cli.output import counted, say
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.core.slo.month import month as month_of
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.levels.slo_report import report_html, report_json
from airflow_dataops.usecases.levels.report_slos import report_slos
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def report(
    month: str, *, team: str, product: str, output_format: str, settings: Settings, warn: TextIO
) -> tuple[str, str]:
    """Return how objectives were kept over a month, as a document; and in a few words what it is.

    Args:
        month: The month, such as `2026-10`.
        team: Whose; empty for every team.
        product: Of which product; empty for all.
        output_format: `html` for people, `json` for programs.
        settings: Where the store is.
        warn: Where what could not be reported goes; it is in the document, too.

    Raises:
        WrongCallError: If it is no month that has begun.
        SettingsError: If no such objective is declared, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    clock = clocks.clock()
    try:
        name = month_of(month, now=clock.now()).name
    except SettingsError as error:
        raise WrongCallError(error.what, where="--month", hint=error.hint) from None
    found = report_slos(
        month,
        team=team,
        product=product,
        levels=stores.service_levels(settings),
        timetable=clocks.timetable(),
        clock=clock,
    )
    say(warn, (f"warning: {line}" for line in found.warnings))
    made = report_json(found) if output_format == "json" else report_html(found)
    return made, f"the report on {name}, {counted(len(found.objectives), 'objective')}"

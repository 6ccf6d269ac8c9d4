"""`incident report`: the draft of what people write after an incident, and how a team fared."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.store import alerts_of
from airflow_dataops.cli.alert.typed import number as number_of
from airflow_dataops.cli.alert.typed import since as since_of
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.render.incidents.incident_report import report_html, report_json, report_markdown
from airflow_dataops.render.incidents.team_report import team_json, team_text
from airflow_dataops.usecases.alerts.report_incident import report_incident
from airflow_dataops.usecases.alerts.report_team import report_team
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from airflow_dataops.wiring.settings import Settings

INCIDENT = {"html": report_html, "md": report_markdown, "json": report_json}
"""Format -> what writes the report on an incident."""

TEAM = {"text": team_text, "json": team_json}
"""Format -> what writes how a team fared."""

ENDINGS = {".html": "html", ".htm": "html", ".md": "md", ".json": "json", ".txt": "text"}
"""What a file's name ends with -> the format that is meant, where none is named."""


def report(number: str, *, team: str, since: str, output_format: str, output: str, settings: Settings) -> str:
    """Return the report on an incident, or on a team where no incident is named.

    Args:
        number: The incident; empty for none.
        team: Whose, where no incident is named; empty for every team.
        since: How far back, likewise; empty for 30 days.
        output_format: One of `INCIDENT` or `TEAM`; empty for what the name of the file says.
        output: The name of the file; empty for none.
        settings: Where the store is.

    Raises:
        WrongCallError: If it can't be meant: a format that isn't there, a time that is none, both kinds at
            once.
        SettingsError: If there is no such incident or team, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    if number and (team or since):
        raise WrongCallError(
            "an incident has one team and its own time", hint="Leave out --team and --since."
        )
    if number:
        write = INCIDENT[_format(output_format, output, ("md", "html", "json"))]
        return write(
            report_incident(
                number_of(number, of="an incident"),
                incidents=alerts_of(settings),
                levels=stores.service_levels(settings),
                store=stores.store(settings),
                timetable=clocks.timetable(),
                clock=clocks.clock(),
            )
        )
    record = TEAM[_format(output_format, output, ("text", "json"))]
    clock = clocks.clock()
    begin = since_of(since or "30d", now=clock.now())
    levels = stores.service_levels(settings)
    return record(report_team(team, since=begin, incidents=alerts_of(settings), levels=levels, clock=clock))


def _format(asked: str, output: str, known: tuple[str, ...]) -> str:
    """Return the format that is asked for, or that the name of the file says; the first one otherwise."""
    if asked and asked not in known:
        hint = f"There are: {', '.join(known)}."
        raise WrongCallError(f"there is no such report as `{asked}`", where="--output-format", hint=hint)
    named = ENDINGS.get(PurePath(output).suffix.lower(), "")
    return asked or (named if named in known else known[0])

"""Tell what to do about an incident: the two commands to run next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.commands import Scene, commands, once
from airflow_dataops.core.slo.newest import newest
from airflow_dataops.usecases.alerts.alerting_graph import upstreams_of
from airflow_dataops.usecases.alerts.next_run import runs_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.usecases.ports.service_levels import Declarations, Owner
    from airflow_dataops.usecases.ports.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What to do about an incident that is open.

    Args:
        commands: What to run next, as a shell takes it; none where the incident is over.
        once: What must be so before the second of them is run, such as `once it is mended`; or empty.
    """

    commands: tuple[str, ...] = ()
    once: str = ""


def what_next(incident: Incident, *, levels: Declarations, timetable: Timetable, now: datetime) -> Next:
    """Return what to do about an incident; nothing of one that is over.

    Args:
        incident: The incident.
        levels: What was declared.
        timetable: Knows when schedules are due.
        now: The instant, aware.

    Raises:
        BrokenWorldError: If the store can't be read.
        SettingsError: If a newer version wrote what is declared.
    """
    if not incident.open:
        return Next()
    declared = newest(levels.declared(product=incident.where.product), now)
    scene = scene_of(incident, declared, upstreams_of(levels.stamps(), declared), timetable=timetable)
    return Next(commands=commands(incident, scene), once=once(incident, scene))


def scene_of(
    incident: Incident,
    declared: Mapping[Owner, Declaration],
    upstreams: Mapping[Owner, tuple[Owner, ...]],
    *,
    timetable: Timetable,
) -> Scene:
    """Return what commands are made of.

    Args:
        incident: The incident.
        declared: Product -> what it declares now: its own, and those of other teams that have its name.
        upstreams: Product -> those that it reads, directly.
        timetable: Knows when schedules are due.
    """
    where = incident.where
    declaration = declared.get(where[:2])
    teams = {team for team, product in declared if product == where.product}
    reads = upstreams.get(where[:2], ())
    return Scene(
        dag=where.product,
        team=where.team if teams - {where.team} else "",
        slo=next((signal.slo for signal in incident.signals if signal.slo), ""),
        run_id=next((signal.run_id for signal in incident.signals if signal.run_id), ""),
        runs=runs_of(declaration, where.partition, timetable=timetable) if declaration else None,
        upstream=reads[0][1] if reads else "",
        watched=declaration is None or declaration.expectation.runs,
    )

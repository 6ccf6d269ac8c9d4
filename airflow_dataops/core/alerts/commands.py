"""The two commands to run next: what they are depends on what is wrong, and on how its runs come about."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.signal import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident

Runs = tuple["datetime", "datetime"]
"""The logical dates of the first and the last run of a partition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What commands are made of.

    Args:
        dag: The product, which is the id of its DAG.
        team: Its team, where several have a product of the name; else empty.
        slo: The objective that is concerned; or empty.
        run_id: The run that failed; or empty.
        runs: When the runs of the partition are by the clock; None where no clock starts them.
        upstream: A product that it waits for; or empty.
        watched: Whether it is a DAG that is no product: then nothing is known but its runs.
    """

    dag: str
    team: str = ""
    slo: str = ""
    run_id: str = ""
    runs: Runs | None = None
    upstream: str = ""
    watched: bool = False


def _line(*words: str) -> str:
    return shlex.join(words)


def taking(number: int, phase: Phase) -> tuple[str, ...]:
    """Return the command by which nobody else is told again; none where somebody is at it, or it is over.

    Args:
        number: What people call the incident; 0 where it has no number yet.
        phase: How it stands.
    """
    return (
        (_line("airflow", "dataops", "alert", "ack", str(number)),) if number and phase is Phase.OPEN else ()
    )


def in_turn(commands: tuple[str, ...], once: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which commands to run next, and which of them only once something is so.

    Args:
        commands: All of them.
        once: What must be so before the second; empty for nothing.
    """
    at = 1 if once else len(commands)
    return commands[:at], commands[at:]


def _of_team(scene: Scene) -> tuple[str, ...]:
    return ("--team", scene.team) if scene.team else ()


def _report(scene: Scene) -> str:
    return _line("airflow", "dataops", "report", scene.dag, *_of_team(scene))


def _reconcile(scene: Scene) -> str:
    return _line("airflow", "dataops", "reconcile", scene.dag, *_of_team(scene))


def _show(scene: Scene) -> str:
    slo = (scene.slo,) if scene.slo else ()
    return _line("airflow", "dataops", "slo", "show", scene.dag, *slo, *_of_team(scene))


def _states(scene: Scene) -> str:
    """Which of its tasks failed."""
    if scene.run_id:
        return _line("airflow", "tasks", "states-for-dag-run", scene.dag, scene.run_id)
    return _failures(scene)


def _failures(scene: Scene) -> str:
    return _line("airflow", "dags", "list-runs", "--state", "failed", scene.dag)


def _listed(scene: Scene) -> str:
    """Whether anything ran at all."""
    since = () if scene.runs is None else ("--start-date", _at(scene.runs[0]))
    return _line("airflow", "dags", "list-runs", *since, scene.dag)


def _again(scene: Scene, *only: str) -> str:
    """Run it again; where no clock started it, see what is known of it."""
    if scene.runs is None:
        return _listed(scene) if scene.watched else _report(scene)
    first, last = map(_at, scene.runs)
    return _line(
        *("airflow", "tasks", "clear", scene.dag), "--start-date", first, "--end-date", last, *only, "--yes"
    )


def _make_up(scene: Scene) -> str:
    """Make the runs that there were not; where no clock starts them, see what it waits for."""
    if scene.runs is not None:
        first, last = map(_at, scene.runs)
        dates = ("--from-date", first, "--to-date", last, "--reprocess-behavior", "failed")
        return _line("airflow", "backfill", "create", "--dag-id", scene.dag, *dates)
    if scene.upstream:
        return _line("airflow", "dataops", "report", scene.upstream)
    return _line("airflow", "dags", "details", scene.dag)


def _at(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


NEXT: dict[Kind, tuple[Callable[[Scene], str], Callable[[Scene], str]]] = {
    Kind.LOST: (_reconcile, _again),
    Kind.BAD: (_report, _again),
    Kind.FAILED: (_states, lambda scene: _again(scene, "--only-failed")),
    Kind.INCOMPLETE: (_report, _again),
    Kind.LATE: (_listed, _make_up),
    Kind.BURNING: (_show, lambda scene: _failures(scene) if scene.watched else _report(scene)),
}
"""What is wrong -> what tells more, and what mends it or tells the rest. Of several the first counts: what
explains the others, as a bad file explains that it is late."""


ONCE: dict[Kind, str] = {
    Kind.LOST: "once it is known why",
    Kind.BAD: "once there is a good file",
    Kind.FAILED: "once it is mended",
    Kind.INCOMPLETE: "once the rest is there",
    Kind.LATE: "if it never ran",
}
"""What is wrong -> what must be so before the command that runs it again is of use."""


def once(incident: Incident, scene: Scene) -> str:
    """Return what must be so before the second command is run; empty where that one changes nothing.

    Args:
        incident: The incident.
        scene: What commands are made of.
    """
    if not incident.open or scene.runs is None:
        return ""
    return ONCE.get(_first(incident), "")


def _first(incident: Incident) -> Kind:
    return next((kind for kind in NEXT if kind in incident.kinds), Kind.BURNING)


def commands(incident: Incident, scene: Scene) -> tuple[str, str]:
    """Return the two commands to run next, as a shell takes them.

    Args:
        incident: The incident; of one that is over they show what it was.
        scene: What they are made of.
    """
    if incident.phase is Phase.RESOLVED and incident.number:
        number = str(incident.number)
        ours = ("airflow", "dataops", "incident")
        return _line(*ours, "show", number), _line(*ours, "report", number)
    tells, mends = (command(scene) for command in NEXT[_first(incident)])
    return tells, mends if mends != tells else _show(scene)

"""What an evaluation came to: a line for each objective that changed, plain JSON types for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.slo.standing import State
from airflow_dataops.render.exact import percent
from airflow_dataops.render.levels.promise import alert
from airflow_dataops.render.levels.slo_list import MARKS, firings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.slo.evaluation import Evaluation
    from airflow_dataops.core.slo.standing import Standing
    from airflow_dataops.render.levels.slo_list import Row
    from airflow_dataops.usecases.levels.enforce_policies import Enforcement


def evaluation_lines(of: Evaluation, acted: Enforcement | None) -> Iterator[str]:
    """Yield a line for each objective that changed, for each thing that a policy did, and one for all.

    Args:
        of: What it came to.
        acted: What policies did; None where nothing is remembered, and they did nothing.
    """
    teams = len({one.team for one in of.standings}) > 1
    yield from (_line(one, team=teams) for one in of.changed)
    if acted is not None:
        yield from (f"did {one.action} of {one.subject}: {one.why}" for one in acted.enforced)
        yield from (f"lifted {one.action} of {one.subject}" for one in acted.lifted)
    states = [one.state for one in of.standings]
    counts = [f"{states.count(state)} {state.value}" for state in State if state in states]
    told = f": {', '.join(counts)}" if counts else ""
    count = len(of.standings)
    repaired = f", {of.repaired} repaired" if of.repaired else ""
    dry = " (a dry run: nothing of it is remembered)" if acted is None else ""
    yield f"{count} objective{'' if count == 1 else 's'}{told}; {len(of.changed)} changed{repaired}{dry}"


def _line(of: Standing, *, team: bool) -> str:
    mark, _ = MARKS[of.state]
    left = "" if of.remaining is None else f", {percent(of.remaining, digits=1)} of the budget left"
    fires = "".join(f"; fires: {alert(burn.alert)}" for burn in firings(of))
    whose = f"{of.team} / " if team else ""
    return f"{mark} {whose}{of.product} / {of.slo}: {of.state.value}{left}{fires}"


def evaluation_row(of: Evaluation, acted: Enforcement | None) -> Row:
    """Return an object of plain JSON types; `acted` is as of `evaluation_lines`."""
    enforced, lifted = ((), ()) if acted is None else (acted.enforced, acted.lifted)
    changed = {(one.team, one.product, one.slo) for one in of.changed}
    return {
        "dry_run": acted is None,
        "objectives": [
            {
                "team": one.team,
                "product": one.product,
                "slo": one.slo,
                "state": one.state.value,
                "at": one.at.isoformat(),
                "remaining": None if one.remaining is None else float(one.remaining),
                "firing": [alert(burn.alert) for burn in firings(one)],
                "changed": (one.team, one.product, one.slo) in changed,
            }
            for one in of.standings
        ],
        "repaired": of.repaired,
        "enforced": [{"action": one.action.value, "subject": one.subject} for one in enforced],
        "lifted": [{"action": one.action.value, "subject": one.subject} for one in lifted],
        "failed": [] if acted is None else list(acted.failed),
        "warnings": list(of.warnings),
    }

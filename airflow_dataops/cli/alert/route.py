"""`alert route`: says what a round of alerting came to. The rim routes, as its operator does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.title import title
from airflow_dataops.render.alerts.legible import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.errors import Problem
    from airflow_dataops.usecases.alerts.deliver_alerts import Delivered
    from airflow_dataops.usecases.alerts.route_alerts import Routed

QUIET, OPEN, NOT_TOLD = 0, 1, 3
"""Exit codes."""

LINE = 400
"""Characters of a line."""


def tell(
    routed: Routed,
    delivered: Delivered,
    problems: Sequence[Problem],
    *,
    summary: Mapping[str, object],
    output_format: str,
    stream: TextIO,
    warn: TextIO,
) -> int:
    """Print what changed, and who was told.

    Args:
        routed: What was decided.
        delivered: What was delivered.
        problems: What is wrong with the file that says who is told.
        summary: It in short, as plain JSON types.
        output_format: `text` for people, `json` for programs.
        stream: Where to.
        warn: Where what could not be told or read goes.

    Returns:
        0 where nothing is wrong, 1 where an incident is open, 3 where the file is wrong, or somebody could
        not be told.
    """
    warn.writelines(f"{problem}\n" for problem in problems)
    warn.writelines(f"warning: {line}\n" for line in routed.warnings)
    if output_format == "json":
        stream.write(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    else:
        stream.writelines(f"{line}\n" for line in _lines(routed, delivered))
    if problems or delivered.failed:
        return NOT_TOLD
    return OPEN if any(one.open for one in routed.incidents) else QUIET


def _lines(routed: Routed, delivered: Delivered) -> Iterator[str]:
    yield from map(_line, routed.changed)
    count = sum(one.open for one in routed.incidents)
    failed = f", {delivered.failed} could not be" if delivered.failed else ""
    waiting = f", {delivered.waiting} waiting" if delivered.waiting else ""
    yield (
        f"{count} incident{'' if count == 1 else 's'} open, {len(routed.changed)} changed;"
        f" {len(delivered.told)} told{failed}{waiting}"
    )


def _line(of: Incident) -> str:
    mark = "✗" if of.open else "✓"
    return short(f"{mark} incident {of.number}, {of.urgency.value}: {title(of)}", LINE)

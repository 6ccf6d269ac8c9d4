"""How a team fared with its incidents over some time: how many, how soon found, how soon repaired, how noisy.

Times are told of those that were repaired: what left the window of what is looked at, or is promised no
longer, was not, and would make a mean of nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.why_over import BURNT_OUT, REPAIRED
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from airflow_dataops.core.alerts.incident import Incident

MENDED = frozenset({REPAIRED, BURNT_OUT})
"""Why an incident is over that somebody, or time, has mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something took.

    Args:
        count: How often.
        mean: The arithmetic mean: of times to repair, MTTR.
        median: The median, which one long night doesn't move.
        p90: What nine in ten of them don't take longer than, by nearest rank: one of them.
        longest: The longest.
    """

    count: int
    mean: timedelta
    median: timedelta
    p90: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How a team fared.

    Args:
        team: Whose; empty for all teams.
        since: From when on, aware: of what was found in this time.
        until: Until when, aware.
        pages: Incidents that asked for somebody at once.
        tickets: Those that didn't.
        explained: Those of both that another one explained, so that nobody was told of them besides.
        open: Those that are not over.
        unrepaired: Those that are over and were never repaired.
        not_actionable: Those that somebody marked: nothing could be done about them.
        to_detect: From when it was wrong until it was found; None where nothing was.
        to_repair: From when it was wrong until it was over; None where nothing was repaired.
        products: Product, and how many incidents it had, the most first.
    """

    team: str
    since: datetime
    until: datetime
    pages: int
    tickets: int
    explained: int
    open: int
    unrepaired: int
    not_actionable: int
    to_detect: Spread | None
    to_repair: Spread | None
    products: tuple[tuple[str, int], ...]

    @property
    def incidents(self) -> int:
        """How many incidents there were."""
        return self.pages + self.tickets

    @property
    def noise(self) -> Fraction | None:
        """The share about which nothing could be done, of what people were told of; None of nothing."""
        told = self.incidents - self.explained
        return Fraction(self.not_actionable, told) if told else None


def track_record(
    incidents: Iterable[Incident], *, team: str, since: datetime, until: datetime
) -> TrackRecord:
    """Return how a team fared.

    Args:
        incidents: Incidents; those that were found at another time, or are another team's, are left out.
        team: Whose; empty for all teams.
        since: From when on, aware.
        until: Until when, aware.
    """
    found = [one for one in incidents if since <= one.detected <= until and team in {"", one.where.team}]
    over = [one for one in found if one.resolved is not None]
    repaired = [one for one in over if one.why_over in MENDED]
    counts = Counter(one.where.product if team else "/".join(one.where[:2]) for one in found)
    return TrackRecord(
        team=team,
        since=since,
        until=until,
        pages=sum(one.urgency is Urgency.PAGE for one in found),
        tickets=sum(one.urgency is not Urgency.PAGE for one in found),
        explained=sum(bool(one.explained_by) for one in found),
        open=len(found) - len(over),
        unrepaired=len(over) - len(repaired),
        not_actionable=sum(bool(one.not_actionable) and not one.explained_by for one in found),
        to_detect=_spread([one.detected - one.began for one in found]),
        to_repair=_spread([one.resolved - one.began for one in repaired if one.resolved is not None]),
        products=tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
    )


def _spread(lengths: Sequence[timedelta]) -> Spread | None:
    if not lengths:
        return None
    ordered, count = sorted(lengths), len(lengths)
    return Spread(
        count=count,
        mean=sum(ordered[1:], ordered[0]) / count,
        median=(ordered[(count - 1) // 2] + ordered[count // 2]) / 2,
        p90=ordered[-(-9 * count // 10) - 1],
        longest=ordered[-1],
    )

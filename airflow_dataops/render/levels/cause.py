"""Why something burnt a budget, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.slo.burnt import Kind
from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.render.exact import number
from airflow_dataops.render.quantity import count, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.slo.burnt import Burnt
    from airflow_dataops.core.slo.incident import Incident

MISSING: dict[Sli, str] = {Sli.SUCCESS: "no finished run", Sli.FIRST_ATTEMPT: "no finished run"}
"""Indicator -> what is missing; of the others it is a delivery."""


def _late(burnt: Burnt) -> str:
    return "late" if burnt.seconds is None else f"late by {duration(burnt.seconds)}"


def _slow(burnt: Burnt) -> str:
    return "too slow" if burnt.seconds is None else f"took {duration(burnt.seconds)}"


def _bad_rows(burnt: Burnt) -> str:
    return "bad rows" if burnt.rows is None else f"{count(burnt.bad)} of {count(burnt.rows)} rows bad"


def _rows_short(burnt: Burnt) -> str:
    if burnt.rows is None:
        return "rows are lacking"
    return f"{count(burnt.bad)} of {count(burnt.rows)} expected rows lacking"


def _retried(burnt: Burnt) -> str:
    return "failed at first" + (f", took {burnt.tries} tries" if burnt.tries > 1 else "")


SAYS: dict[Kind, Callable[[Burnt], str]] = {
    Kind.LATE: _late,
    Kind.STALE: lambda _: "data was too old at its end",
    Kind.SLOW: _slow,
    Kind.BAD_ROWS: _bad_rows,
    Kind.ROWS_SHORT: _rows_short,
    Kind.FAILED: lambda _: "the run failed",
    Kind.RETRIED: _retried,
    Kind.BAD: lambda burnt: f"{number(burnt.entry.bad)} of {number(burnt.entry.total)} bad",
}
"""Reason -> its words."""


def cause(burnt: Burnt, sli: Sli) -> str:
    """Return why something burnt, such as `late by 3 h 0 min`."""
    missing = burnt.kind is Kind.MISSING
    words = MISSING.get(sli, "no delivery") if missing else SAYS[burnt.kind](burnt)
    if burnt.entry.mark is not Mark.REPAIRED:
        return words
    left = burnt.entry.bad
    but = f" but for {number(left)} of {number(burnt.entry.total)}" if left else ""
    return f"{words}; repaired since{but}"


def incident(of: Incident, sli: Sli) -> str:
    """Return what an incident was: the causes of its events, those that many share once."""
    alike: dict[Kind, list[Burnt]] = {}
    for each in of.burnt:
        alike.setdefault(each.kind, []).append(each)
    return "; ".join(_together(group, sli) for group in alike.values())


def _together(group: Sequence[Burnt], sli: Sli) -> str:
    worst = max(group, key=lambda each: (each.entry.bad, each.seconds or 0))
    words = cause(worst, sli)
    if len(group) == 1:
        return words
    return f"{len(group)} times {words}" if worst.kind in PLAIN else f"{len(group)} times, at worst {words}"


PLAIN = frozenset((Kind.MISSING, Kind.STALE, Kind.FAILED))
"""Reasons that have no more or less."""

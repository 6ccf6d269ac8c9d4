"""The report on an incident for programs: plain JSON types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.render.incidents.incident_list import incident_row

if TYPE_CHECKING:
    from datetime import timedelta

    from airflow_dataops.core.alerts.postmortem import Postmortem
    from airflow_dataops.render.incidents.incident_list import Row


def report_document(of: Postmortem) -> Row:
    """Return the report as plain JSON types."""
    return {
        **incident_row(of.incident),
        "title": of.title,
        "made_at": of.at.isoformat(),
        "owner": of.owner or None,
        "tier": of.tier or None,
        "contract": of.contract or None,
        "code": dict(of.code),
        "quarantine": of.quarantine or None,
        "seconds_to": {
            "detect": _seconds(of.to_detect),
            "tell": _seconds(of.to_tell),
            "acknowledge": _seconds(of.to_acknowledge),
            "repair": _seconds(of.to_repair),
        },
        "what": list(of.what),
        "causes": list(of.causes),
        "course": [
            {
                "at": each.at.isoformat(),
                "of": each.lane.value,
                "what": each.word,
                "text": each.text or None,
                "who": each.who or None,
                "bad": each.bad,
            }
            for each in of.course
        ],
        "burned": [
            {
                "slo": each.slo,
                "bad": str(each.bad),
                "total": str(each.total),
                "share": None if each.share is None else str(each.share),
                "remaining": None if each.remaining is None else str(each.remaining),
                "repaired": each.repaired,
            }
            for each in of.burned
        ],
        "rules": [
            {"rule": each.rule, "failing": each.failing, "checked": each.checked} for each in of.broken
        ],
        "readers": [
            {
                "team": each.team,
                "product": each.product,
                "incident": None if each.incident is None else incident_row(each.incident),
            }
            for each in of.hit
        ],
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()

"""How long the store remembers: which facts may go once they are old, and which stay.

What readers see stays: the newest publication of each partition, the landing it was made from, and its
verifications. So does the landing of a version that stays, and that of a partition which was worked on since.
Audit records go only when they are asked for, and not those by which an evaluation knows what it has done.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection

    from airflow_dataops.core.batch import Batch

DAYS = re.compile(r"[1-9][0-9]{0,5}d")

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

INSTANT = re.compile(rf"{DATE.pattern}[T ].+")

FORMS = (
    "Write a date such as 2026-01-01, an instant with its zone such as 2026-01-01T06:00Z, or 180d for days."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many facts of each kind were removed, or would be."""

    landings: int = 0
    verifications: int = 0
    publications: int = 0
    sli_events: int = 0
    observations: int = 0
    runs: int = 0
    incidents: int = 0
    notifications: int = 0
    alert_logs: int = 0
    silences: int = 0
    reports: int = 0
    audit_records: int = 0

    @property
    def total(self) -> int:
        """How many facts of all kinds."""
        return sum(getattr(self, field.name) for field in fields(self))


KINDS: dict[type[Any], str] = {
    Landing: "landings",
    Verification: "verifications",
    Publication: "publications",
    SliEvent: "sli_events",
    Observation: "observations",
    AuditRecord: "audit_records",
}
"""Kind of fact -> its count in `Forgotten`."""


def cutoff(text: str, *, now: datetime) -> datetime:
    """Return the instant before which facts are old.

    Args:
        text: A date (its midnight in UTC), an instant with a time zone, or a number of days before now.
        now: The present, aware.

    Raises:
        SettingsError: If it is none of those, or lies in the future.
    """
    found = _instant(text.strip(), now=now)
    if found is None:
        raise SettingsError(f"`{text}` is no time before which facts are old", where="before", hint=FORMS)
    if found > now:
        raise SettingsError(
            f"`{text}` is in the future: everything that may go would go, what is new included",
            where="before",
            hint=FORMS,
        )
    return found


def _instant(text: str, *, now: datetime) -> datetime | None:
    try:
        if DAYS.fullmatch(text):
            return now.astimezone(UTC) - timedelta(days=int(text[:-1]))
        if DATE.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        found = datetime.fromisoformat(text) if INSTANT.fullmatch(text) else None
        return None if found is None or found.utcoffset() is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def age(text: str, *, where: str) -> timedelta:
    """Return how long something is kept: a number of days such as `180d`.

    Args:
        text: What was written.
        where: The knob, for the message.

    Raises:
        SettingsError: If it is no number of days.
    """
    if not DAYS.fullmatch(text):
        raise SettingsError(f"`{text}` is no number of days", where=where, hint="Write it as 180d.")
    return timedelta(days=int(text[:-1]))


def since(now: datetime, kept: timedelta) -> datetime:
    """Return the instant before which something is old that is kept for so long; time itself is the limit."""
    try:
        return now.astimezone(UTC) - kept
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def forgettable(facts: Collection[Any], *, before: datetime, audit_records: bool) -> list[Any]:
    """Return the facts that may go.

    Args:
        facts: Everything that is remembered.
        before: What is older than this instant is old.
        audit_records: Whether audit records may go.
    """
    published: dict[Batch, list[Publication]] = defaultdict(list)
    worked_on = set()
    for fact in facts:
        if isinstance(fact, Publication):
            published[fact.batch].append(fact)
        elif isinstance(fact, Verification) and fact.at >= before:
            worked_on.add(fact.batch)
    seen = {max(versions, key=_age) for versions in published.values()}
    kept = {each for versions in published.values() for each in versions if each in seen or each.at >= before}
    sources = {(each.batch, each.manifest) for each in kept}

    def may_go(fact: Any) -> bool:  # noqa: ANN401 - one of the kinds above
        match fact:
            case Landing():
                used = (fact.batch, fact.sha256) in sources or fact.batch in worked_on
                return fact.landed_at < before and not used
            case Verification():
                return fact.at < before and fact.batch not in published
            case Publication():
                return fact not in kept
            case AuditRecord():
                return audit_records and fact.at < before
            case _:
                return bool(fact.at < before)

    return [fact for fact in facts if may_go(fact)]


def _age(publication: Publication) -> tuple[datetime, int]:
    return publication.at, publication.version

"""What the audit trail says of raw copies and quarantines that retention removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.publication import AuditRecord
    from airflow_dataops.core.verification import Verification

RAW_COPY, QUARANTINE = "remove raw copy", "remove quarantine"
"""The actions of the audit records."""


def raw_subject(sha256: str) -> str:
    """Return the subject of the record of a raw copy."""
    return f"raw copy {sha256}"


def quarantine_subject(place: str) -> str:
    """Return the subject of the record of a quarantine: the name of its file or table."""
    return f"quarantine {place.rpartition('/')[2]}"


def removed(
    records: Iterable[AuditRecord], landings: Iterable[Landing], verifications: Iterable[Verification]
) -> frozenset[str]:
    """Return the addresses of raw copies and quarantines that the audit trail says were removed.

    One that came again since is there: whoever looks finds it.
    """
    said = {(one.batch, one.action, one.subject) for one in records}
    return frozenset(
        (
            *(one.uri for one in landings if (one.batch, RAW_COPY, raw_subject(one.sha256)) in said),
            *(
                one.quarantine
                for one in verifications
                if one.quarantine and (one.batch, QUARANTINE, quarantine_subject(one.quarantine)) in said
            ),
        )
    )

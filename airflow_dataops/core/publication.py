"""What was published, and the record that it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A version of one partition, as the target has it. The target's commit is the truth.

    Args:
        version: The target's own version number.
        content: Digest of the rows, as `Scan.content`.
        at: When it was made, by the target's clock, aware; None where that was not asked.
    """

    version: int
    content: str
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One version of one partition, as the store remembers it.

    Args:
        batch: The batch.
        version: The target's version number.
        content: Digest of the rows.
        rows: How many rows.
        target: Where it was published.
        contract: name@version that the rows keep.
        manifest: sha256 of the raw copy they come from.
        run_id: The run that published it.
        at: When, aware.
    """

    batch: Batch
    version: int
    content: str
    rows: int
    target: str
    contract: str
    manifest: str
    run_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """Who changed published data or policy: what, when, why.

    Args:
        batch: What was changed.
        action: Such as `publish`.
        subject: Which version of it, such as `version 7, content 3fa94c0d11e2`.
        who: A person, or the DAG and run that did it.
        why: The reason.
        at: When, aware.
    """

    batch: Batch
    action: str
    subject: str
    who: str
    why: str
    at: datetime

"""What is told to whoever sent a drop: what became of it, and which rules its rows broke; never a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.history import current_verdicts
from airflow_dataops.core.landing import DUPLICATE, MISSING
from airflow_dataops.core.naming import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from fractions import Fraction

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.verification import Verification

TOLD = (Stage.LAND, Stage.GATE, Stage.VERIFY)
"""The stages that judge what was sent; what comes later is not the sender's affair."""


class Reply(StrEnum):
    """What became of a drop."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DUPLICATE = "a duplicate"
    MISSING = "not there"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class BadLine:
    """Where a record is that broke a rule.

    Args:
        file: The file's name, as its sender knows it.
        line: The line at which it starts, the header's is 1; of Parquet the number of the row.
    """

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A rule that a drop didn't keep.

    Args:
        stage: Where it was judged.
        rule: Its id.
        column: The column that it speaks of, or empty.
        warns: Whether it only warns.
        expected: What was promised.
        observed: What was found.
        rows: How many rows broke it; 0 for a rule that names no row.
        percent: They in percent of the rows it looked at, exactly; None where it names none.
        lines: The first of them.
    """

    stage: Stage
    rule: str
    column: str
    warns: bool
    expected: str
    observed: str
    rows: int
    percent: Fraction | None
    lines: tuple[BadLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineReport:
    """What is told of one drop.

    Args:
        partner: Who sent it.
        batch: What it is a delivery of.
        contract: What its rows had to keep: name@version; empty where none was judged.
        reply: What became of it.
        reasons: Why it was refused or not judged, one line each.
        files: The names of its files, as the sender knows them.
        due_at: When it was due, or None for no time.
        arrived_at: When it was first found, or None for one that isn't there.
        rows: Its records, lines that are none included; None where they were not judged.
        bad: Those of them that are in quarantine, or None.
        unparsable: Lines that are no record, or None.
        faults: The rules that it didn't keep: those that only warn come last, before them those that most
            rows broke.
    """

    partner: str
    batch: Batch
    contract: str
    reply: Reply
    reasons: tuple[str, ...]
    files: tuple[str, ...]
    due_at: datetime | None
    arrived_at: datetime | None
    rows: int | None
    bad: int | None
    unparsable: int | None
    faults: tuple[Fault, ...]

    @property
    def all_well(self) -> bool:
        """Whether it was accepted, and there is nothing to say of it."""
        return self.reply is Reply.ACCEPTED and not self.faults

    @property
    def late(self) -> float | None:
        """By how many seconds it came after it was due; below zero where it came before."""
        if self.due_at is None or self.arrived_at is None:
            return None
        return (self.arrived_at - self.due_at).total_seconds()


def told(verifications: Sequence[Verification], landing: Landing | None) -> tuple[Verification, ...]:
    """Return the verdicts on a drop that its sender is told of, in the order of the stages.

    Args:
        verifications: Those of its batch, oldest first.
        landing: Its raw copy, or None.
    """
    return tuple(found for found in current_verdicts(verifications, landing) if found.stage in TOLD)


def quarantine_report(
    verdicts: Sequence[Verification],
    *,
    partner: str,
    batch: Batch,
    landing: Landing | None,
    due_at: datetime | None,
    lines: Mapping[str, tuple[BadLine, ...]],
) -> QuarantineReport:
    """Return what is told of a drop.

    Args:
        verdicts: As `told` returns them.
        partner: Who sent it.
        batch: What it is a delivery of.
        landing: Its raw copy, or None.
        due_at: When it was due, or None.
        lines: Id of a rule -> the first records in quarantine that broke it.
    """
    judged = next((verdict for verdict in verdicts if verdict.stage is Stage.VERIFY), None)
    reply = _reply(verdicts, landing)
    there = None if reply is Reply.MISSING else landing
    faults = (_faults(verdict, lines) for verdict in verdicts)
    return QuarantineReport(
        partner=partner,
        batch=batch,
        contract=next((verdict.contract for verdict in reversed(verdicts) if verdict.contract), ""),
        reply=reply,
        reasons=tuple(reason for verdict in verdicts for reason in (*verdict.blocks, *verdict.errors)),
        files=() if there is None else _names(there),
        due_at=due_at,
        arrived_at=None if there is None else there.landed_at,
        rows=None if judged is None else judged.rows,
        bad=None if judged is None else judged.bad,
        unparsable=None if judged is None else judged.unparsable,
        faults=tuple(
            sorted(
                (fault for found in faults for fault in found),
                key=lambda one: (one.warns, -one.rows, one.rule),
            )
        ),
    )


def _reply(verdicts: Sequence[Verification], landing: Landing | None) -> Reply:
    if landing is None or _broken(verdicts, MISSING):
        return Reply.MISSING
    if any(verdict.errors for verdict in verdicts):
        return Reply.NOT_JUDGED
    if not all(verdict.passes for verdict in verdicts):
        return Reply.REFUSED
    if any(verdict.stage is Stage.VERIFY for verdict in verdicts):
        return Reply.ACCEPTED
    return Reply.DUPLICATE if _broken(verdicts, DUPLICATE) else Reply.NOT_JUDGED


def _broken(verdicts: Sequence[Verification], rule: str) -> bool:
    return any(o.rule == rule and o.status is not Status.PASSED for v in verdicts for o in v.outcomes)


def _names(landing: Landing) -> tuple[str, ...]:
    """Return the names of the files of a drop; a landing of an older version knows where its file was."""
    return tuple(file.name for file in landing.files) or (landing.origin.rpartition("/")[2],)


def _faults(verdict: Verification, lines: Mapping[str, tuple[BadLine, ...]]) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            stage=verdict.stage,
            rule=outcome.rule,
            column=outcome.column,
            warns=outcome.status is Status.WARNING,
            expected=outcome.expected,
            observed=outcome.observed,
            rows=outcome.failing,
            percent=outcome.percent if outcome.failing else None,
            lines=lines.get(outcome.rule, ()) if verdict.stage is Stage.VERIFY else (),
        )
        for outcome in verdict.outcomes
        if outcome.status not in {Status.PASSED, Status.SKIPPED}
    )

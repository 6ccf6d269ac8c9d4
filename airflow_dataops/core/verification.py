"""What a verification of one batch came to: a value, whichever way it went."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.naming import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All verdicts on one batch at one stage; a later one of the same batch and stage replaces it.

    Args:
        batch: The batch.
        stage: gate, verify or audit.
        run_id: The run.
        contract: name@version.
        at: When, aware.
        rows: Records read, unparsable lines included.
        good: Rows passed on.
        bad: Rows sent to quarantine, unparsable lines included; `good + bad == rows`.
        unparsable: Lines that are no record of the declared format.
        outcomes: One for each rule.
        blocks: Why the batch may not go on, one line each; empty when it may.
        errors: Which rules could not be evaluated, one line each.
        quarantine: Where the bad rows are, or empty.
    """

    batch: Batch
    stage: Stage
    run_id: str
    contract: str
    at: datetime
    rows: int
    good: int
    bad: int
    unparsable: int
    outcomes: tuple[Outcome, ...]
    blocks: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    quarantine: str = ""

    @property
    def passes(self) -> bool:
        """Whether the batch may go on."""
        return not self.blocks and not self.errors


def quarantined_share(verification: Verification) -> Fraction:
    """Return bad ÷ rows, exact; 0 for a batch without rows."""
    return Fraction(verification.bad, verification.rows) if verification.rows else Fraction(0)


def broken(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Return the outcomes that did not pass, failures first."""
    order = (Status.ERROR, Status.FAILED, Status.WARNING)
    return tuple(
        sorted(
            (outcome for outcome in outcomes if outcome.status is not Status.PASSED),
            key=lambda outcome: order.index(outcome.status),
        )
    )

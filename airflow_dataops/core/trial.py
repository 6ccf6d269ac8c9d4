"""What a test of files against a contract came to, without a batch, a run or a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status

if TYPE_CHECKING:
    from airflow_dataops.core.checks.verdict import Outcome

UNREAD = "not looked at: the files could not be read as rows of the dataset"
"""What is observed of every rule, where no row could be read."""

WORST = (Status.ERROR, Status.FAILED, Status.WARNING, Status.SKIPPED, Status.PASSED)
"""The verdicts, the one that weighs most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """All verdicts on the files of one dataset.

    Args:
        dataset: Its name.
        data: The files, as they were named; empty where none was given.
        outcomes: One for each rule.
        rows: Records read, unparsable lines included.
        good: Rows that no rule sends to quarantine.
        bad: Rows that one does, unparsable lines included; `good + bad == rows`, but where rows could not be
            judged: then both are 0.
    """

    dataset: str
    data: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    rows: int = 0
    good: int = 0
    bad: int = 0

    @property
    def parted(self) -> bool:
        """Whether rows were told apart: not where a rule that says which are good could not be evaluated."""
        return self.good + self.bad == self.rows

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """The verdicts that are not a pass, the worst first, else in the order of the contract."""
        found = (outcome for outcome in self.outcomes if outcome.status is not Status.PASSED)
        return tuple(sorted(found, key=lambda outcome: WORST.index(outcome.status)))

    @property
    def unread(self) -> tuple[Outcome, ...]:
        """The verdicts on rules that no row was looked at for, since none could be read."""
        return tuple(outcome for outcome in self.outcomes if outcome.observed == UNREAD)

    @property
    def status(self) -> Status:
        """The worst verdict; a test without one is skipped, not passed."""
        return worst({outcome.status for outcome in self.outcomes})


def worst(statuses: set[Status]) -> Status:
    """Return the verdict that weighs most; a set without one is skipped, not passed."""
    return next((status for status in WORST if status in statuses), Status.SKIPPED)

"""For how long a rule has not been kept: new, failing for so many runs, or mended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.naming import Stage
    from airflow_dataops.core.verification import Verification

NOT_KEPT = frozenset({Status.FAILED, Status.WARNING, Status.ERROR})
"""What goes on with a streak. A rule that was skipped neither goes on with one nor ends it."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Consecutive runs in which a rule was not kept.

    Args:
        runs: How many there are, at least one.
        mended: Whether the streak ended just now: the rule is kept again.
        open_start: Whether there may be more, before what is remembered or was looked at.
    """

    runs: int
    mended: bool = False
    open_start: bool = False

    def __str__(self) -> str:
        """Return it as a person would say it."""
        most = "at least " if self.open_start else ""
        runs = f"{most}{self.runs} run{'' if self.runs == 1 else 's'}"
        if self.mended:
            return f"mended after {runs}"
        return "new" if self.runs == 1 and not self.open_start else f"failing for {runs}"


Streaks = dict[str, Streak]
"""Rule -> its streak, of the rules that are not kept, or that are again."""


def streaks(
    verifications: Iterable[Verification], *, whole: bool = True
) -> dict[tuple[Batch, Stage], Streaks]:
    """Return the streaks of each verification.

    A run is one verification of a dataset at a stage. They count in the order of time in which they were
    made, whichever partitions they are of; a partition that is run again has its last verification alone. A
    rule of which a verification has no outcome was kept: so are those that are told only when they are
    broken.

    Args:
        verifications: All that is known, in the order of time.
        whole: Whether nothing came before.
    """
    running: dict[tuple[str, Stage], Streaks] = defaultdict(dict)
    began: set[tuple[str, Stage]] = set()
    found: dict[tuple[Batch, Stage], Streaks] = {}
    for verification in verifications:
        series = verification.batch.owner, verification.stage
        before = running[series]
        open_start = not whole and series not in began
        began.add(series)
        now: Streaks = {}
        passed_over = set()
        for outcome in verification.outcomes:
            last = before.get(outcome.rule)
            if outcome.status in NOT_KEPT:
                now[outcome.rule] = (
                    Streak(1, open_start=open_start)
                    if last is None
                    else Streak(last.runs + 1, open_start=last.open_start)
                )
            elif outcome.status is Status.SKIPPED:
                passed_over.add(outcome.rule)
        over = before.keys() - now.keys() - passed_over
        ended = {rule: replace(before[rule], mended=True) for rule in over}
        running[series] = now | {rule: before[rule] for rule in before.keys() & passed_over}
        found[verification.batch, verification.stage] = now | ended
    return found


def summary(found: Mapping[str, Streak]) -> str:
    """Return which rules are new and which are not, the longest streak first, as one phrase."""
    alike: dict[Streak, list[str]] = defaultdict(list)
    for rule, streak in found.items():
        alike[streak].append(rule)
    order = sorted(alike, key=lambda streak: (streak.mended, -streak.runs))
    return "; ".join(f"{streak}: {', '.join(alike[streak])}" for streak in order)

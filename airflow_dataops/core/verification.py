"""What a verification of one batch came to: a value, whichever way it went."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.streak import summary
from airflow_dataops.core.checks.unjudged import UNJUDGED
from airflow_dataops.core.checks.verdict import (
    Outcome,
    Status,
    in_percent,
    judgements,
    of_batch,
    told_apart,
)
from airflow_dataops.core.contract.header import TABLE
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.landing import MISSING
from airflow_dataops.core.naming import ALL_NULL, EMPTY, HEADER, HEADER_RULES, UNPARSABLE, Stage
from airflow_dataops.core.rows.others import UNPUBLISHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.checks.streak import Streak


SHOWN = 20
"""Rules that a line about rows names; those that most rows broke come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All verdicts on one batch at one stage; a later one of the same batch and stage replaces it.

    Args:
        batch: The batch.
        stage: land, gate, verify, transform (by a schema of the team's own), audit or check.
        run_id: The run.
        contract: name@version.
        at: When, aware.
        rows: Records read, unparsable lines included.
        good: Rows passed on.
        bad: Rows sent to quarantine, unparsable lines included; `good + bad == rows`, but where rows could
            not be judged: then both are 0.
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
    def parted(self) -> bool:
        """Whether rows were told apart: not where a rule that says which are good could not be evaluated."""
        return self.good + self.bad == self.rows

    @property
    def passes(self) -> bool:
        """Whether the batch may go on."""
        return not self.blocks and not self.errors


def blocks(outcomes: tuple[Outcome, ...], *, rows: int, bad: int, ceiling: Fraction) -> tuple[str, ...]:
    """Return why a batch may not go on, one line each.

    Rules that name no row, or that don't quarantine, block when they fail. Rows in quarantine block when
    their share is above the ceiling; where rows could not be judged, so do those that one rule blames.

    Args:
        outcomes: One for each rule.
        rows: Records read.
        bad: Rows in quarantine.
        ceiling: Share of the rows, 0..1.
    """
    failed = [outcome for outcome in outcomes if outcome.status is Status.FAILED]
    lines = [reason(outcome) for outcome in failed if not outcome.quarantines]
    worst = sorted((o for o in failed if o.quarantines), key=lambda o: -o.failing)
    least = bad or max((outcome.failing for outcome in worst), default=0)
    if rows and Fraction(least, rows) > ceiling:
        rules = [*map(reason, worst[:SHOWN]), *([f"and {len(worst) - SHOWN} more"] if worst[SHOWN:] else [])]
        allowed = f"{float(ceiling):.2%} are allowed" if ceiling else "none may"
        known = str(bad) if bad else f"at least {least}"
        of_rows = f"{known} of {rows} rows ({least / rows:.2%}) break the contract, {allowed}"
        lines.append(f"{of_rows}: {'; '.join(rules)}")
    return tuple(lines)


def judged(verification: Verification) -> bool:
    """Say whether rows were judged: none is where the names of their columns break the contract."""
    broken = {outcome.rule for outcome in verification.outcomes if outcome.status is Status.FAILED}
    return not broken & HEADER_RULES


def reason(outcome: Outcome) -> str:
    """Return how a rule is not kept, in words."""
    return f"{outcome.rule}: expected {outcome.expected}, observed {outcome.observed}"


def errors(outcomes: tuple[Outcome, ...]) -> tuple[str, ...]:
    """Return which rules could not be evaluated, one line each."""
    return tuple(f"{o.rule}: {o.observed}" for o in outcomes if o.status is Status.ERROR)


def advice(verification: Verification) -> str:
    """Return what to do about rules that could not be evaluated."""
    observed = [outcome.observed for outcome in verification.outcomes if outcome.status is Status.ERROR]
    why = [one for one in observed if not one.startswith(UNJUDGED)]
    absent = [one for one in why if one.startswith(UNPUBLISHED)]
    steps = (
        *(("run the product that publishes it first, or name its table with `lookups`",) if absent else ()),
        *(("mend the rule",) if len(absent) < len(why) or not why else ()),
    )
    said = "; ".join(steps)
    return f"{said[0].upper()}{said[1:]}, then clear this task."


def remedy(verification: Verification) -> str:
    """Return what to do about rows of one's own that break their contract, or that aren't there."""
    broken = {o.rule: o.expected for o in verification.outcomes if o.status is Status.FAILED}
    if MISSING in broken:
        step = "Have it put there, or mend the path"
    elif broken.get(HEADER) == TABLE:
        step = "Check the name of the table, and that the connection leads to its database"
    elif HEADER in broken:
        step = "Have it made anew, or say how it is written"
    else:
        step = "Have the rows mended, or the contract"
    return f"{step}, then clear this task."


def of_lines(scan: Scan, _: Sequence[Outcome]) -> Outcome | None:
    """Return the verdict on lines that are no record, if there were any."""
    if not scan.unparsable:
        return None
    return Outcome(
        rule=UNPARSABLE,
        status=Status.FAILED,
        severity=Severity.ERROR,
        dimension="conformity",
        column="",
        expected="every line is a record",
        observed=str(scan.unparsable),
        failing=scan.unparsable,
        checked=scan.rows,
        quarantines=True,
    )


def of_emptiness(scan: Scan, _: Sequence[Outcome]) -> Outcome | None:
    """Return the warning that a batch has no rows, if it has none: an empty batch is never plain green."""
    if scan.rows:
        return None
    return of_batch(EMPTY, "0 rows", expected="rows", severity=Severity.WARNING, dimension="completeness")


def of_columns(scan: Scan, _: Sequence[Outcome]) -> Outcome | None:
    """Return the warning that a transformation's columns are left out, if some are."""
    if not scan.extra:
        return None
    return of_batch(
        "schema.extra",
        f"columns {', '.join(scan.extra)} are not in the contract and are left out",
        expected="no other columns",
        severity=Severity.WARNING,
        dimension="conformity",
    )


def of_values(scan: Scan, outcomes: Sequence[Outcome]) -> Outcome | None:
    """Return the warning that columns have no value in any row, but for those of which a rule says so."""
    told = {outcome.column for outcome in outcomes if outcome.status in {Status.FAILED, Status.WARNING}}
    blank = [name for name in scan.blank if name not in told]
    if not blank:
        return None
    return of_batch(
        ALL_NULL,
        f"no value in any row: {', '.join(blank)}",
        expected="a value in some row",
        severity=Severity.WARNING,
        dimension="completeness",
    )


BESIDE_THE_CONTRACT: tuple[Callable[[Scan, Sequence[Outcome]], Outcome | None], ...] = (
    of_lines,
    of_emptiness,
    of_columns,
    of_values,
)
"""Verdicts that no contract needs to ask for: by what was measured, and what became of its rules."""


def verdicts(checks: Iterable[Check], scan: Scan) -> tuple[Outcome, ...]:
    """Return the verdicts on a scan: those on its checks, then those that no contract needs to ask for."""
    asked = [outcome for check in checks for outcome in judgements(check, scan.measured[check.id])]
    beside = (verdict(scan, asked) for verdict in BESIDE_THE_CONTRACT)
    return told_apart((*asked, *(outcome for outcome in beside if outcome is not None)))


def told(outcome: Outcome, streak: Streak | None = None) -> str:
    """Return one line that says what became of a rule, for a log.

    Args:
        outcome: What became of it.
        streak: For how long it was not kept, where that is known.
    """
    line = f"{outcome.rule}: {outcome.status}, expected {outcome.expected}, observed {outcome.observed}"
    if outcome.failing and outcome.percent is not None:
        line += f" ({outcome.failing} of {outcome.checked} rows, {in_percent(outcome.percent)})"
    return line if streak is None else f"{line}, {streak}"


def sentence(verification: Verification, streaks: Mapping[str, Streak] | None = None) -> str:
    """Return one line that says what a verification came to, for a log or an error.

    Args:
        verification: What it came to.
        streaks: For how long its broken rules have not been kept, as far as that is known.
    """
    reasons = (*verification.blocks, *(f"could not evaluate {error}" for error in verification.errors))
    if reasons and streaks:
        stopping = {o.rule for o in verification.outcomes if o.status in {Status.FAILED, Status.ERROR}}
        ages = summary({rule: streak for rule, streak in streaks.items() if rule in stopping})
        reasons = (*reasons, ages) if ages else reasons
    if verification.stage is Stage.GATE:
        return "; ".join(reasons) or "the header keeps the contract"
    if verification.stage is Stage.CHECK and not verification.rows:
        return "; ".join(reasons) or "there are no rows"
    where = f", the bad ones in {verification.quarantine}" if verification.quarantine else ""
    counts = f"{verification.good} good and {verification.bad} bad of {verification.rows} rows{where}"
    if not verification.parted:
        counts = f"{verification.rows} rows, not told apart into good and bad ones"
    return f"{'; '.join(reasons)} ({counts})" if reasons else counts

"""What a consumer asks of a producer's data, and what of it the verdicts on the data don't meet.

It says so for one consumer: a rule that fails can stop one and not another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.selection import ALL, DIMENSIONS, LEFT
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.history import current_landing, current_verdicts
from airflow_dataops.core.landing import DUPLICATE, MISSING
from airflow_dataops.core.naming import HEADER_RULES, OWN_RULES, Stage
from airflow_dataops.core.quality_result import COSTS, became, score
from airflow_dataops.core.verification import SHOWN, judged, reason
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.checks.selection import Selection
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.history import Facts
    from airflow_dataops.core.verification import Verification

ENDS = frozenset({Stage.AUDIT, Stage.CHECK})
"""Stages whose verdict is the last one on a batch: with it all rules of its contracts are known."""

UNTOLD = HEADER_RULES | OWN_RULES | {MISSING, DUPLICATE}
"""Rules that no contract has to name, of which nothing is said where they are kept."""

AGE = re.compile(r"([1-9][0-9]*)(s|m|h|d)")
SHARE = re.compile(
    r"[0-9]{1,20}(\.[0-9]{0,20})?([eE]-?[0-9]{1,2})?|\.[0-9]{1,20}|[0-9]{1,20}/[1-9][0-9]{0,19}"
)
CLOCKS = timedelta(minutes=1)
"""By how much the clocks of two machines may differ."""

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a consumer asks.

    Args:
        selection: The rules that matter to it.
        max_age: How long ago the data may have been judged; None for any time.
        min_score: The least score (0..1), by which single rules may fail; None where none may.
    """

    selection: Selection = ALL
    max_age: timedelta | None = None
    min_score: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the data meets a requirement.

    Args:
        batch: The partition that was looked at; None where there is none.
        unmet: What isn't met, one line each; empty when all is.
        score: The score of the rules that matter; None where none was judged.
        wrong: Which of it is unmet because of what is asked: it names what isn't there, one line each.
    """

    batch: Batch | None
    unmet: tuple[str, ...]
    score: Fraction | None = None
    wrong: tuple[str, ...] = ()

    def of(self, product: str) -> str:
        """Return what was looked at, as messages name it."""
        return product if self.batch is None else str(self.batch)

    def lines(self, product: str) -> tuple[str, ...]:
        """Return what isn't met, each line with what was looked at."""
        return tuple(f"{self.of(product)}: {line}" for line in self.unmet)


def span(given: timedelta | str | float | None) -> timedelta | None:
    """Read a span of time: a number with a unit such as 90s, 30m, 2h, 7d; or a number of seconds.

    Raises:
        SettingsError: If it is none, or not more than none.
    """
    if given is None or given == "":
        return None
    try:
        read = _span(given)
    except (OverflowError, ValueError):
        read = None
    if read is None or read <= timedelta():
        raise SettingsError(f"`max_age` can't be `{given}`", hint="Write a span such as 30m, 2h or 1d.")
    return read


def _span(given: timedelta | str | float) -> timedelta | None:
    if isinstance(given, timedelta):
        return given
    if isinstance(given, str):
        found = AGE.fullmatch(given.strip())
        return None if found is None else timedelta(**{UNITS[found[2]]: int(found[1])})
    return None if isinstance(given, bool) else timedelta(seconds=given)


def share(given: float | str | Fraction | None) -> Fraction | None:
    """Read a score, exactly, from its text.

    Raises:
        SettingsError: If it is no number from 0 to 1.
    """
    if given is None or given == "":
        return None
    found = Fraction(str(given)) if SHARE.fullmatch(str(given)) else Fraction(-1)
    if not 0 <= found <= 1:
        raise SettingsError(f"`min_score` can't be `{given}`", hint="Use a number from 0 to 1, such as 0.95.")
    return found


def answer(batch: Batch, facts: Facts, requirement: Requirement, *, now: datetime) -> Answer:
    """Say whether a batch meets a requirement.

    Args:
        batch: The batch.
        facts: What is known of it: its landings, publications and verifications, oldest first.
        requirement: What is asked.
        now: The present, aware.
    """
    landing = current_landing(facts.landings, facts.publications[-1] if facts.publications else None)
    verdicts = current_verdicts(facts.verifications, landing)
    if not verdicts:
        return Answer(batch, ("no verdict on its newest rows is known",))
    found = became(verdicts, requirement.selection)
    reached = score(status for status, _ in found.values()) if found else None
    age = now - _judged_at(found, verdicts)
    wrong = tuple(_not_there(verdicts, requirement.selection))
    unmet = wrong or tuple(_unmet(found, verdicts, requirement, reached=reached, age=age))
    if landing is not None and not facts.publications and not unmet:
        unmet = ("it is not published yet",)
    return Answer(batch, unmet, reached, wrong)


def _not_there(verdicts: Sequence[Verification], selection: Selection) -> Iterator[str]:
    """Yield a line for each rule or dimension that is asked for and that the contract doesn't have.

    Only a verdict that came to the end of the contract says so. A rule that another tool brings is known by
    the id of what brings it, for it is named where it is broken.
    """
    ends = [one for one in verdicts if one.stage in ENDS and one.rows and judged(one)]
    if not ends:
        return
    there = list(dict.fromkeys(outcome.rule for one in verdicts for outcome in one.outcomes))
    for rule in selection.rules:
        if rule in there or rule in UNTOLD or any(rule.startswith(f"{one}.") for one in there):
            continue
        near = get_close_matches(rule, there, n=1)
        more = ", …" if there[SHOWN:] else ""
        named = f"did you mean `{near[0]}`?" if near else f"it has {', '.join(there[:SHOWN])}{more}"
        yield f"the contract {ends[-1].contract} has no rule `{rule}`: {named}"
    of = sorted({outcome.dimension for one in verdicts for outcome in one.outcomes if outcome.dimension})
    for name in selection.dimensions:
        if name not in DIMENSIONS and name not in of:
            yield f"the contract {ends[-1].contract} has no dimension `{name}`: it has {', '.join(of)}"


def _unmet(
    found: dict[str, tuple[Status, Outcome]],
    verdicts: Sequence[Verification],
    requirement: Requirement,
    *,
    reached: Fraction | None,
    age: timedelta,
) -> Iterator[str]:
    stopped = next((one.stage for one in verdicts if one.stage is not Stage.CHECK and not one.passes), None)
    if stopped is not None:
        yield f"it was stopped at {stopped}, so that readers don't see it"
    if requirement.max_age is not None and age > requirement.max_age:
        yield f"it was judged {_shown(age)} ago, at most {_shown(requirement.max_age)} are asked for"
    if requirement.max_age is not None and age < -CLOCKS:
        yield f"it was judged {_shown(-age)} from now: a clock is wrong"
    over = tuple(_passed_over(found, verdicts, requirement.selection))
    yield from over
    if not found and not over and stopped is None:
        yield "no rule that matters here was judged"
    broken = {Status.ERROR} if requirement.min_score is not None else {Status.ERROR, Status.FAILED}
    yield from (reason(outcome) for status, outcome in found.values() if status in broken)
    if requirement.min_score is not None and reached is not None and reached < requirement.min_score:
        rules = "; ".join(reason(outcome) for status, outcome in found.values() if COSTS[status])
        least = f"at least {float(requirement.min_score):.4g} is asked for"
        yield f"the score is {float(reached):.4g}, {least}: {rules}"


def _judged_at(found: Mapping[str, object], verdicts: Sequence[Verification]) -> datetime:
    """Return when the rule that was judged longest ago, of those that matter, was judged last."""
    last: dict[str, datetime] = {}
    for verdict in verdicts:
        for outcome in verdict.outcomes:
            if outcome.rule in found and outcome.status is not Status.SKIPPED:
                last[outcome.rule] = max(last.get(outcome.rule, verdict.at), verdict.at)
    return min(last.values(), default=max(verdict.at for verdict in verdicts))


def _passed_over(
    found: Mapping[str, object], verdicts: Iterable[Verification], selection: Selection
) -> Iterator[str]:
    """Yield a line for each rule that matters and that nobody judged.

    It does where it is asked for by its name, or where whoever judged the others left it out: what is known
    of it then is older than the verdict that took the place of an earlier one.
    """
    skipped = {
        outcome.rule: outcome
        for verdict in verdicts
        for outcome in verdict.outcomes
        if outcome.status is Status.SKIPPED and selection.holds(outcome.rule, outcome.dimension)
    }
    for rule, outcome in skipped.items():
        if rule not in found and (rule in selection.rules or outcome.observed == LEFT):
            yield f"{rule} was not judged: {outcome.observed}"


def _shown(span: timedelta) -> str:
    return str(timedelta(seconds=int(span.total_seconds())))

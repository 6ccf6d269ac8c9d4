"""What a test came to: a table of broken rules and a line for people, and forms that programs read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.checks.verdict import Status, in_percent
from airflow_dataops.core.trial import UNREAD
from airflow_dataops.render.junit import Case
from airflow_dataops.render.quantity import NOTHING, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.trial import Trial

MARKS: dict[Status, tuple[str, str]] = {
    Status.PASSED: ("✓", "green"),
    Status.FAILED: ("✗", "red"),
    Status.WARNING: ("!", "yellow"),
    Status.ERROR: ("?", "magenta"),
    Status.SKIPPED: (NOTHING, "dim"),
}
"""Status -> its mark and its style; the word beside it says the same."""

NARROW = "\N{NO-BREAK SPACE}"
"""Stands between a number and its sign, so that a line doesn't end there."""

COUNTED = frozenset({Status.WARNING, Status.ERROR})
"""Status whose word is that of a thing, and has a plural."""

VERDICTS = {Status.FAILED: "failed", Status.ERROR: "error", Status.SKIPPED: "skipped"}
"""Status -> the verdict of a case in JUnit's XML; a warning is a pass with output."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a contract says of a rule.

    Args:
        words: What is promised.
        place: file:line:column.
        description: What its author says of it, or empty.
    """

    words: str
    place: str
    description: str = ""


def trial_table(trial: Trial, said: Mapping[str, Said]) -> Table:
    """Return a table with a line for each rule that was not kept.

    Args:
        trial: The verdicts.
        said: Id of a rule -> what the contract says of it.
    """
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("status", no_wrap=True)
    for name, share in (("rule", 4), ("expected", 6), ("observed", 5)):
        table.add_column(name, overflow="fold", ratio=share)
    for outcome in shown(trial):
        mark, style = MARKS[outcome.status]
        table.add_row(
            Text(f"{mark} {outcome.status}", style=style),
            outcome.rule,
            Text("\n").join(_told(outcome, said)),
            unbroken(observed(outcome)),
        )
    if trial.unread:
        mark, style = MARKS[Status.SKIPPED]
        many = plural(len(trial.unread), "rule")
        table.add_row(Text(f"{mark} {Status.SKIPPED}", style=style), many, "", UNREAD)
    return table


def _told(outcome: Outcome, said: Mapping[str, Said]) -> Iterator[Text]:
    """Yield what was promised, and what the rule's author says of it."""
    yield Text(unbroken(expected(outcome, said)))
    if described := description(outcome, said):
        yield Text(described, style="italic")


def description(outcome: Outcome, said: Mapping[str, Said]) -> str:
    """Return what the author of a rule says of it, on one line; empty for nothing."""
    return " ".join(said[outcome.rule].description.split()) if outcome.rule in said else ""


def shown(trial: Trial) -> Sequence[Outcome]:
    """Return the verdicts that are not a pass, without those that say no more than that no row was read."""
    return [outcome for outcome in trial.broken if outcome.observed != UNREAD]


def unbroken(text: str) -> str:
    """Return a text whose lines don't end between a number and its sign."""
    return text.replace(" %", f"{NARROW}%")


def plural(number: int, word: str) -> str:
    """Return a number of things."""
    return f"{count(number)} {word}{'' if number == 1 else 's'}"


def expected(outcome: Outcome, said: Mapping[str, Said]) -> str:
    """Return what was promised, in words where there are some."""
    return said[outcome.rule].words if outcome.rule in said else outcome.expected


def observed(outcome: Outcome) -> str:
    """Return what was measured: of a rule that judges rows, how many broke it, of how many."""
    if outcome.failing and outcome.checked:
        share = NOTHING if outcome.percent is None else in_percent(outcome.percent)
        return f"{count(outcome.failing)} of {count(outcome.checked)} ({share})"
    return outcome.observed


def summary(trial: Trial, reference: str) -> str:
    """Return one line: what was tested, how many rules came to what, how many rows are good and bad."""
    if not trial.data:
        return f"{reference}, {trial.dataset}: not tested, for no data was given"
    found = dict.fromkeys(Status, 0)
    for outcome in trial.outcomes:
        found[outcome.status] += 1
    verdicts = ", ".join(
        plural(number, status.value) if status in COUNTED else f"{count(number)} {status}"
        for status, number in found.items()
        if number
    )
    halves = f"{count(trial.good)} good, {count(trial.bad)} bad" if trial.parted else "good and bad unknown"
    rows = f"{plural(trial.rows, 'row')}: {halves}"
    return f"{', '.join(trial.data)} against {reference}, {trial.dataset}: {verdicts} · {rows}"


def trial_row(trial: Trial, said: Mapping[str, Said]) -> dict[str, object]:
    """Return one object of plain JSON types."""
    return {
        "dataset": trial.dataset,
        "data": list(trial.data),
        "status": trial.status.value,
        "rows": trial.rows,
        "good": trial.good,
        "bad": trial.bad,
        "checks": [
            {
                "rule": outcome.rule,
                "status": outcome.status.value,
                "severity": outcome.severity.value,
                "dimension": outcome.dimension or None,
                "column": outcome.column or None,
                "description": description(outcome, said) or None,
                "expected": expected(outcome, said),
                "observed": outcome.observed,
                "failing": outcome.failing,
                "checked": outcome.checked,
                "percent": None if outcome.percent is None else float(outcome.percent),
                "place": said[outcome.rule].place if outcome.rule in said else None,
            }
            for outcome in trial.outcomes
        ],
    }


def trial_cases(trial: Trial, said: Mapping[str, Said]) -> Sequence[Case]:
    """Return a case of JUnit for each rule; one that only warns passes, and says so in its output."""
    return [
        Case(
            name=outcome.rule,
            group=trial.dataset,
            verdict=VERDICTS.get(outcome.status, "passed"),
            message=sentence(outcome, said) if outcome.status in VERDICTS else "",
            output=sentence(outcome, said) if outcome.status is Status.WARNING else "",
        )
        for outcome in trial.outcomes
    ]


def sentence(outcome: Outcome, said: Mapping[str, Said]) -> str:
    """Return a verdict as one line."""
    described = description(outcome, said)
    named = f"{outcome.rule} ({described})" if described else outcome.rule
    return f"{named}: expected {expected(outcome, said)}, observed {observed(outcome)}"

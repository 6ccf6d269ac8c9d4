"""How the verdicts of a test are printed: as a table, as JSON, for JUnit's readers, for GitHub."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.trial import UNREAD, worst
from airflow_dataops.render.trial import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.contract.model import Contract
    from airflow_dataops.core.trial import Trial

CODES: dict[Status, int] = {
    Status.PASSED: 0,
    Status.FAILED: 1,
    Status.WARNING: 2,
    Status.SKIPPED: 2,
    Status.ERROR: 3,
}
"""The worst verdict -> the exit code."""

Sayings = dict[str, dict[str, Said]]
"""Dataset -> id of a rule -> what the contract says of it."""


def as_text(contract: Contract, trials: Sequence[Trial], said: Sayings) -> None:
    """Print a table of the broken rules and a line for each dataset."""
    from rich.text import Text

    from airflow_dataops.cli.screen import console
    from airflow_dataops.render.trial import MARKS, summary, trial_table

    page = console(sys.stdout)
    for trial in trials:
        if trial.broken:
            page.print(trial_table(trial, said[trial.dataset]))
        mark, style = MARKS[trial.status]
        line = Text.assemble((f"{mark} ", style), summary(trial, contract.reference))
        page.print(line, soft_wrap=True)


def as_json(contract: Contract, trials: Sequence[Trial], said: Sayings) -> None:
    """Print one JSON document."""
    from airflow_dataops.render.trial import trial_row

    document = {
        "contract": contract.reference,
        "status": worst({trial.status for trial in trials}).value,
        "datasets": [trial_row(trial, said[trial.dataset]) for trial in trials],
    }
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def as_junit(contract: Contract, trials: Sequence[Trial], said: Sayings) -> None:
    """Print JUnit's XML: a case for each rule."""
    from airflow_dataops.render.junit import Case, junit
    from airflow_dataops.render.trial import trial_cases

    cases: list[Case] = []
    for trial in trials:
        if trial.data:
            cases.extend(trial_cases(trial, said[trial.dataset]))
        else:
            cases.append(
                Case(name=trial.dataset, group=trial.dataset, verdict="skipped", message="no data was given")
            )
    sys.stdout.write(junit(f"airflow-dataops contract test {contract.reference}", cases))


def as_github(contract: Contract, trials: Sequence[Trial], said: Sayings) -> None:
    """Print an annotation at each rule of the contract that was not kept, then a line for each dataset."""
    from airflow_dataops.cli.lint.format import annotation
    from airflow_dataops.render.trial import sentence, shown, summary

    for trial in trials:
        for outcome in shown(trial):
            found = said[trial.dataset].get(outcome.rule)
            severity = "warning" if CODES[outcome.status] == CODES[Status.WARNING] else "error"
            place = found.place if found and found.place else contract.place
            sys.stdout.write(annotation(severity, place, sentence(outcome, said[trial.dataset])) + "\n")
        if trial.unread:
            sys.stdout.write(f"{len(trial.unread)} rules: {UNREAD}\n")
        sys.stdout.write(summary(trial, contract.reference) + "\n")


FORMATS: dict[str, Callable[[Contract, Sequence[Trial], Sayings], None]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
    "github": as_github,
}

"""`slo evaluate`: says what an evaluation came to. The rim evaluates, as its operator does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import say
from airflow_dataops.render.levels.slo_evaluation import evaluation_lines, evaluation_row
from airflow_dataops.render.levels.slo_list import firings
from airflow_dataops.usecases.levels.aside import NoStore, Unwritten
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos
from airflow_dataops.usecases.levels.list_slos import list_slos
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.core.slo.evaluation import Evaluation
    from airflow_dataops.usecases.levels.enforce_policies import Enforcement
    from airflow_dataops.wiring.settings import Settings

QUIET, FIRES, NOT_EVALUATED = 0, 1, 3
"""Exit codes."""


def refuse_unknown(*, product: str, team: str, settings: Settings) -> None:
    """Refuse to evaluate what nobody has declared.

    Args:
        product: Of which product; empty for all.
        team: Whose; empty for every team.
        settings: Where the store is.

    Raises:
        SettingsError: If no such objective is declared, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    list_slos(
        levels=stores.service_levels(settings),
        clock=clocks.clock(),
        warn=lambda _: None,  # the evaluation says it
        team=team,
        product=product,
    )


def dry_run(*, product: str, team: str, settings: Settings) -> Evaluation:
    """Evaluate objectives, and remember nothing of it; policies do nothing.

    Args:
        product: Of which product; empty for all.
        team: Whose; empty for every team.
        settings: Where the store is.

    Raises:
        SettingsError: If a schedule is none, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    return evaluate_slos(
        levels=Unwritten(stores.service_levels(settings)),
        timetable=clocks.timetable(),
        store=NoStore(),
        clock=clocks.clock(),
        team=team,
        product=product,
    )


def tell(
    found: Evaluation, acted: Enforcement | None, *, output_format: str, stream: TextIO, warn: TextIO
) -> int:
    """Print what changed, and what policies did.

    Args:
        found: What the evaluation came to.
        acted: What policies did; None where it was a dry run.
        output_format: `text` for people, `json` for programs.
        stream: Where to.
        warn: Where what could not be told or done goes.

    Returns:
        0 where no alert fires, 1 where one does, 3 where a policy could not do or undo something, or none
        fires as far as could be told, and something could not.
    """
    say(warn, (f"warning: {line}" for line in found.warnings))
    failed = {} if acted is None else acted.failed
    say(warn, (f"{what}: {error}" for what, error in failed.items()))
    if output_format == "json":
        stream.write(json.dumps(evaluation_row(found, acted), ensure_ascii=False, indent=2) + "\n")
    else:
        say(stream, evaluation_lines(found, acted))
    if failed:
        return NOT_EVALUATED
    if any(firings(one) for one in found.standings):
        return FIRES
    return NOT_EVALUATED if found.warnings else QUIET

"""`slo backtest`: replays objectives over what was seen. The rim gives it its settings."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import say
from airflow_dataops.cli.screen import console
from airflow_dataops.cli.slo.definitions import definitions, is_path
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.render.levels.slo_backtest import backtest_page, backtest_row, backtest_svg
from airflow_dataops.usecases.levels.backtest_slos import backtest_slos, reach_of
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import TextIO

    from airflow_dataops.core.slo.backtest import Backtest
    from airflow_dataops.usecases.levels.backtest_slos import PastRuns
    from airflow_dataops.wiring.settings import Settings

LONGEST = 200
"""Characters of a picture's name."""

UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)
"""What may not stand in the name of a file."""


def backtest(
    target: str,
    *,
    since: str,
    slo: str,
    team: str,
    plots: str,
    output_format: str,
    past_runs: PastRuns | None,
    settings: Settings,
    stream: TextIO,
    warn: TextIO,
) -> None:
    """Print what objectives would have said of a time that is over.

    Args:
        target: A product whose objectives are in force, or files whose objectives are to be tried.
        since: How far back, such as `90d`.
        slo: Which objective; empty for all.
        team: Whose; empty for every team, or for the team that the files name.
        plots: A folder, which is made, for a picture of each budget; empty for none.
        output_format: `text` for people, `json` for programs.
        past_runs: Where runs are taken from, in place of the store; or None.
        settings: Where the store is.
        stream: Where to.
        warn: Where what could not be told goes.

    Raises:
        WrongCallError: If nobody can look so far back.
        DocumentError: If a file is wrong.
        SettingsError: If there is no such objective, or the store has no tables.
        BrokenWorldError: If the store can't be read, or a picture can't be written.
    """
    clock = clocks.clock()
    try:
        reach_of(since)
    except SettingsError as error:
        raise WrongCallError(error.what, where="--since", hint=error.hint) from None
    tried = (
        definitions(target, since=clock.now(), warn=lambda problem: _warn(warn, str(problem)))
        if is_path(target)
        else ()
    )
    try:
        found, warnings = backtest_slos(
            since=since,
            levels=stores.service_levels(settings),
            timetable=clocks.timetable(),
            store=stores.store(settings),
            clock=clock,
            candidates=tried,
            past_runs=past_runs,
            team=team,
            product="" if tried else target,
            slo=slo,
        )
    except SettingsError as error:
        if tried or not Path(target).is_dir():
            raise
        raise SettingsError(
            error.what, where=error.where, hint=f"The files that lie here are `{target}{os.sep}`."
        ) from None
    for line in warnings:
        _warn(warn, line)
    if output_format == "json":
        document = {"objectives": [backtest_row(each) for each in found]}
        stream.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        console(stream).print(backtest_page(found))
    if plots:
        say(warn, (f"wrote {file}" for file in _drawn(found, Path(plots))))


def _warn(warn: TextIO, line: str) -> None:
    say(warn, [f"warning: {line}"])


def _drawn(found: Iterable[Backtest], folder: Path) -> Iterable[Path]:
    """Write a picture of each budget, and yield where it is; one of an earlier back-test is replaced."""
    taken: set[str] = set()
    for each in found:
        stem = _stem(each, taken)
        taken.add(stem.casefold())
        file = folder / f"{stem}.svg"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(backtest_svg(each), encoding="utf-8")
        except OSError as error:
            raise BrokenWorldError(
                f"the picture can't be written: {error.strerror}", where=str(file)
            ) from None
        yield file


def _stem(of: Backtest, taken: Collection[str]) -> str:
    """Return a name that a file may have, and none of this back-test has."""
    ids = (of.declaration.team, of.declaration.product, of.objective.name)
    stem = UNSAFE.sub("_", ".".join(ids[1:]))
    if len(stem) <= LONGEST and stem.casefold() not in taken:
        return stem
    return f"{stem[: LONGEST - 9]}-{hashlib.sha256(repr(ids).encode()).hexdigest()[:8]}"

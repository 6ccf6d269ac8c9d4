"""`slo list`: every objective with what is left of its budget. The rim gives it its settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import say
from airflow_dataops.cli.screen import console
from airflow_dataops.core.slo.standing import State
from airflow_dataops.render.levels.slo_list import slo_rows, slo_table
from airflow_dataops.usecases.levels.list_slos import list_slos
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def show(
    *,
    product: str,
    team: str,
    state: str,
    output_format: str,
    settings: Settings,
    stream: TextIO,
    warn: TextIO,
) -> None:
    """Print every objective with what is left of its budget.

    Args:
        product: Of which product; empty for all.
        team: Whose; empty for every team.
        state: Those alone that stand so; empty for all.
        output_format: `text` for people, `json` for programs.
        settings: Where the store is.
        stream: Where to.
        warn: Where what doesn't count goes.

    Raises:
        SettingsError: If no such objective is declared, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    found = list_slos(
        levels=stores.service_levels(settings),
        clock=clocks.clock(),
        warn=lambda line: say(warn, [f"warning: {line}"]),
        team=team,
        product=product,
    )
    chosen = [level for level in found if not state or level.state is State(state)]
    if output_format == "json":
        stream.write(json.dumps({"objectives": slo_rows(chosen)}, ensure_ascii=False, indent=2) + "\n")
        return
    if not chosen:
        count = f"{len(found)} objective{'s are' if len(found) != 1 else ' is'}"
        stream.write(f"{count} declared, and none is {state}.\n")
        return
    page = console(stream)
    page.print(slo_table(chosen, page=page))
    unknown = sum(level.kept is None for level in chosen)
    if unknown:
        stream.write(f"\n{unknown} of {len(chosen)} not evaluated yet: run `airflow dataops slo evaluate`.\n")

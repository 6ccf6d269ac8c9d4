"""`slo show`: all that is to be said of the objectives of a product. The rim gives it its settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import say
from airflow_dataops.cli.screen import console
from airflow_dataops.render.levels.slo_show import slo_document, slo_page
from airflow_dataops.usecases.levels.show_slo import show_slo
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def show(
    product: str,
    *,
    slo: str,
    team: str,
    output_format: str,
    settings: Settings,
    stream: TextIO,
    warn: TextIO,
) -> None:
    """Print what objectives promise, how they stand, what burnt their budgets, and what to do.

    Args:
        product: The product.
        slo: Which objective; empty for all of the product.
        team: Whose; empty for every team that has a product of the name.
        output_format: `text` for people, `json` for programs.
        settings: Where the store is.
        stream: Where to.
        warn: Where what doesn't count goes.

    Raises:
        SettingsError: If there is no such objective, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    shown = show_slo(
        product,
        slo=slo,
        team=team,
        levels=stores.service_levels(settings),
        store=stores.store(settings),
        clock=clocks.clock(),
        warn=lambda line: say(warn, [f"warning: {line}"]),
    )
    if output_format == "json":
        document = {"objectives": [slo_document(each) for each in shown]}
        stream.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    page = console(stream)
    for at, each in enumerate(shown):
        if at:
            page.print()
            page.rule(style="dim")
        page.print(slo_page(each))

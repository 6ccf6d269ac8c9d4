"""`report`: what became of each partition of a product. The rim gives it its settings."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from airflow_dataops.cli.screen import console
from airflow_dataops.core.report import totals
from airflow_dataops.render.report import report_rows, report_table, rules_table
from airflow_dataops.usecases.report import report
from airflow_dataops.usecases.unknown import unknown
from airflow_dataops.wiring import stores

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def show(product: str, *, team: str, output_format: str, settings: Settings, stream: TextIO) -> None:
    """Print what became of each partition of a product.

    Args:
        product: The data product.
        team: Whose; empty means every team that has a product of the name.
        output_format: `text` for people, `json` for programs.
        settings: Where the store is.
        stream: Where to.

    Raises:
        SettingsError: If the store knows no such product, or has no tables.
        BrokenWorldError: If the store can't be read.
    """
    rows = report(product, team=team, store=stores.store(settings))
    if not rows:
        raise unknown(product, team=team, store=stores.store(settings))
    if output_format == "json":
        document = {"product": product, "partitions": report_rows(rows), "total": asdict(totals(rows))}
        stream.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    page = console(stream)
    page.print(report_table(rows, width=page.width))
    rules = rules_table(rows)
    if rules is not None:
        page.print()
        page.print(rules)

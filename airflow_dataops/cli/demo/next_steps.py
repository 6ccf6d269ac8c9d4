"""Where to look once the demo has run: places, and commands that can be pasted."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from airflow_dataops.cli.demo.sample import HOME, PRODUCT
from airflow_dataops.cli.places import near, program, up_command
from airflow_dataops.core.naming import LINE_COLUMN, RULES_COLUMN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.cli.demo.sample import Sample
    from airflow_dataops.core.report import PartitionReport


READ = ("order_id", "order_date", "status", "net_amount")
"""Columns of the published table that make a narrow picture."""

KEPT = (LINE_COLUMN, RULES_COLUMN, "customer_email", "amount")
"""Columns of a quarantine that do."""


def next_steps(sample: Sample, rows: Sequence[PartitionReport]) -> Text:
    """Return what there is to see, each with its place or with the command that shows it.

    The lines are meant to be pasted, so they are not to be wrapped.
    """
    settings = sample.settings
    lake = near(Path(settings.lake_path) / PRODUCT)
    home = near(sample.home)
    airflow_home = str(home) if home.is_absolute() else f"$PWD/{home}"
    steps = [
        ("what readers see", f"import polars; print(polars.read_delta('{lake}').select{READ!r})"),
        *(
            (f"the quarantine of {row.batch.partition}", f"import duckdb; print({_relation(row)})")
            for row in rows[:1]
            if row.quarantine
        ),
    ]
    lines = [(name, f'{shlex.quote(str(program("python")))} -c "{code}"') for name, code in steps]
    lines += [
        ("the report again", f'AIRFLOW_HOME="{airflow_home}" {program("airflow")} dataops report {PRODUCT}'),
        ("these runs in Airflow's UI", up_command(sample.home, usual=HOME)),
        ("lineage, store, logs", f"{near(sample.lineage)}, {home}/dataops/store.db, {near(sample.logs)}/"),
    ]
    text = Text("Where to look next", style="bold")
    for name, what in lines:
        text.append_text(Text.assemble("\n", (f"  {name}", "not bold dim"), "\n    ", (what, "not bold")))
    return text


def _relation(row: PartitionReport) -> str:
    files = near(Path(row.quarantine)).with_name("*.parquet")
    return f"duckdb.read_parquet('{files}').select('{', '.join(KEPT)}')"

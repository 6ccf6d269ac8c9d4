"""Where to look once the demo has run: places, and commands that can be pasted."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from airflow_dataops.cli.places import near, program, up_command
from airflow_dataops.cli.sample import HOME, PRODUCT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.cli.sample import Sample
    from airflow_dataops.core.report import PartitionReport


def next_steps(sample: Sample, rows: Sequence[PartitionReport]) -> Group:
    """Return what there is to see, each with its place or with the command that shows it."""
    settings = sample.settings
    lake = near(Path(settings.lake_path) / PRODUCT)
    home = near(sample.home)
    airflow_home = str(home) if home.is_absolute() else f"$PWD/{home}"
    steps = [
        ("what readers see", polars(f"read_delta('{lake}')")),
        *(
            (f"quarantine of {row.batch.partition}", polars(f"read_parquet('{near(Path(row.quarantine))}')"))
            for row in rows[:1]
            if row.quarantine
        ),
        ("the report again", f'AIRFLOW_HOME="{airflow_home}" {program("airflow")} dataops report {PRODUCT}'),
        ("these runs in Airflow's UI", up_command(sample.home, usual=HOME)),
        ("lineage, store, logs", f"{near(sample.lineage)}, dataops/store.db and logs/ beside it"),
    ]
    lines = [Text("Where to look next", style="bold")]
    for name, what in steps:
        lines += [Text(f"  {name}", style="dim"), Text(f"    {what}", overflow="fold")]
    return Group(*lines)


def polars(call: str) -> str:
    """Return the shell command that prints what a call of polars returns."""
    return f'{shlex.quote(str(program("python")))} -c "import polars; print(polars.{call})"'

"""Where to look once the demo has run: places, and commands that can be pasted."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from airflow_dataops.cli.sample import HOME, PRODUCT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.cli.sample import Sample
    from airflow_dataops.core.report import PartitionReport


def next_steps(sample: Sample, rows: Sequence[PartitionReport]) -> Table:
    """Return what there is to see, each with its place or with the command that shows it."""
    settings = sample.settings
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    python = near(Path(sys.executable))
    lake = near(Path(settings.lake_path) / PRODUCT)
    quarantine = next((row for row in rows if row.quarantine), None)
    steps = [
        ("Where to look next", ""),
        ("published", command(python, f"import polars; print(polars.read_delta({lake!r}))")),
    ]
    if quarantine is not None:
        file = near(Path(quarantine.quarantine))
        steps.append(("quarantined", command(python, f"import polars; print(polars.read_parquet({file!r}))")))
    home = sample.home.relative_to(Path.cwd()) if sample.home.is_relative_to(Path.cwd()) else sample.home
    root = f'"$PWD/{home}"' if not home.is_absolute() else shlex.quote(str(home))
    steps += [
        (
            "this report",
            f"AIRFLOW_HOME={root} {near(Path(sys.executable).parent / 'airflow')} dataops report {PRODUCT}",
        ),
        ("lineage", near(sample.lineage)),
        ("store", near(Path(settings.store_url.removeprefix("sqlite:///")))),
        ("logs", near(sample.home / "logs")),
        ("Airflow's UI", up(sample)),
    ]
    for name, what in steps:
        table.add_row(name, Text(what))
    return table


def near(path: Path) -> str:
    """Return a path as short as it can be typed here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def command(python: str, code: str) -> str:
    """Return a shell command that runs a line of Python."""
    return f'{shlex.quote(python)} -c "{code}"'


def up(sample: Sample) -> str:
    """Return the command that shows these runs in Airflow's UI."""
    program = near(Path(sys.executable).parent / "airflow-dataops")
    if sample.home != HOME.absolute():
        return f"{program} up --home {near(sample.home)}"
    return "make up" if Path("Makefile").is_file() else f"{program} up"

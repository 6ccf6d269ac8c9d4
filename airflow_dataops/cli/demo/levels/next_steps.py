"""Where to look once the demo of service levels has run: commands that can be pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from airflow_dataops.cli.places import near, program

if TYPE_CHECKING:
    from pathlib import Path


def next_steps(home: Path) -> Text:
    """Return what there is to see, each with the command that shows it; the lines are not to be wrapped.

    Args:
        home: The Airflow home, absolute.
    """
    short = near(home)
    where = str(short) if short.is_absolute() else f"$PWD/{short}"
    airflow = f'AIRFLOW_HOME="{where}" {program("airflow")} dataops slo'
    text = Text("Where to look next", style="bold")
    for name, what in (
        ("all objectives", f"{airflow} list"),
        ("one of them, and what a policy has done", f"{airflow} show bad"),
        ("these DAGs in Airflow's UI", f"{program('airflow-dataops')} up --home {short} --dags {short}/dags"),
        ("what was promised", f"{short}/dags/*/*.openslo.yaml, {short}/dags/bad/bad.*.yaml"),
    ):
        text.append_text(Text.assemble("\n", (f"  {name}", "not bold dim"), "\n    ", (what, "not bold")))
    return text

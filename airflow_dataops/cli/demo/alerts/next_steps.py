"""Where to look once the demo of alerts has run: commands that can be pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from airflow_dataops.cli.places import near, program

if TYPE_CHECKING:
    from pathlib import Path


def next_steps(home: Path, *, incident: int) -> Text:
    """Return what there is to see, each with the command that shows it; the lines are not to be wrapped.

    Args:
        home: The Airflow home, absolute.
        incident: The number of the incident upstream of three products.
    """
    short = near(home)
    where = str(short) if short.is_absolute() else f"$PWD/{short}"
    airflow = f'AIRFLOW_HOME="{where}" {program("airflow")} dataops'
    text = Text("Where to look next", style="bold")
    for name, what in (
        ("what was wrong", f"{airflow} incident list"),
        ("who was told of it, and who wasn't", f"{airflow} alert show {incident}"),
        ("what people would write after it", str(short / REPORT)),
        ("these DAGs in Airflow's UI", f"{program('airflow-dataops')} up --home {short} --dags {short}/dags"),
        ("who is told", f"{short}/dags/alerts.yaml"),
    ):
        text.append_text(Text.assemble("\n", (f"  {name}", "not bold dim"), "\n    ", (what, "not bold")))
    return text


REPORT = "incident.html"
"""The report on the incident upstream of three products, in the Airflow home."""

# An Airflow DAG file of many products; it writes down which of their files were read for it, and for whom.
from __future__ import annotations

import sys
from pathlib import Path

from airflow.sdk import get_parsing_context

from airflow_dataops.factory.dags import load_dags

read: set[str] = set()


def note(event: str, what: tuple[object, ...]) -> None:
    """Write down a pipeline file that is opened."""
    if event == "open" and str(what[0]).endswith(".dag.yaml"):
        read.add(Path(str(what[0])).name)


sys.addaudithook(note)
dags = load_dags(__file__)
Path(__file__).with_name(f"{get_parsing_context().dag_id}.read").write_text(" ".join(sorted(read)))

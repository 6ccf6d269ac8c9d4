"""DAG files that make a DAG of a pipeline file which isn't there: Airflow would show an import error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from airflow_dataops.errors import Problem

FILE, CALL = "dag.py", "load_dag(__file__)"
"""The DAG file of a product, and what it says."""

PIPELINE = ".dag.yaml"
LIKE = (".dag.yml", ".yaml", ".yml")
"""How a pipeline file is named, and how it is named by mistake."""

CONTRACT = ".odcs.yaml"


def alone(folder: Path) -> Iterator[Problem]:
    """Yield an error for each DAG file below a folder that has no pipeline file beside it.

    Args:
        folder: The folder; nothing is looked for where it is none.
    """
    from airflow_dataops.documents.yaml.text import is_there
    from airflow_dataops.errors import Problem

    if not is_there(folder) or not folder.is_dir():
        return
    for file in sorted(folder.rglob(FILE)):
        if not _calls(file) or any(file.parent.glob(f"*{PIPELINE}")):
            continue
        hint = f"Write {file.parent / (file.absolute().parent.name + PIPELINE)}, or remove this file."
        if meant := _meant(file.parent):
            hint = f"Is it {meant.name}? Its name must end with `{PIPELINE}`."
        yield Problem(str(file), f"there is no `*{PIPELINE}` beside it that it could make a DAG of", hint)


def _calls(file: Path) -> bool:
    try:
        return CALL in file.read_text(encoding="utf-8")
    except (OSError, ValueError):  # it is Airflow that says so
        return False


def _meant(folder: Path) -> Path | None:
    """Return the file that is likely the pipeline file, by its name."""
    there = [file for file in sorted(folder.iterdir()) if not file.name.endswith(CONTRACT)]
    found = (
        file for end in LIKE for file in there if file.name.endswith(end) and file.name != "defaults.yaml"
    )
    return next(found, None)

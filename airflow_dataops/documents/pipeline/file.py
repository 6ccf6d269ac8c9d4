"""Where pipeline files lie; finding one reads none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.documents.below import files_below
from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from pathlib import Path

PIPELINES = "*.dag.yaml"
"""How pipeline files are called."""


def pipeline_in(folder: Path) -> Path:
    """Return the pipeline file of a product's folder.

    Raises:
        DocumentError: If it has none, or several.
    """
    found = sorted(folder.glob(PIPELINES))
    if len(found) == 1:
        return found[0]
    what = f"there are {len(found)} files `{PIPELINES}` here" if found else f"there is no `{PIPELINES}` here"
    raise DocumentError((Problem(str(folder), what, "A product's folder holds one; or name the file."),))


def find_products(folder: str | Path) -> tuple[Path, ...]:
    """Return every pipeline file below a folder, sorted; see `files_below`."""
    return files_below(folder, PIPELINES.removeprefix("*"))

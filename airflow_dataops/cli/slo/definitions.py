"""What the files declare that a command is pointed at, whether or not it is in force."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.errors import Problem


def is_path(target: str) -> bool:
    """Return whether people mean files, and not the name of a product: `orders/`, and not `orders`."""
    return os.sep in target or target.endswith((".yaml", ".yml")) or target in {".", ".."}


def definitions(path: str, *, since: datetime, warn: Callable[[Problem], None]) -> tuple[Declaration, ...]:
    """Return what the files of a product, or OpenSLO files of DAGs that are no products, declare.

    Args:
        path: A product's folder, its pipeline file, an OpenSLO file, or a folder of them.
        since: From when on it holds, aware.
        warn: Takes what is worth knowing.

    Raises:
        DocumentError: If a file is wrong, or there is none.
        SettingsError: If a folder of templates is wrong.
    """
    from airflow_dataops.cli.dag.given import definition, shelf
    from airflow_dataops.documents.declared import OPENSLO, declared, watched
    from airflow_dataops.documents.pipeline.file import PIPELINES
    from airflow_dataops.documents.yaml.text import listed

    given = Path(path)
    alone = given.is_dir() and not any(given.glob(PIPELINES))
    files = listed(given, OPENSLO) if alone else (given,) if given.match(OPENSLO) else ()
    if files:
        found, problems = watched(files, since=since)
    else:
        one, problems = declared(definition(path), since=since, shelf=shelf())
        found = (one,)
    for problem in problems:
        warn(problem)
    return found

"""Files -> the DAG bundles that they are of, by the configuration alone: no bundle is opened."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import DEFAULT_BUNDLE

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL = "LocalDagBundle"
"""The class of bundles that are folders of this machine."""


@cache
def bundle_of(file: str) -> str:
    """Return the name of the bundle in whose folder a DAG file lies; the only one, where there is one.

    Args:
        file: The path of the DAG file.
    """
    folders = dict(_folders())
    above = [name for name, folder in folders.items() if file and Path(file).is_relative_to(folder)]
    if above:
        return max(above, key=lambda name: len(folders[name].parts))
    return next(iter(folders)) if len(folders) == 1 else DEFAULT_BUNDLE


def _folders() -> Iterator[tuple[str, Path]]:
    """Yield name and folder of each bundle."""
    from airflow.sdk import conf

    configured: Any = conf.getjson("dag_processor", "dag_bundle_config_list", fallback=[]) or []
    stored = conf.get("dag_processor", "dag_bundle_storage_path", fallback="")
    root = Path(stored) if stored else Path(tempfile.gettempdir()) / "airflow" / "dag_bundles"
    for one in configured:
        if one["classpath"].rsplit(".", 1)[-1] == LOCAL:
            path = (one.get("kwargs") or {}).get("path") or conf.get("core", "dags_folder")
            yield one["name"], Path(path).expanduser()
        else:
            yield one["name"], root / one["name"]

"""The path of a file that producers leave, one for each partition."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from airflow_dataops.core.drop_path import PARTITION
from airflow_dataops.documents.yaml.node import described, shown
from airflow_dataops.documents.yaml.scalar import name, wrong

PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]")


def drop_file(value: object) -> str:
    """Return the path of a file below the folder, in which `{partition}` stands for the partition's label."""
    found = name(value)
    for other in (part for part in PLACEHOLDER.findall(found) if part != PARTITION):
        raise wrong(f"has the unknown placeholder `{shown(other)}`", f"There is {PARTITION}.")
    if PARTITION not in found:
        raise wrong(
            f"must contain {PARTITION}, it is {described(value)}", "Else every interval would read one file."
        )
    path = PurePosixPath(found)
    if path.is_absolute() or ".." in path.parts:
        raise wrong(
            f"must lie below the folder, it is {described(value)}", "Put the way to it into `folder`."
        )
    return found

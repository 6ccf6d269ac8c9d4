"""Which files `lint` looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from airflow_dataops.errors import Problem

PIPELINE, CONTRACT, LEVELS = ".dag.yaml", ".odcs.yaml", ".openslo.yaml"


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of products and contracts that a path stands for.

    Raises:
        DocumentError: If there are none.
    """
    from airflow_dataops.documents.below import files_below
    from airflow_dataops.documents.yaml.text import is_there, read_bytes
    from airflow_dataops.errors import DocumentError, Problem

    if is_there(path) and path.is_dir():
        found = files_below(path, PIPELINE, CONTRACT, LEVELS)
        if found:
            return found
        raise DocumentError((Problem(str(path), "there is no `*.dag.yaml` and no `*.odcs.yaml` below"),))
    if not path.name.endswith((PIPELINE, CONTRACT, LEVELS)):
        read_bytes(path)
        hint = "It must be a folder, a `*.dag.yaml`, a `*.odcs.yaml` or a `*.openslo.yaml`."
        raise DocumentError((Problem(str(path), "this is no file of a data product", hint),))
    return (path,)


def contracts_of(path: Path) -> tuple[Path, ...]:
    """Return the contracts that a path stands for: itself, whatever its name, or those below a folder.

    Raises:
        DocumentError: If there are none.
    """
    from airflow_dataops.documents.below import files_below
    from airflow_dataops.documents.yaml.text import is_there
    from airflow_dataops.errors import DocumentError, Problem

    if not (is_there(path) and path.is_dir()):
        return (path,)
    found = files_below(path, CONTRACT)
    if found:
        return found
    raise DocumentError((Problem(str(path), "there is no `*.odcs.yaml` below"),))


def unread(path: Path) -> Iterable[Problem]:
    """Return what is said of files below a folder that nothing reads, and of what was left half done."""
    from airflow_dataops.cli.dag.together import interrupted
    from airflow_dataops.documents.misnamed import misnamed
    from airflow_dataops.documents.yaml.text import is_there

    return (*misnamed(path), *interrupted(path)) if is_there(path) and path.is_dir() else ()

"""What the files declare that a command is pointed at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.slo.declaration import Declaration

EVER = datetime.min.replace(tzinfo=UTC)
"""Since when files declare something: nobody has recorded it yet."""

OPENSLO_SUFFIX = ".openslo.yaml"


def declarations(
    paths: Iterable[str], *, team: str, environment: str = ""
) -> tuple[tuple[Declaration, ...], tuple[Problem, ...]]:
    """Return what products and OpenSLO files declare, each once, and what is worth knowing of it.

    Args:
        paths: Folders of products or of many, pipeline files, OpenSLO files of DAGs that are no products.
        team: Whose products are that name no team: their DAG bundle.
        environment: With what it changes; empty for none.

    Raises:
        DocumentError: If a file is wrong, or a path holds none.
        SettingsError: If the environment or a folder of templates is wrong.
    """
    found: dict[tuple[str, str], Declaration] = {}
    told: list[Problem] = []
    for path in paths:
        for declared, problems in _of(Path(path), team=team, environment=environment):
            found.setdefault((declared.team, declared.product), declared)
            told.extend(problems)
    return tuple(found.values()), tuple(dict.fromkeys(told))


def _of(path: Path, *, team: str, environment: str) -> list[tuple[Declaration, tuple[Problem, ...]]]:
    from airflow_dataops.cli.dag.given import shelf
    from airflow_dataops.documents.declared import declared, watched
    from airflow_dataops.documents.pipeline.definition import read_definition

    pipelines, files = _files(path)
    made = [
        declared(
            read_definition(str(file), shelf=shelf(), environment=environment),
            since=EVER,
            team=team,
            shelf=shelf(),
        )
        for file in pipelines
    ]
    for folder in sorted({file.parent for file in files}):
        dags, problems = watched([file for file in files if file.parent == folder], since=EVER, team=team)
        made += [(dag, problems) for dag in dags]
    return made


def _files(path: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the pipeline files of a path, and the OpenSLO files that lie in no product's folder.

    Raises:
        DocumentError: If there are none.
    """
    from airflow_dataops.documents.pipeline.file import PIPELINES, find_products

    if not path.is_dir():
        return ((), (path,)) if path.name.endswith(OPENSLO_SUFFIX) else ((path,), ())
    pipelines = find_products(path)
    theirs = {file.parent for file in pipelines}
    others = tuple(file for file in sorted(path.rglob(f"*{OPENSLO_SUFFIX}")) if file.parent not in theirs)
    if not pipelines and not others:
        what = f"there is no `{PIPELINES}` and no `*{OPENSLO_SUFFIX}` below"
        raise DocumentError((Problem(str(path), what, "Name a product's folder, or a folder of many."),))
    return pipelines, others

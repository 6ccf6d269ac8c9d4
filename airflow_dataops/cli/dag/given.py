"""The product that a command is pointed at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.documents.templates.shelf import Shelf
    from airflow_dataops.documents.templates.template import Template


def definition(path: str, *, environment: str = "") -> Definition:
    """Return the product of a folder or a pipeline file.

    Raises:
        DocumentError: If there is none, or one of its files is wrong.
        SettingsError: If the environment or a folder of templates is wrong.
    """
    from airflow_dataops.documents.pipeline.definition import read_definition

    return read_definition(str(pipeline_of(path)), shelf=shelf(), environment=environment)


def pipeline_of(path: str) -> Path:
    """Return the pipeline file of a folder, or the one that is named.

    Raises:
        DocumentError: If a folder has none, or several.
    """
    from airflow_dataops.documents.pipeline.file import pipeline_in

    return pipeline_in(Path(path)) if Path(path).is_dir() else Path(path)


def shelf() -> Shelf:
    """Return the templates, with those of `[dataops] template_paths` where a variable sets it.

    No Airflow is asked.
    """
    from airflow_dataops.documents.templates.shelf import folders, shelf_of

    return shelf_of(folders(os.environ.get("AIRFLOW__DATAOPS__TEMPLATE_PATHS", "")))


def template_named(name: str) -> Template:
    """Return the template of a name.

    Raises:
        SettingsError: If there is none, or it can't be loaded.
    """
    from airflow_dataops.documents.templates.template import broken, template
    from airflow_dataops.documents.yaml.scalar import did_you_mean

    known = shelf()
    if not known.has(name):
        hint = did_you_mean(name, known.names()) or f"There is: {', '.join(known.names())}."
        raise SettingsError(f"there is no template `{name}`", hint=hint)
    try:
        return template(name, shelf=known)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a team's module does when it is imported
        what, hint = broken(name, error, shelf=known)
        raise SettingsError(what, hint=hint) from None

"""`dag schema`: the JSON Schemas of pipeline files, and of `alerts.yaml`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import shelf, template_named
from airflow_dataops.cli.output import write
from airflow_dataops.documents.pipeline.schema import pipeline_schema
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.documents.pipeline.schema import Schema


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `template`, `partial`, `alerts`, `output` and `force`.

    Raises:
        SettingsError: If there is no such template, or the output is there already, or it is both of them.
        BrokenWorldError: If the file can't be written.
    """
    if args.alerts:
        if args.template or args.partial:
            raise SettingsError("`--alerts` is about no template", hint="Leave out one of them.")
        write(alerts_text(), args.output, replace=args.force)
        return 0
    names = [args.template] if args.template else shelf().names()
    write(schema_text(*names, partial=args.partial), args.output, replace=args.force)
    return 0


def schema_text(*names: str, partial: bool = False) -> str:
    """Return the JSON Schema of the pipeline files of templates.

    Raises:
        SettingsError: If there is no such template.
    """
    return _written(pipeline_schema([template_named(name) for name in names], partial=partial))


def alerts_text() -> str:
    """Return the JSON Schema of `alerts.yaml`."""
    from airflow_dataops.documents.alerts.schema import alerts_schema

    return _written(alerts_schema())


def _written(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"

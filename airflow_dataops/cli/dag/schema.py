"""`dag schema`: the JSON Schema of pipeline files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import shelf, template_named
from airflow_dataops.cli.output import write
from airflow_dataops.documents.pipeline_schema import pipeline_schema

if TYPE_CHECKING:
    from argparse import Namespace


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `template`, `partial`, `output` and `force`.

    Raises:
        SettingsError: If there is no such template, or the output is there already.
        BrokenWorldError: If the file can't be written.
    """
    names = [args.template] if args.template else shelf().names()
    write(schema_text(*names, partial=args.partial), args.output, replace=args.force)
    return 0


def schema_text(*names: str, partial: bool = False) -> str:
    """Return the JSON Schema of the pipeline files of templates.

    Raises:
        SettingsError: If there is no such template.
    """
    found = pipeline_schema([template_named(name) for name in names], partial=partial)
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"

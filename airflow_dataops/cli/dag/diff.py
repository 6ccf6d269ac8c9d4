"""`dag diff`: what differs between two products, or between a product and itself on a newer template."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import definition, pipeline_of, shelf
from airflow_dataops.cli.dag.upgrade import target, values_changed
from airflow_dataops.cli.dag.upgraded import upgraded_texts
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.render.difference import difference_lines, difference_rows

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from airflow_dataops.core.change import Change
    from airflow_dataops.documents.pipeline.definition import Definition

SAME, DIFFERENT = 0, 1
"""Exit codes."""

TEMPLATE = re.compile(r"[a-z][a-z0-9_]*@[0-9]+")


def run(
    args: Namespace, *, dags: Callable[[Definition, Definition], tuple[Change, ...]] | None = None
) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `old`, `new`, `environment` and `output_format`.
        dags: Says what differs between the DAGs of two products, where there is Airflow.

    Raises:
        DocumentError: If a file of a product is wrong.
        SettingsError: If there is no such template, or the environment is wrong.
    """
    old = definition(args.old, environment=args.environment)
    if TEMPLATE.fullmatch(args.new) and not Path(args.new).exists():
        new = on_template(args.old, args.new, environment=args.environment)
    else:
        new = definition(args.new, environment=args.environment)
    found = {"values": values_changed(old, new)}
    if dags is not None:
        found["dag"] = dags(old, new)
    if args.output_format == "json":
        rows = {name: difference_rows(changes) for name, changes in found.items()}
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for name, changes in found.items():
            print(f"{name}:" if changes else f"{name}: nothing differs")
            for line in difference_lines(changes):
                print(f"  {line}")
    return DIFFERENT if any(found.values()) else SAME


def on_template(path: str, to: str, *, environment: str) -> Definition:
    """Return a product as it would be on a newer version of its template.

    Raises:
        DocumentError: If a file of it is wrong, or can't be changed.
        SettingsError: If there is no such version, or it is not newer.
    """
    pipeline = pipeline_of(path)
    old = read_definition(str(pipeline), shelf=shelf())
    texts = upgraded_texts(pipeline, old, target(old.product.template, to))
    return read_definition(str(pipeline), shelf=shelf(), environment=environment, texts=texts)

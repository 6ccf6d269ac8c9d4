"""`dag graph`: a product's tasks and their order. What they are, only the built DAG knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import definition
from airflow_dataops.cli.output import write
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.graph import graph_mermaid, graph_svg, graph_text

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from airflow_dataops.core.graph import Graph
    from airflow_dataops.documents.pipeline.definition import Definition

ENDS = (".svg", ".mmd", ".txt")


def run(args: Namespace) -> int:
    """Say where the command has what it needs.

    Raises:
        SettingsError: Always.
    """
    what = "a graph needs the built DAG, and so Airflow"
    raise SettingsError(what, where=args.path, hint=f"Say: airflow dataops dag graph {args.path}")


def show(args: Namespace, *, graph_of: Callable[[Definition], Graph]) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `path`, `environment`, `output` and `force`.
        graph_of: Builds a product's DAG.

    Raises:
        DocumentError: If a file of the product is wrong.
        SettingsError: If the environment is wrong, or the end of the output's name says no form.
        BrokenWorldError: If the file can't be written.
    """
    end = Path(args.output).suffix if args.output else ".txt"
    if end not in ENDS:
        raise SettingsError(
            "the name doesn't say what to draw", where=args.output, hint=f"Let it end in {', '.join(ENDS)}."
        )
    found = definition(args.path, environment=args.environment)
    graph = graph_of(found)
    if end == ".svg":
        product = found.product
        text = graph_svg(graph, title=f"The tasks of {product.name}, a product of {product.template}")
    else:
        text = graph_mermaid(graph) if end == ".mmd" else graph_text(graph)
    write(text, args.output, replace=args.force)
    return 0

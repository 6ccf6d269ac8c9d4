"""`airflow dataops dag graph`: the tasks of a product's DAG, and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.graph import Graph
from airflow_dataops.factory.dags import dag_of

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.documents.pipeline.definition import Definition


def run(args: Namespace) -> int:
    """Run `dag graph`, and return its exit code."""
    from airflow_dataops.cli.dag.graph import show

    return show(args, graph_of=graph_of)


def graph_of(found: Definition) -> Graph:
    """Return the tasks and edges of the DAG that a template makes of a product."""
    tasks = dag_of(found).topological_sort()
    return Graph(
        {task.task_id: type(task).__name__ for task in tasks},
        tuple((task.task_id, after) for task in tasks for after in sorted(task.downstream_task_ids)),
    )

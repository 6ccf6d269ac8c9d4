"""`airflow dataops dag diff` and `upgrade`: also what differs between the DAGs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.change import changes, flattened
from airflow_dataops.factory.dags import dag_of

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.core.change import Change
    from airflow_dataops.documents.pipeline.definition import Definition


def diff(args: Namespace) -> int:
    """Run `dag diff`, and return its exit code."""
    from airflow_dataops.cli.dag.diff import run

    return run(args, dags=dags_changed)


def upgrade(args: Namespace) -> int:
    """Run `dag upgrade`, and return its exit code."""
    from airflow_dataops.cli.dag.upgrade import run

    return run(args, dags=dags_changed)


def dags_changed(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Return what differs between the DAGs of two products, as Airflow stores them."""
    return changes(*(dict(flattened(serialised(one))) for one in (old, new)))


def serialised(found: Definition) -> dict[str, Any]:
    """Return a product's DAG as Airflow stores it, without where its file lies."""
    from airflow.serialization.serialized_objects import DagSerialization

    # As JSON: its keys are members of enums before.
    stored: dict[str, Any] = json.loads(json.dumps(DagSerialization.to_dict(dag_of(found))["dag"]))
    for key in ("fileloc", "relative_fileloc"):
        stored.pop(key, None)
    return stored

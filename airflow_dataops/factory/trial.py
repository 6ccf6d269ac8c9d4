"""`airflow dataops dag test-template`: with the templates that the deployment knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace


def run(args: Namespace) -> int:
    """Run `dag test-template`, and return its exit code."""
    from airflow_dataops.bridge.settings import template_paths
    from airflow_dataops.cli.dag.test_template import run as test_template

    return test_template(args, paths=template_paths())

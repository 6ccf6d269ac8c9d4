"""The commands that write files for other programs, as values."""

from __future__ import annotations

from airflow_dataops.cli.arguments import OUTPUT
from airflow_dataops.cli.command import Argument, Command, Group
from airflow_dataops.cli.dag.commands import ENVIRONMENT

RENDER = Group(
    name="render",
    help="Write what other programs read",
    commands=(
        Command(
            name="prometheus",
            help="Write recording and alert rules for Prometheus: how error budgets burn",
            arguments=(
                Argument(
                    flags=("paths",),
                    metavar="PATH",
                    nargs="+",
                    help="A product's folder, a *.dag.yaml, a *.openslo.yaml, or a folder of many",
                ),
                Argument(
                    flags=("--team",),
                    metavar="TEAM",
                    default="dags-folder",
                    help="Whose products are that name no team: their DAG bundle (default: dags-folder)",
                ),
                ENVIRONMENT,
                *OUTPUT,
            ),
            run="airflow_dataops.cli.render.prometheus:run",
            notes="Exit codes: 0 written, 3 not written.",
        ),
    ),
)

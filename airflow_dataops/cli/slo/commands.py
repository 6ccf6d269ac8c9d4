"""The commands about service levels, as values."""

from __future__ import annotations

from airflow_dataops.cli.arguments import LINT_CODES, LINT_FORMAT, LINT_PATHS, OUTPUT
from airflow_dataops.cli.command import Argument, Command, Group

SLO = Group(
    name="slo",
    help="Service levels: what is promised of data, and how much of it is kept",
    commands=(
        Command(
            name="lint",
            help="Check service levels: every problem with its file, line and column",
            arguments=(LINT_PATHS, LINT_FORMAT),
            run="airflow_dataops.cli.slo.lint:run",
            notes=LINT_CODES,
        ),
        Command(
            name="export",
            help="Write the service levels of a product or a contract as OpenSLO v1",
            arguments=(
                Argument(
                    flags=("path",),
                    metavar="PATH",
                    help="The product's folder, its *.dag.yaml, or a *.odcs.yaml",
                ),
                *OUTPUT,
            ),
            run="airflow_dataops.cli.slo.export:run",
            notes="Exit codes: 0 all is said, 2 something can't be said there (it is listed), 3 not written.",
        ),
    ),
    notes="The commands that need a deployment's settings, such as `show`, are under `airflow dataops slo`.",
)

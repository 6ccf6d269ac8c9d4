"""The commands that need no Airflow.

To add one, add a record to `COMMANDS`, or to a group. Its function is named by its import path, so that
nothing is loaded before it runs: it takes the parsed arguments and returns the exit code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.commands import ALERT
from airflow_dataops.cli.arguments import LINT_CODES, LINT_FORMAT, LINT_PATHS, OUTPUT, time_limit
from airflow_dataops.cli.command import Argument, Command
from airflow_dataops.cli.contract.commands import CONTRACT
from airflow_dataops.cli.dag.commands import DAG, ENVIRONMENT
from airflow_dataops.cli.render.commands import RENDER
from airflow_dataops.cli.slo.commands import SLO

if TYPE_CHECKING:
    from airflow_dataops.cli.command import Group

COMMANDS: tuple[Command | Group, ...] = (
    Command(
        name="init",
        help="Write a project: one data product, defaults, checks for commits and for CI",
        arguments=(Argument(flags=("folder",), metavar="FOLDER", help="A folder that is new or empty"),),
        run="airflow_dataops.cli.init:run",
        notes="Exit codes: 0 written, 3 nothing was written.",
    ),
    Command(
        name="lint",
        help="Check data products and contracts: every problem with its file, line and column",
        arguments=(LINT_PATHS, LINT_FORMAT),
        run="airflow_dataops.cli.lint.run:run",
        notes=LINT_CODES,
        in_airflow="airflow_dataops.factory.linting:run",
    ),
    Command(
        name="test",
        help="Test the SQL of data products: given rows, and the rows that must come of them",
        arguments=(
            Argument(
                flags=("paths",),
                metavar="PATH",
                nargs="+",
                help="A product's folder, its *.dag.yaml, or a folder of many",
            ),
            Argument(
                flags=("-k",), dest="name", metavar="TEXT", help="Only tests with this text in their name"
            ),
            ENVIRONMENT,
            Argument(
                flags=("--output-format",),
                choices=("text", "json", "junit"),
                default="text",
                help="Lines for people, one JSON document, or JUnit's XML (default: text)",
            ),
            *OUTPUT,
            time_limit("1m"),
        ),
        run="airflow_dataops.cli.test:run",
        notes="Exit codes: 0 all passed, 1 a test failed, 2 there was no test to run, "
        "3 something could not be read or judged.",
    ),
    CONTRACT,
    DAG,
    SLO,
    ALERT,
    RENDER,
    Command(
        name="demo",
        help="Take fourteen days of messy files through a real Airflow, and show what was found",
        arguments=(
            Argument(
                flags=("--home",),
                metavar="FOLDER",
                help="The Airflow home, emptied first (default: .airflow/demo)",
            ),
        ),
        run="airflow_dataops.cli.demo.demo:run",
        notes="Exit codes: 0 all that was planted was found and no more, 1 not so, 3 it could not be done.",
    ),
    Command(
        name="demo-slo",
        help="Let four things go wrong on a real Airflow, and show what each burns of an error budget",
        arguments=(
            Argument(
                flags=("--home",),
                metavar="FOLDER",
                help="The Airflow home, emptied first (default: .airflow/demo-slo)",
            ),
        ),
        run="airflow_dataops.cli.demo.levels.demo:run",
        notes="Exit codes: 0 each burnt what was reckoned by hand, 1 not so, 3 it could not be done.",
    ),
    Command(
        name="demo-alerts",
        help="Let five things go wrong on a real Airflow, and show whom it tells of them, and how often",
        arguments=(
            Argument(
                flags=("--home",),
                metavar="FOLDER",
                help="The Airflow home, emptied first (default: .airflow/demo-alerts)",
            ),
        ),
        run="airflow_dataops.cli.demo.alerts.demo:run",
        notes="Exit codes: 0 each was told once, and nothing else was, 1 not so, 3 it could not be done.",
    ),
    Command(
        name="up",
        help="Start Airflow with its UI, on the sample product or on your DAGs; Ctrl-C stops it",
        arguments=(
            Argument(
                flags=("--home",),
                metavar="FOLDER",
                help="The Airflow home (default: .airflow/demo, with --dags .airflow/up)",
            ),
            Argument(
                flags=("--port",),
                metavar="PORT",
                help="Where the UI listens on 127.0.0.1 (default: 8080, or any when that is taken)",
            ),
            Argument(
                flags=("--dags",),
                metavar="FOLDER",
                help="A folder of DAG files, instead of the sample product",
            ),
        ),
        run="airflow_dataops.cli.up:run",
        notes="Exit codes: 0 it was asked to stop, 3 it could not start, or a part of Airflow ended.",
    ),
)

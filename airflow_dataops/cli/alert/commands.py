"""The commands about alerts that need no deployment, as values."""

from __future__ import annotations

from airflow_dataops.cli.arguments import LINT_CODES, LINT_FORMAT, TEXT_OR_JSON
from airflow_dataops.cli.command import Argument, Command, Group

ALERT = Group(
    name="alert",
    help="Alerts: who is told of what, who has it in hand, and who isn't to be told for a time",
    commands=(
        Command(
            name="lint",
            help="Check files that say who is told: every problem with its file, line and column",
            arguments=(
                Argument(
                    flags=("paths",),
                    metavar="FILE",
                    nargs="+",
                    help="An alerts.yaml, or a folder in which one lies; `lint` looks at products beside it",
                ),
                LINT_FORMAT,
            ),
            run="airflow_dataops.cli.alert.lint:run",
            notes=LINT_CODES,
            in_airflow="airflow_dataops.factory.linting:run_alerts",
        ),
        Command(
            name="test-route",
            help="Show who would be told of an incident with some labels, and by which way",
            arguments=(
                Argument(
                    flags=("file",),
                    metavar="FILE",
                    nargs="?",
                    help="An alerts.yaml (under `airflow dataops`, by default that of the deployment)",
                ),
                Argument(
                    flags=("--label",),
                    metavar="NAME=VALUE",
                    action="append",
                    required=True,
                    help="A label of the incident, such as team=shop; may be given several times",
                ),
                Argument(
                    flags=("--at",),
                    metavar="WHEN",
                    help="By the time intervals and silences of this instant (default: now)",
                ),
                Argument(
                    flags=("--send",),
                    action="store_true",
                    help="Tell each receiver a test, and show what it says (under `airflow dataops`)",
                ),
                Argument(flags=("--who",), metavar="NAME", help="Who tests (default: who you are here)"),
                TEXT_OR_JSON,
            ),
            run="airflow_dataops.cli.alert.test_route:run",
            notes="Exit codes: 0 shown, and told where that was asked for, 1 a receiver could not be told, "
            "2 a wrong call, 3 the file is wrong, or something could not be read.",
            in_airflow="airflow_dataops.plugins.alert:test_route",
        ),
    ),
    notes="The commands that need a deployment, such as `list`, are under `airflow dataops alert`.",
)

"""`airflow dataops report`: gives it the deployment's settings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow.cli.cli_config import CLICommand


def report_command() -> CLICommand:
    """Return the command, as Airflow wants it."""
    from airflow.cli.cli_config import ActionCommand, Arg

    return ActionCommand(
        name="report",
        help="Show what became of each partition of a product",
        func=report,
        args=(
            Arg(("product",), help="The product: the id of its DAG", metavar="PRODUCT"),
            Arg(("--team",), help="Whose product, where several teams have one of the name", metavar="TEAM"),
            Arg(
                ("--output-format",),
                help="A table for people, or one JSON document (default: text)",
                choices=("text", "json"),
                default="text",
            ),
        ),
    )


def report(args: Namespace) -> None:
    """Run `airflow dataops report`; an error is one line on stderr, and exits 1."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.report import show
    from airflow_dataops.core.legible import legible
    from airflow_dataops.errors import DataOpsError

    try:
        show(
            args.product,
            team=args.team or "",
            output_format=args.output_format,
            settings=settings(),
            stream=sys.stdout,
        )
    except DataOpsError as error:
        raise SystemExit(legible(str(error))) from None

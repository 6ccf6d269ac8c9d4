"""`airflow dataops reconcile`: gives it the deployment's settings and databases."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow.cli.cli_config import CLICommand


def reconcile_command() -> CLICommand:
    """Return the command, as Airflow wants it."""
    from airflow.cli.cli_config import ActionCommand, Arg

    return ActionCommand(
        name="reconcile",
        help="Prove that every row that landed is accounted for, in the store, the zones and the targets",
        func=reconcile,
        args=(
            Arg(
                ("product",),
                help="Products: the ids of their DAGs (default: all)",
                metavar="PRODUCT",
                nargs="*",
            ),
            Arg(("--team",), help="Whose products (default: every team's)", metavar="TEAM"),
            Arg(
                ("--output-format",),
                help="A table for people, or one JSON document (default: text)",
                choices=("text", "json"),
                default="text",
            ),
            Arg(
                ("--report",),
                help="Report rows that are lost to the incidents of the products, and that they are found",
                action="store_true",
            ),
        ),
        epilog="Exit codes: 0 all is accounted for, 1 there is a leak, 3 something could not be looked at.",
    )


def reconcile(args: Namespace) -> None:
    """Run `airflow dataops reconcile`; where nothing can be looked at, one line on stderr says why."""
    from airflow_dataops.bridge.hooks import as_server, warehouse
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.reconcile import NOT_EVALUATED, show
    from airflow_dataops.core.legible import legible
    from airflow_dataops.errors import DataOpsError

    as_server()
    try:
        code = show(
            args.product,
            team=args.team or "",
            output_format=args.output_format,
            settings=settings(),
            database=warehouse,
            stream=sys.stdout,
            report=args.report,
        )
    except DataOpsError as error:
        sys.stderr.write(f"{legible(str(error))}\n")
        code = NOT_EVALUATED
    if code:
        raise SystemExit(code)

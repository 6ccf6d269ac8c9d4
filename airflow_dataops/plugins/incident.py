"""`airflow dataops incident …`: gives the commands about incidents the deployment's settings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace


def list_incidents(args: Namespace) -> int:
    """Run `incident list`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.incident.list import show as show_list

    show_list(
        since=args.since,
        team=args.team or "",
        product=args.product or "",
        only_open=args.open,
        output_format=args.output_format,
        settings=settings(),
        stream=sys.stdout,
    )
    return 0


def show(args: Namespace) -> int:
    """Run `incident show`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.typed import number
    from airflow_dataops.cli.incident.show import show as show_one

    show_one(
        number(args.number, of="an incident"),
        output_format=args.output_format,
        settings=settings(),
        stream=sys.stdout,
    )
    return 0


def report(args: Namespace) -> int:
    """Run `incident report`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.incident.report import report as made
    from airflow_dataops.cli.output import say_written, write

    text = made(
        args.number or "",
        team=args.team or "",
        since=args.since or "",
        output_format=args.output_format or "",
        output=args.output or "",
        settings=settings(),
    )
    write(text, args.output, replace=args.force)
    if args.output is not None:
        of = (
            f"incident {args.number}"
            if args.number
            else f"the team {args.team}"
            if args.team
            else "all teams"
        )
        say_written(f"the report on {of}", args.output)
    return 0

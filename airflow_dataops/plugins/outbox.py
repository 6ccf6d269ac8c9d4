"""`airflow dataops outbox`: what is on its way to the store from this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.plugins.answer import say

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow.cli.cli_config import CLICommand


def outbox_command() -> CLICommand:
    """Return the command, as Airflow wants it."""
    from airflow.cli.cli_config import ActionCommand, Arg

    return ActionCommand(
        name="outbox",
        help="Show what is on its way to the store from this machine",
        func=outbox,
        args=(Arg(("--deliver",), help="Deliver it now", action="store_true"),),
    )


def outbox(args: Namespace) -> None:
    """Run `airflow dataops outbox`."""
    from airflow_dataops.bridge.settings import outbox_path
    from airflow_dataops.cli.outbox import bring, show

    folder = outbox_path()
    say(lambda settings: bring(folder, settings) if args.deliver else show(folder))

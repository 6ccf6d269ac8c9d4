"""`airflow dataops …`: every command of `airflow-dataops`, and those that need the deployment's settings.

Every call of `airflow` imports this module, so no library is loaded before a command of ours runs.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.plugins.database import database_commands
from airflow_dataops.plugins.outbox import outbox_command
from airflow_dataops.plugins.reconcile import reconcile_command
from airflow_dataops.plugins.report import report_command

if TYPE_CHECKING:
    from airflow.cli.cli_config import CLICommand

    from airflow_dataops.cli.command import Command, Group


def get_cli_commands() -> list[CLICommand]:
    """Return the command group `dataops`, as Airflow's provider key `cli` wants it."""
    from airflow.cli.cli_config import GroupCommand

    from airflow_dataops.cli.commands import COMMANDS
    from airflow_dataops.cli.incident.of_deployment import INCIDENTS

    return [
        GroupCommand(
            name="dataops",
            help="Data products: contracts, batches, releases and service levels",
            subcommands=(
                *(_shared(command) for command in (*COMMANDS, INCIDENTS)),
                report_command(),
                reconcile_command(),
                database_commands(),
                outbox_command(),
            ),
        )
    ]


def _shared(command: Command | Group) -> CLICommand:
    """Return a command of the console program as one of Airflow's, with the same arguments and exit codes."""
    from airflow.cli.cli_config import ActionCommand, Arg, GroupCommand

    from airflow_dataops.cli.command import Group
    from airflow_dataops.cli.main import options, run

    if isinstance(command, Group):
        below = tuple(_shared(each) for each in (*command.commands, *_of_deployment(command)))
        return GroupCommand(name=command.name, help=command.help, subcommands=below)

    command = replace(command, run=command.in_airflow or command.run)
    arguments = tuple(Arg(argument.flags, **options(argument)) for argument in command.arguments)
    return ActionCommand(
        name=command.name,
        help=command.help,
        func=lambda args: sys.exit(run(command, args)),
        args=arguments,
        epilog=command.notes or None,
    )


def _of_deployment(group: Group) -> tuple[Command, ...]:
    """Return the commands of a group that need a deployment's settings."""
    from airflow_dataops.cli.alert import of_deployment as alert
    from airflow_dataops.cli.alert.commands import ALERT
    from airflow_dataops.cli.slo import of_deployment as slo
    from airflow_dataops.cli.slo.commands import SLO

    more = {SLO.name: slo.OF_DEPLOYMENT, ALERT.name: alert.OF_DEPLOYMENT}
    return more.get(group.name, ())

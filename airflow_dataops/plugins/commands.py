"""`airflow dataops …`: every command of `airflow-dataops`, and those that need the deployment's settings.

Every call of `airflow` imports this module, so no library is loaded before a command of ours runs.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from airflow.cli.cli_config import CLICommand

    from airflow_dataops.cli.command import Command, Group
    from airflow_dataops.core.retention import Forgotten
    from airflow_dataops.wiring.settings import Settings


def get_cli_commands() -> list[CLICommand]:
    """Return the command group `dataops`, as Airflow's provider key `cli` wants it."""
    from airflow.cli.cli_config import ActionCommand, Arg, GroupCommand

    from airflow_dataops.cli.commands import COMMANDS
    from airflow_dataops.cli.incident.of_deployment import INCIDENTS

    database = GroupCommand(
        name="db",
        help="Make, check and move the tables of the store",
        subcommands=(
            ActionCommand(
                name="migrate",
                help="Bring the store to the revision of this version, and make it where there is none",
                func=migrate,
                args=(),
            ),
            ActionCommand(
                name="check",
                help="Exit with 0 where the store has the revision of this version, else with 1",
                func=check,
                args=(),
            ),
            ActionCommand(
                name="downgrade",
                help="Take the store back to an older revision; what only newer ones hold is lost",
                func=downgrade,
                args=(
                    Arg(
                        ("--to-revision",),
                        help="The revision, or `base` for no tables at all",
                        metavar="REVISION",
                        required=True,
                    ),
                    Arg(("-y", "--yes"), help="Don't ask", action="store_true"),
                ),
            ),
            ActionCommand(
                name="clean",
                help="Remove old facts, except for what readers see; shows the counts and asks first",
                func=clean,
                args=(
                    Arg(
                        ("--before",),
                        help="What is older goes: a date (UTC) such as 2026-01-01, or days such as 180d",
                        metavar="WHEN",
                        required=True,
                    ),
                    Arg(("--audit-records",), help="Remove audit records, too", action="store_true"),
                    Arg(("--dry-run",), help="Show the counts, and change nothing", action="store_true"),
                    Arg(("-y", "--yes"), help="Don't ask", action="store_true"),
                ),
            ),
        ),
    )
    reporting = ActionCommand(
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
    reconciling = ActionCommand(
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
    return [
        GroupCommand(
            name="dataops",
            help="Data products: contracts, batches, releases and service levels",
            subcommands=(
                *(_shared(command) for command in (*COMMANDS, INCIDENTS)),
                reporting,
                reconciling,
                database,
                _outbox(),
            ),
        )
    ]


def _outbox() -> CLICommand:
    from airflow.cli.cli_config import ActionCommand, Arg

    return ActionCommand(
        name="outbox",
        help="Show what is on its way to the store from this machine",
        func=outbox,
        args=(Arg(("--deliver",), help="Deliver it now", action="store_true"),),
    )


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


def migrate(_: Namespace) -> None:
    """Run `airflow dataops db migrate`."""
    from airflow_dataops.cli import database

    _say(lambda settings: database.migrate(settings.store_url))


def check(_: Namespace) -> None:
    """Run `airflow dataops db check`."""
    from airflow_dataops.cli import database

    _say(lambda settings: database.check(settings.store_url))


def downgrade(args: Namespace) -> None:
    """Run `airflow dataops db downgrade`, once a person has agreed to it."""
    from airflow_dataops.cli import database

    if not args.yes:
        _agree(f"What only revisions newer than {args.to_revision} hold will be lost.")
    _say(lambda settings: database.downgrade(settings.store_url, args.to_revision))


def clean(args: Namespace) -> None:
    """Run `airflow dataops db clean`, once a person has seen the counts and agreed to it."""
    from airflow_dataops.cli import database

    def counted(settings: Settings, *, dry_run: bool) -> tuple[str, Forgotten]:
        return database.clean(settings, args.before, audit_records=args.audit_records, dry_run=dry_run)

    def work(settings: Settings) -> str:
        if args.yes and not args.dry_run:
            return counted(settings, dry_run=False)[0]
        table, gone = counted(settings, dry_run=True)
        if args.dry_run or not gone.total:
            return table
        sys.stdout.write(f"{table}\n")
        _agree("They will be lost.")
        return counted(settings, dry_run=False)[0]

    _say(work)


def outbox(args: Namespace) -> None:
    """Run `airflow dataops outbox`."""
    from airflow_dataops.bridge.settings import outbox_path
    from airflow_dataops.cli.outbox import bring, show

    folder = outbox_path()
    _say(lambda settings: bring(folder, settings) if args.deliver else show(folder))


def _agree(lost: str) -> None:
    """Ask a person, and end the program when there is none who agrees."""
    try:
        answer = input(f"{lost} Type yes to go on: ")
    except EOFError:
        sys.stdout.write("\n")
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        raise SystemExit("The store was not changed. Add --yes to agree without being asked.")


def _say(action: Callable[[Settings], str]) -> None:
    """Print what an action on the store comes to; an error is one line on stderr, and exits 1."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.core.legible import legible
    from airflow_dataops.errors import DataOpsError

    # Alembic's own lines say the same in more words.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        line = action(settings())
    except DataOpsError as error:
        raise SystemExit(legible(str(error))) from None
    sys.stdout.write(f"{line}\n")

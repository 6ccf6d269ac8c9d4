"""`airflow dataops db …`: makes, checks, moves and cleans the tables of the store."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from airflow_dataops.plugins.answer import say

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow.cli.cli_config import CLICommand

    from airflow_dataops.core.retention import Forgotten
    from airflow_dataops.wiring.settings import Settings


def database_commands() -> CLICommand:
    """Return the commands, as Airflow wants them."""
    from airflow.cli.cli_config import ActionCommand, Arg, GroupCommand

    return GroupCommand(
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


def migrate(_: Namespace) -> None:
    """Run `airflow dataops db migrate`."""
    from airflow_dataops.cli import database

    say(lambda settings: database.migrate(settings.store_url))


def check(_: Namespace) -> None:
    """Run `airflow dataops db check`."""
    from airflow_dataops.cli import database

    say(lambda settings: database.check(settings.store_url))


def downgrade(args: Namespace) -> None:
    """Run `airflow dataops db downgrade`, once a person has agreed to it."""
    from airflow_dataops.cli import database

    if not args.yes:
        _agree(f"What only revisions newer than {args.to_revision} hold will be lost.")
    say(lambda settings: database.downgrade(settings.store_url, args.to_revision))


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

    say(work)


def _agree(lost: str) -> None:
    """Ask a person, and end the program when there is none who agrees."""
    try:
        answer = input(f"{lost} Type yes to go on: ")
    except EOFError:
        sys.stdout.write("\n")
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        raise SystemExit("The store was not changed. Add --yes to agree without being asked.")

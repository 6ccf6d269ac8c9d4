"""The commands about incidents, as values: all of them need a deployment's settings."""

from __future__ import annotations

from airflow_dataops.cli.arguments import OUTPUT, TEXT_OR_JSON
from airflow_dataops.cli.command import Argument, Command, Group

SINCE = Argument(
    flags=("--since",),
    metavar="WHEN",
    default="30d",
    help="How far back: days such as 30d, a date (UTC), or an instant (default: 30d)",
)

TEAM = Argument(flags=("--team",), metavar="TEAM", help="Whose (default: every team's)")

INCIDENTS = Group(
    name="incident",
    help="Incidents: what went wrong, what was done about it, and what people write after it",
    commands=(
        Command(
            name="list",
            help="List incidents: those that are open, and those that were not over before some time",
            arguments=(
                SINCE,
                TEAM,
                Argument(flags=("--product",), metavar="PRODUCT", help="Only this product's (default: all)"),
                Argument(flags=("--open",), action="store_true", help="Only those that are open"),
                TEXT_OR_JSON,
            ),
            run="airflow_dataops.plugins.incident:list_incidents",
            notes="Exit codes: 0 listed, 2 a wrong call, 3 there is no such team or product, or the store"
            " can't be read.",
        ),
        Command(
            name="show",
            help="Show what is wrong in an incident, and what happened since",
            arguments=(Argument(flags=("number",), metavar="N", help="The incident's number"), TEXT_OR_JSON),
            run="airflow_dataops.plugins.incident:show",
            notes="Exit codes: 0 shown, 2 a wrong call, 3 there is no such incident, or the store can't be "
            "read.",
        ),
        Command(
            name="report",
            help="Write the first draft of what people write after an incident; or how a team fared",
            arguments=(
                Argument(
                    flags=("number",),
                    metavar="N",
                    nargs="?",
                    help="The incident's number; without it, how soon incidents were found and repaired",
                ),
                Argument(flags=("--team",), metavar="TEAM", help="Whose, without N (default: every team's)"),
                Argument(
                    flags=("--since",),
                    metavar="WHEN",
                    help="How far back, without N: days such as 30d, a date or an instant (default: 30d)",
                ),
                Argument(
                    flags=("--output-format",),
                    choices=("html", "md", "json", "text"),
                    help="Of an incident html, md or json (default: md, or what the file's name says); of a "
                    "team text or json (default: text)",
                ),
                *OUTPUT,
            ),
            run="airflow_dataops.plugins.incident:report",
            notes="Exit codes: 0 written, 2 a wrong call, 3 not written.",
        ),
    ),
)

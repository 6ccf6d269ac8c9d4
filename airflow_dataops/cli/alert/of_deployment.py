"""The commands about alerts that need a deployment's settings, as values: under `airflow dataops`."""

from __future__ import annotations

from airflow_dataops.cli.arguments import TEXT_OR_JSON, WHO, WHY
from airflow_dataops.cli.command import Argument, Command

INCIDENT = Argument(flags=("number",), metavar="N", help="The incident's number")

WORD = Argument(flags=("--why",), metavar="TEXT", default="", help="What there is to say of it")

DONE = "Exit codes: 0 done, 2 a wrong call, 3 it could not be done: nothing was changed."

OF_DEPLOYMENT: tuple[Command, ...] = (
    Command(
        name="list",
        help="List the incidents that are open, and the silences that hold or will",
        arguments=(TEXT_OR_JSON,),
        run="airflow_dataops.plugins.alert:list_alerts",
        notes="Exit codes: 0 listed, 3 the store can't be read.",
    ),
    Command(
        name="show",
        help="Show who was told of an incident, who waits to be told, and why somebody wasn't",
        arguments=(INCIDENT, TEXT_OR_JSON),
        run="airflow_dataops.plugins.alert:show",
        notes="Exit codes: 0 shown, 2 a wrong call, 3 there is no such incident, or the store can't be read.",
    ),
    Command(
        name="route",
        help="Find what is wrong, decide who is told, and tell them; for cron, after `slo evaluate`",
        arguments=(
            Argument(
                flags=("--every",),
                metavar="TIME",
                default="5m",
                help="Time between two calls: so long receivers that forget must remember (default: 5m)",
            ),
            TEXT_OR_JSON,
        ),
        run="airflow_dataops.plugins.alert:route",
        notes="Exit codes: 0 nothing is wrong, 1 an incident is open, 2 a wrong call, 3 it could not be "
        "decided, a receiver could not be told, or alerts.yaml is wrong.",
    ),
    Command(
        name="ack",
        help="Take an incident in hand: nobody is told again that it goes on",
        arguments=(INCIDENT, WHO, WORD),
        run="airflow_dataops.plugins.alert:ack",
        notes=DONE,
    ),
    Command(
        name="silence",
        help="Have nobody told, for a time, of incidents whose labels match",
        arguments=(
            Argument(
                flags=("matchers",),
                metavar="MATCHER",
                nargs="+",
                help="What labels must be, such as product=orders or 'team=~\"shop|web\"'; all must match",
            ),
            Argument(
                flags=("--for",),
                dest="length",
                metavar="TIME",
                required=True,
                help="How long, such as 2h, 90m or 1d12h",
            ),
            Argument(
                flags=("--start",),
                metavar="WHEN",
                help="From when on, such as 2026-03-01T22:00+01:00 (default: now)",
            ),
            WHY,
            WHO,
            Argument(
                flags=("-y", "--yes"), action="store_true", help="It is meant to last longer than 90 days"
            ),
        ),
        run="airflow_dataops.plugins.alert:silence",
        notes=DONE,
    ),
    Command(
        name="unsilence",
        help="End a silence now; what it held back is told by the next evaluation",
        arguments=(
            Argument(flags=("number",), metavar="N", help="The silence's number"),
            WHO,
            WORD,
        ),
        run="airflow_dataops.plugins.alert:unsilence",
        notes=DONE,
    ),
    Command(
        name="mark",
        help="Mark an incident about which nothing could be done: reports count it as noise",
        arguments=(
            INCIDENT,
            Argument(flags=("--not-actionable",), action="store_true", help="Nothing could be done about it"),
            Argument(flags=("--actionable",), action="store_true", help="Something could, after all"),
            WHY,
            WHO,
        ),
        run="airflow_dataops.plugins.alert:mark",
        notes=DONE,
    ),
)

"""The commands about service levels that need a deployment's settings, as values: under `airflow dataops`."""

from __future__ import annotations

from airflow_dataops.cli.arguments import OUTPUT, TEXT_OR_JSON, WHO, WHY
from airflow_dataops.cli.command import Argument, Command

PRODUCT = Argument(flags=("--product",), metavar="PRODUCT", help="Only this product's (default: all)")

TEAM = Argument(flags=("--team",), metavar="TEAM", help="Whose (default: every team's)")

STATES = ("ok", "burning", "exhausted", "unknown")
"""How objectives stand, in words; what has them as values is loaded by no call that doesn't ask for it."""

OF_DEPLOYMENT: tuple[Command, ...] = (
    Command(
        name="list",
        help="List objectives with what is left of their budgets",
        arguments=(
            PRODUCT,
            TEAM,
            Argument(
                flags=("--state",),
                choices=STATES,
                help="Only those that stand so",
            ),
            TEXT_OR_JSON,
        ),
        run="airflow_dataops.plugins.slo:list_slos",
        notes="Exit codes: 0 listed, 3 none is declared, or the store can't be read.",
    ),
    Command(
        name="show",
        help="Show what an objective promises, how it stands, what burnt its budget, and what to do",
        arguments=(
            Argument(flags=("product",), metavar="PRODUCT", help="The product: the id of its DAG"),
            Argument(
                flags=("slo",),
                metavar="SLO",
                nargs="?",
                help="The objective (default: all of the product)",
            ),
            TEAM,
            TEXT_OR_JSON,
        ),
        run="airflow_dataops.plugins.slo:show",
        notes="Exit codes: 0 shown, 3 there is no such objective, or the store can't be read.",
    ),
    Command(
        name="evaluate",
        help="Evaluate objectives by what was seen since the last time, and say what changed; for cron",
        arguments=(
            PRODUCT,
            TEAM,
            Argument(flags=("--dry-run",), action="store_true", help="Say it, and remember and do nothing"),
            TEXT_OR_JSON,
        ),
        run="airflow_dataops.plugins.slo:evaluate",
        notes="Exit codes: 0 no alert fires, 1 one does, 3 it was not evaluated, or a policy could not act.",
    ),
    Command(
        name="retire",
        help="Say that nothing is expected of a product any more: its file alone being gone doesn't",
        arguments=(
            Argument(flags=("product",), metavar="PRODUCT", help="The product: the id of its DAG"),
            TEAM,
            WHY,
            WHO,
        ),
        run="airflow_dataops.plugins.slo:retire",
        notes="Exit codes: 0 retired, 2 a wrong call, 3 there is no such product, or it could not be done.",
    ),
    Command(
        name="backtest",
        help="Replay objectives over what was seen: who would have been told, and of what nobody",
        arguments=(
            Argument(
                flags=("target",),
                metavar="PATH|PRODUCT",
                help="Files that are to be tried, such as orders/ or a *.openslo.yaml; or a product, whose "
                "objectives are in force",
            ),
            Argument(flags=("--since",), metavar="DAYS", default="90d", help="How far back (default: 90d)"),
            Argument(flags=("--slo",), metavar="SLO", help="Only this objective (default: all)"),
            TEAM,
            Argument(
                flags=("--runs-from-airflow",),
                action="store_true",
                help="Take the runs from Airflow's REST API; airflow_conn_id names the connection",
            ),
            Argument(
                flags=("--plots",),
                metavar="FOLDER",
                help="Draw each budget over time as PRODUCT.SLO.svg there",
            ),
            TEXT_OR_JSON,
        ),
        run="airflow_dataops.plugins.slo:backtest",
        notes="Exit codes: 0 replayed, 2 DAYS can't be meant, 3 it could not be.",
    ),
    Command(
        name="report",
        help="Write how objectives were kept over a month, for those who read the data",
        arguments=(
            Argument(flags=("--month",), metavar="MONTH", required=True, help="The month, such as 2026-10"),
            TEAM,
            PRODUCT,
            Argument(
                flags=("--output-format",),
                choices=("html", "json"),
                default="html",
                help="A page for people, or one JSON document (default: html)",
            ),
            *OUTPUT,
        ),
        run="airflow_dataops.plugins.slo:report",
        notes="Exit codes: 0 written, 2 there is no such month, or it hasn't begun, 3 not written.",
    ),
)

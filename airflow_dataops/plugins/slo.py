"""`airflow dataops slo …`: gives the commands about service levels the deployment's settings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from datetime import datetime

    from airflow_dataops.core.slo.run import RunOutcome


def list_slos(args: Namespace) -> int:
    """Run `slo list`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.slo.list import show as show_list

    show_list(
        product=args.product or "",
        team=args.team or "",
        state=args.state or "",
        output_format=args.output_format,
        settings=settings(),
        stream=sys.stdout,
        warn=sys.stderr,
    )
    return 0


def show(args: Namespace) -> int:
    """Run `slo show`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.slo.show import show as show_one

    show_one(
        args.product,
        slo=args.slo or "",
        team=args.team or "",
        output_format=args.output_format,
        settings=settings(),
        stream=sys.stdout,
        warn=sys.stderr,
    )
    return 0


def evaluate(args: Namespace) -> int:
    """Run `slo evaluate`: as the operator does, with policies and metrics; a dry run does neither."""
    from airflow_dataops.bridge.evaluating import evaluated
    from airflow_dataops.bridge.hooks import as_server
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.slo.evaluate import dry_run, refuse_unknown, tell
    from airflow_dataops.core.slo.evaluation import Evaluation

    product, team = args.product or "", args.team or ""
    refuse_unknown(product=product, team=team, settings=settings())
    acted = None
    if args.dry_run:
        found = dry_run(product=product, team=team, settings=settings())
    else:
        as_server()
        came = evaluated(who="airflow dataops slo evaluate", owners=((team, product),))
        acted = came.enforcement
        found = Evaluation(
            standings=came.standings,
            changed=came.changed,
            repaired=came.repaired,
            warnings=came.warnings,
        )
    return tell(found, acted, output_format=args.output_format, stream=sys.stdout, warn=sys.stderr)


def retire(args: Namespace) -> int:
    """Run `slo retire`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.alert.typed import who, words
    from airflow_dataops.cli.slo.retire import retire as retired

    retired(
        args.product,
        team=args.team or "",
        who=who(args.who),
        why=words(args.why, option="--why"),
        settings=settings(),
        stream=sys.stdout,
    )
    return 0


def backtest(args: Namespace) -> int:
    """Run `slo backtest`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.slo.backtest import backtest as replayed

    replayed(
        args.target,
        since=args.since,
        slo=args.slo or "",
        team=args.team or "",
        plots=args.plots or "",
        output_format=args.output_format,
        past_runs=_runs_of_airflow if args.runs_from_airflow else None,
        settings=settings(),
        stream=sys.stdout,
        warn=sys.stderr,
    )
    return 0


def _runs_of_airflow(team: str, dag_id: str, since: datetime, until: datetime) -> Iterator[RunOutcome]:
    """Return the runs of a DAG out of Airflow's REST API."""
    from airflow_dataops.bridge.airflow_api import airflow_rest
    from airflow_dataops.bridge.hooks import as_server
    from airflow_dataops.bridge.past_runs import past_runs

    as_server()
    return past_runs(airflow_rest(), dag_id, team=team, since=since, until=until, tries=True)


def report(args: Namespace) -> int:
    """Run `slo report`."""
    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.cli.output import say_written, write
    from airflow_dataops.cli.slo.report import report as made

    text, what = made(
        args.month,
        team=args.team or "",
        product=args.product or "",
        output_format=args.output_format,
        settings=settings(),
        warn=sys.stderr,
    )
    write(text, args.output, replace=args.force)
    say_written(what, args.output)
    return 0

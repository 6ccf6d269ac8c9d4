"""`render prometheus`: the rules by which Prometheus tells how error budgets burn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from airflow_dataops.cli.output import counted, say, say_written, write
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `paths`, `team`, `environment`, `output` and `force`.

    Raises:
        DocumentError: If a file is wrong.
        SettingsError: If there is nothing to write, or the output is there already.
        BrokenWorldError: If the file can't be written.
    """
    from airflow_dataops.cli.slo.declared import declarations
    from airflow_dataops.core.slo.pace import paces
    from airflow_dataops.render.metrics.prometheus import Metered, rule_file
    from airflow_dataops.wiring.clocks import timetable

    found, warnings = declarations(args.paths, team=args.team, environment=args.environment)
    for problem in warnings:
        say(sys.stderr, [str(problem)])
    spacing = paces(found, timetable().intervals)
    metered = [
        Metered(
            team=its.team,
            product=its.product,
            objective=objective,
            spacing=spacing.get((its.team, its.product)),
        )
        for its in found
        for objective in its.objectives
    ]
    if not metered:
        raise SettingsError(
            "no service level has a target: there is nothing to write",
            where=args.paths[0],
            hint="`airflow-dataops slo lint` says which could have one.",
        )
    write(rule_file(metered), args.output, replace=args.force)
    products = len({(each.team, each.product) for each in metered})
    objectives = counted(len(metered), "objective")
    say_written(f"rules for {objectives} of {counted(products, 'product')}", args.output)
    return 0

"""`airflow dataops lint`, and `alert lint`: as the console program's, and whether notifiers can be made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.errors import Problem


def run(args: Namespace) -> int:
    """Run `lint`, and return its exit code.

    Args:
        args: `paths` and `output_format`.
    """
    from airflow_dataops.cli.lint.run import looked_at, shown

    report = looked_at(tuple(map(Path, args.paths)))
    report.errors.extend(not_made(report.alerts))
    return shown(report, args.output_format)


def run_alerts(args: Namespace) -> int:
    """Run `alert lint`, and return its exit code.

    Args:
        args: `paths` and `output_format`.
    """
    from airflow_dataops.cli.alert.lint import looked_at
    from airflow_dataops.cli.lint.run import shown

    report = looked_at(args.paths)
    report.errors.extend(not_made(report.alerts))
    return shown(report, args.output_format)


def not_made(told: Iterable[Rules]) -> Iterator[Problem]:
    """Yield an error for each notifier that can't be imported here, is none, or doesn't take its kwargs.

    It is made with its templates as they stand, and sends nothing.

    Args:
        told: Who is told of what, by each file that says so.
    """
    from airflow_dataops.bridge.transports.notifier import made, notifier_at
    from airflow_dataops.core.alerts.transport import NotifierTransport
    from airflow_dataops.errors import Problem, SettingsError

    for rules in told:
        for receiver in rules.receivers:
            for transport in receiver.transports:
                if not isinstance(transport, NotifierTransport):
                    continue
                path = transport.path
                try:
                    made(notifier_at(path), json.loads(transport.kwargs or "{}"), where=path)
                except SettingsError as error:
                    yield Problem(receiver.place, f"{path}: {error.what}", error.hint)

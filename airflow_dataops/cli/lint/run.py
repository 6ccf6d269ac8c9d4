"""`lint`: reads what it is pointed at, and prints every problem with its place."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.lint.comparison import compare
from airflow_dataops.cli.lint.files import PIPELINE, contracts_of, unread
from airflow_dataops.cli.lint.look import look_at_all
from airflow_dataops.cli.lint.report import Report

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `paths` and `output_format`.
    """
    return shown(looked_at(tuple(map(Path, args.paths))), args.output_format)


def run_contracts(args: Namespace) -> int:
    """Run the command on contracts alone, and return its exit code.

    Args:
        args: `paths` and `output_format`.
    """
    return shown(lint(args.paths, contracts_of), args.output_format)


def looked_at(paths: tuple[Path, ...]) -> Report:
    """Return what is found of products, contracts, and who is told of them.

    Args:
        paths: Files, or folders.
    """
    from airflow_dataops.cli.lint.alerts import files_with_alerts
    from airflow_dataops.cli.lint.stubs import alone

    report = lint(map(str, paths), files_with_alerts)
    for path in paths:
        report.errors.extend(alone(path))
        report.warnings.extend(unread(path))
    return report


def lint(
    paths: Iterable[str],
    files_of: Callable[[Path], tuple[Path, ...]],
    look_at: Callable[[Path, Report], None] | None = None,
) -> Report:
    """Read files and folders of products and contracts.

    Args:
        paths: Files, or folders.
        files_of: Which files a path stands for.
        look_at: What is done with each, once; by default everything.
    """
    from airflow_dataops.errors import DocumentError

    report = Report()
    seen: set[str] = set()
    for given in paths:
        try:
            found = files_of(Path(given))
        except DocumentError as error:
            report.unreadable.extend(error.problems)
            continue
        # Pipeline files first: they read the contracts that they name.
        for file in sorted(found, key=lambda file: not file.name.endswith(PIPELINE)):
            real = os.path.realpath(file)  # it says nothing of links that lead nowhere: reading does
            if real not in seen:
                seen.add(real)
                (look_at or look_at_all)(file, report)
    compare(report)
    return report


def shown(report: Report, output_format: str) -> int:
    """Print a report, and return the exit code."""
    from airflow_dataops.cli.lint.format import FORMATS

    sys.stdout.write(FORMATS[output_format](report))
    return report.code

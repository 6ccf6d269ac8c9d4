"""`alert lint`: reads files that say who is told, and prints every problem with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable
    from pathlib import Path

    from airflow_dataops.cli.lint.report import Report
    from airflow_dataops.core.alerts.rules import Rules


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `paths` and `output_format`.
    """
    from airflow_dataops.cli.lint.run import shown

    return shown(looked_at(args.paths), args.output_format)


def looked_at(paths: Iterable[str]) -> Report:
    """Return what is found of files that say who is told.

    Args:
        paths: Files, or folders of which each has one.
    """
    from airflow_dataops.cli.lint.run import lint

    found: list[Rules] = []
    report = lint(paths, files_of, lambda file, report: found.extend(look_at(file, report)))
    report.alerts.extend(found)  # now: no product is seen here with which it could be compared
    return report


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the file that a path stands for: itself, whatever its name, or that of a folder.

    Raises:
        DocumentError: If a folder has none.
    """
    from airflow_dataops.documents.alerts.file import FILE
    from airflow_dataops.documents.yaml.text import is_there
    from airflow_dataops.errors import DocumentError, Problem

    if not (is_there(path) and path.is_dir()):
        return (path,)
    if is_there(path / FILE):
        return (path / FILE,)
    raise DocumentError((Problem(str(path), f"there is no `{FILE}` in it", "All goes to the log then."),))


def look_at(file: Path, report: Report) -> tuple[Rules, ...]:
    """Return what one file says, if it can be read.

    A receiver that no route names may be a channel of a contract, which isn't seen here.
    """
    from airflow_dataops.cli.lint.alerts import past, unused
    from airflow_dataops.documents.alerts.rules import read_alerts
    from airflow_dataops.documents.yaml.text import read_bytes
    from airflow_dataops.errors import DocumentError

    report.files.append(str(file))
    try:
        read_bytes(file)
    except DocumentError as error:
        report.unreadable.extend(error.problems)
        return ()
    try:
        rules, warnings = read_alerts(file)
    except DocumentError as error:
        report.errors.extend(error.problems)
        return ()
    report.warnings.extend((*warnings, *past(rules)))
    report.warnings.extend(unused(rules, frozenset(one.name for one in rules.receivers)))
    return (rules,)

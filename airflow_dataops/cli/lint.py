"""`lint`: reads what it is pointed at, and prints every problem with its place."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Iterator

    from airflow_dataops.core.product import Target
    from airflow_dataops.errors import Problem

OK, ERRORS, WARNINGS, UNREADABLE = 0, 1, 2, 3
"""Exit codes."""

PIPELINE, CONTRACT = ".dag.yaml", ".odcs.yaml"


@dataclass(slots=True)
class Report:
    """What was found.

    Args:
        files: The files that were looked at.
        errors: What is wrong.
        warnings: What is worth knowing.
        unreadable: What could not be looked at.
        tables: Path of a table -> the pipeline file that publishes it.
    """

    files: list[str] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> int:
        """The exit code."""
        if self.unreadable:
            return UNREADABLE
        return ERRORS if self.errors else WARNINGS if self.warnings else OK

    @property
    def lines(self) -> Iterator[tuple[str, Problem]]:
        """Every problem once, with its severity."""
        yield from (("error", problem) for problem in dict.fromkeys((*self.unreadable, *self.errors)))
        yield from (("warning", problem) for problem in dict.fromkeys(self.warnings))

    @property
    def summary(self) -> str:
        """The counts as one line."""
        counts = {"error": 0, "warning": 0} | {
            severity: sum(1 for other, _ in self.lines if other == severity)
            for severity in ("error", "warning")
        }
        found = ", ".join(plural(count, word) for word, count in counts.items() if count)
        return f"{plural(len(self.files), 'file')} checked: {found or 'all well'}."


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `paths` and `output_format`.
    """
    return shown(lint(args.paths, files_of), args.output_format)


def run_contracts(args: Namespace) -> int:
    """Run the command on contracts alone, and return its exit code.

    Args:
        args: `paths` and `output_format`.
    """
    return shown(lint(args.paths, contracts_of), args.output_format)


def shown(report: Report, output_format: str) -> int:
    """Print a report, and return the exit code."""
    from airflow_dataops.cli.lint_format import FORMATS

    sys.stdout.write(FORMATS[output_format](report))
    return report.code


def lint(paths: Iterable[str], files_of: Callable[[Path], tuple[Path, ...]]) -> Report:
    """Read files and folders of products and contracts.

    Args:
        paths: Files, or folders.
        files_of: Which files a path stands for.
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
                look_at(file, report)
    return report


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of products and contracts that a path stands for.

    Raises:
        DocumentError: If there are none.
    """
    from airflow_dataops.documents.text import is_there, read_bytes
    from airflow_dataops.errors import DocumentError, Problem

    if is_there(path) and path.is_dir():
        found = tuple(
            sorted(file for file in path.rglob("*.yaml") if file.name.endswith((PIPELINE, CONTRACT)))
        )
        if found:
            return found
        raise DocumentError((Problem(str(path), "there is no `*.dag.yaml` and no `*.odcs.yaml` below"),))
    if not path.name.endswith((PIPELINE, CONTRACT)):
        read_bytes(path)
        hint = "It must be a folder, a `*.dag.yaml` or a `*.odcs.yaml`."
        raise DocumentError((Problem(str(path), "this is no file of a data product", hint),))
    return (path,)


def contracts_of(path: Path) -> tuple[Path, ...]:
    """Return the contracts that a path stands for: itself, whatever its name, or those below a folder.

    Raises:
        DocumentError: If there are none.
    """
    from airflow_dataops.documents.text import is_there
    from airflow_dataops.errors import DocumentError, Problem

    if not (is_there(path) and path.is_dir()):
        return (path,)
    found = tuple(sorted(path.rglob(f"*{CONTRACT}")))
    if found:
        return found
    raise DocumentError((Problem(str(path), "there is no `*.odcs.yaml` below"),))


def look_at(file: Path, report: Report) -> None:
    """Read one file, and the files that it names."""
    from airflow_dataops.documents.odcs import read_contract
    from airflow_dataops.documents.text import read_bytes
    from airflow_dataops.errors import DocumentError

    report.files.append(str(file))
    try:
        read_bytes(file)
    except DocumentError as error:
        report.unreadable.extend(error.problems)
        return
    try:
        if file.name.endswith(PIPELINE):
            look_at_product(file, report)
        else:
            report.warnings.extend(read_contract(file)[1])
    except DocumentError as error:
        report.errors.extend(error.problems)


def look_at_product(file: Path, report: Report) -> None:
    """Read one pipeline file and all that it names, and compare its table with those of the others.

    Raises:
        DocumentError: If a file is wrong.
    """
    from airflow_dataops.documents.pipeline import read_product
    from airflow_dataops.errors import Problem
    from airflow_dataops.wiring import check_transform

    product, warnings = read_product(file)
    report.warnings.extend(warnings)
    report.errors.extend(check_transform(product))
    table = table_of(product.target)
    first = report.tables.setdefault(table, str(file))
    if first != str(file):
        places = (product.places.get(key) for key in ("target.path", "target.table", "target", ""))
        what = f"the table `{table}` is that of {first} already"
        hint = "Give this product a table of its own."
        report.errors.append(Problem(next(filter(None, places)), what, hint))


def table_of(target: Target) -> str:
    """Return what two products may not have in common: the path of a table, or where it is in a database."""
    if target.type == "delta":
        return os.path.normpath(target.table)
    schema = "" if "." in target.table else "public."
    return f"postgres://{target.conn_id}/{schema}{target.table}"


def plural(count: int, word: str) -> str:
    """Return a count with its word."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"

"""`lint`: reads what it is pointed at, and prints every problem with its place."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Iterator

    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.product import Target
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.documents.pipeline import Definition
    from airflow_dataops.errors import Problem

OK, ERRORS, WARNINGS, UNREADABLE = 0, 1, 2, 3
"""Exit codes."""

PIPELINE, CONTRACT, LEVELS = ".dag.yaml", ".odcs.yaml", ".openslo.yaml"


@dataclass(slots=True)
class Report:
    """What was found.

    Args:
        files: The files that were looked at.
        errors: What is wrong.
        warnings: What is worth knowing.
        unreadable: What could not be looked at.
        tables: Environment and path of a table -> the pipeline file that publishes it.
        contracts: The real paths of contracts of which all is said that there is to say.
        products: Environment -> the name of a product -> the product as it is there; None where it is wrong.
        levels: The real paths of OpenSLO files of which all is said.
        watched: DAG that is no product, and has service levels -> file:line:column.
        declared: What products and watched DAGs declare of their service levels.
        alerts: Who is told of what, by each file that says so.
    """

    files: list[str] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)
    tables: dict[tuple[str, str], str] = field(default_factory=dict)
    contracts: set[str] = field(default_factory=set)
    products: dict[str, dict[str, Definition | None]] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)
    watched: dict[str, str] = field(default_factory=dict)
    declared: list[Declaration] = field(default_factory=list)
    alerts: list[Rules] = field(default_factory=list)

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
    return shown(looked_at(tuple(map(Path, args.paths))), args.output_format)


def looked_at(paths: tuple[Path, ...]) -> Report:
    """Return what is found of products, contracts, and who is told of them.

    Args:
        paths: Files, or folders.
    """
    from airflow_dataops.cli.lint_alerts import files_with_alerts
    from airflow_dataops.cli.lint_stubs import alone

    report = lint(map(str, paths), files_with_alerts)
    for path in paths:
        report.errors.extend(alone(path))
        report.warnings.extend(unread(path))
    return report


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


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of products and contracts that a path stands for.

    Raises:
        DocumentError: If there are none.
    """
    from airflow_dataops.documents.below import files_below
    from airflow_dataops.documents.text import is_there, read_bytes
    from airflow_dataops.errors import DocumentError, Problem

    if is_there(path) and path.is_dir():
        found = files_below(path, PIPELINE, CONTRACT, LEVELS)
        if found:
            return found
        raise DocumentError((Problem(str(path), "there is no `*.dag.yaml` and no `*.odcs.yaml` below"),))
    if not path.name.endswith((PIPELINE, CONTRACT, LEVELS)):
        read_bytes(path)
        hint = "It must be a folder, a `*.dag.yaml`, a `*.odcs.yaml` or a `*.openslo.yaml`."
        raise DocumentError((Problem(str(path), "this is no file of a data product", hint),))
    return (path,)


def unread(path: Path) -> Iterable[Problem]:
    """Return what is said of files below a folder that nothing reads, and of what was left half done."""
    from airflow_dataops.cli.dag.together import interrupted
    from airflow_dataops.documents.misnamed import misnamed
    from airflow_dataops.documents.text import is_there

    return (*misnamed(path), *interrupted(path)) if is_there(path) and path.is_dir() else ()


def contracts_of(path: Path) -> tuple[Path, ...]:
    """Return the contracts that a path stands for: itself, whatever its name, or those below a folder.

    Raises:
        DocumentError: If there are none.
    """
    from airflow_dataops.documents.below import files_below
    from airflow_dataops.documents.text import is_there
    from airflow_dataops.errors import DocumentError, Problem

    if not (is_there(path) and path.is_dir()):
        return (path,)
    found = files_below(path, CONTRACT)
    if found:
        return found
    raise DocumentError((Problem(str(path), "there is no `*.odcs.yaml` below"),))


def look_at_all(file: Path, report: Report) -> None:
    """Read one file, and the files that it names."""
    from airflow_dataops.cli.lint_alerts import look_at_alerts
    from airflow_dataops.cli.lint_rules import inexact, refused_by_servers
    from airflow_dataops.documents.alerts_file import LIKE
    from airflow_dataops.documents.odcs import read_contract
    from airflow_dataops.documents.text import read_bytes
    from airflow_dataops.errors import DocumentError

    if str(file) not in report.files:
        report.files.append(str(file))
    try:
        read_bytes(file)
    except DocumentError as error:
        report.unreadable.extend(error.problems)
        return
    try:
        if file.name.endswith(PIPELINE):
            look_at_product(file, report)
        elif file.name.endswith(LEVELS):
            look_at_levels(file, report)
        elif LIKE.fullmatch(file.name):
            look_at_alerts(file, report)
        elif os.path.realpath(file) not in report.contracts:
            contract, warnings = read_contract(file)
            report.warnings.extend((*warnings, *inexact(contract), *refused_by_servers(contract)))
    except DocumentError as error:
        report.errors.extend(error.problems)


def look_at_product(file: Path, report: Report) -> None:
    """Read one pipeline file and all that it names, in every environment that changes it.

    Raises:
        DocumentError: If a file is wrong.
    """
    from airflow_dataops.cli.dag.given import shelf
    from airflow_dataops.cli.lint_rules import inexact, refused, refused_by_servers
    from airflow_dataops.cli.lint_slos import of_product
    from airflow_dataops.documents.layers import environments
    from airflow_dataops.documents.pipeline import read_definition
    from airflow_dataops.errors import DocumentError
    from airflow_dataops.wiring import check_models, check_transform

    for environment in ("", *environments(file)):
        there = report.products.setdefault(environment, {})
        try:
            found = read_definition(file, shelf=shelf(), environment=environment)
        except DocumentError:
            there.setdefault(file.absolute().parent.name, None)
            raise
        check_name(found, there.get(found.product.name), report)
        there[found.product.name] = found
        report.warnings.extend(found.warnings)
        report.errors.extend((*check_transform(found), *check_models(found)))
        for contract in dict.fromkeys((found.contract, found.landing)):
            if contract is not None:
                report.warnings.extend((*inexact(contract), *refused_by_servers(contract)))
                report.contracts |= {os.path.realpath(named) for named in contracts_named(found)}
                if found.product.warehouse:
                    report.warnings.extend(refused(contract, dialect="postgres"))
        check_table(found, environment, report)
        of_product(found, report, now=datetime.now(UTC))


def look_at_levels(file: Path, report: Report) -> None:
    """Read an OpenSLO file with all others of its folder, which may be that of a product.

    Raises:
        DocumentError: If the product is wrong.
    """
    from airflow_dataops.cli.dag.given import definition
    from airflow_dataops.cli.lint_slos import of_broken, of_files, of_product
    from airflow_dataops.documents.text import matching
    from airflow_dataops.errors import DocumentError

    if os.path.realpath(file) in report.levels:
        return
    files = matching(file.parent, f"*{LEVELS}")
    if not matching(file.parent, f"*{PIPELINE}"):
        of_files(files, report, now=datetime.now(UTC))
        return
    try:
        found = definition(str(file.parent))
    except DocumentError:
        of_broken(files, report)
        raise
    of_product(found, report, now=datetime.now(UTC))


def contracts_named(found: Definition) -> tuple[str, ...]:
    """Return the contracts that a product was read with."""
    named = (found.product.contract.path, found.product.source.contract)
    return tuple(found.path(path) for path in named if path)


def compare(report: Report) -> None:
    """Compare the products with each other, in every environment that changes one of them."""
    from airflow_dataops.cli.lint_alerts import unmatched
    from airflow_dataops.cli.lint_products import cycles, not_watched, too_coarse, unknown

    for environment in tuple(report.products):
        products = report.products[""] | report.products[environment]
        report.warnings.extend(unknown(products))
        report.errors.extend((*cycles(products), *too_coarse(products)))
        report.errors.extend(not_watched(products, report.watched))
    # What a product that is wrong declares isn't known: it may be what is asked for.
    for rules in () if report.errors else report.alerts:
        report.warnings.extend(unmatched(rules, report.declared))


def check_name(found: Definition, other: Definition | None, report: Report) -> None:
    """Compare a product with the one of its name, which Airflow would take for the same DAG."""
    from airflow_dataops.errors import Problem

    if other is None or other.product.team != found.product.team:
        return
    place = found.places.get("name", found.places[""])
    what = f"there are two products `{found.product.name}`: the other is {other.file}"
    report.errors.append(Problem(place, what, "Airflow has one DAG of a name: rename one."))


def check_table(found: Definition, environment: str, report: Report) -> None:
    """Compare the table of a product with those of the others, which must be others in each environment."""
    from airflow_dataops.errors import Problem

    target = found.product.target
    if not target.table:
        return
    table = table_of(target)
    first = report.tables.setdefault((environment, table), found.file)
    if first != found.file:
        places = (found.places.get(key) for key in ("target.path", "target.table", "target", ""))
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

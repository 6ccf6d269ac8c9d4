"""One file: what is said of it, and of those that it names."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow_dataops.cli.lint.comparison import check_name, check_table
from airflow_dataops.cli.lint.files import LEVELS, PIPELINE

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.cli.lint.report import Report
    from airflow_dataops.documents.pipeline.definition import Definition


def look_at_all(file: Path, report: Report) -> None:
    """Read one file, and the files that it names."""
    from airflow_dataops.cli.lint.alerts import look_at_alerts
    from airflow_dataops.cli.lint.rules import inexact, refused_by_servers
    from airflow_dataops.documents.alerts.file import LIKE
    from airflow_dataops.documents.odcs.contract import read_contract
    from airflow_dataops.documents.yaml.text import read_bytes
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
    from airflow_dataops.cli.lint.rules import inexact, refused, refused_by_servers
    from airflow_dataops.cli.lint.slos import of_product
    from airflow_dataops.documents.pipeline.definition import read_definition
    from airflow_dataops.documents.pipeline.layers import environments
    from airflow_dataops.errors import DocumentError
    from airflow_dataops.wiring.proofreading import check_models, check_transform

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
    from airflow_dataops.cli.lint.slos import of_broken, of_files, of_product
    from airflow_dataops.documents.yaml.text import matching
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

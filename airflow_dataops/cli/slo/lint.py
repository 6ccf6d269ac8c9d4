"""`slo lint`: reads what is said of service levels, and prints every problem with its place."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from airflow_dataops.cli.lint.report import Report


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `paths` and `output_format`.
    """
    from airflow_dataops.cli.lint.files import files_of
    from airflow_dataops.cli.lint.run import lint, shown

    return shown(lint(args.paths, files_of, look_at), args.output_format)


def look_at(file: Path, report: Report) -> None:
    """Read one file, and say what there is to say of its service levels."""
    from airflow_dataops.cli.lint.files import CONTRACT, LEVELS, PIPELINE
    from airflow_dataops.cli.lint.look import look_at_levels
    from airflow_dataops.documents.yaml.text import read_bytes
    from airflow_dataops.errors import DocumentError

    if str(file) not in report.files:
        report.files.append(str(file))
    try:
        read_bytes(file)
    except DocumentError as error:
        report.unreadable.extend(error.problems)
        return
    looks = {PIPELINE: look_at_product, CONTRACT: look_at_contract, LEVELS: look_at_levels}
    try:
        next(look for suffix, look in looks.items() if file.name.endswith(suffix))(file, report)
    except DocumentError as error:
        report.errors.extend(error.problems)


def look_at_product(file: Path, report: Report) -> None:
    """Look at the service levels of a product, in every environment that changes it.

    Raises:
        DocumentError: If a file is wrong.
    """
    from airflow_dataops.cli.dag.given import definition
    from airflow_dataops.cli.lint.look import contracts_named
    from airflow_dataops.cli.lint.slos import of_product
    from airflow_dataops.documents.odcs.objectives import without_target
    from airflow_dataops.documents.pipeline.layers import environments

    for environment in ("", *environments(file)):
        found = definition(str(file), environment=environment)
        report.products.setdefault(environment, {})[found.product.name] = found
        report.warnings.extend(found.warnings)
        objectives = of_product(found, report, now=datetime.now(UTC))
        if found.contract is not None and os.path.realpath(found.contract.place) not in report.contracts:
            report.warnings.extend(without_target(found.contract, objectives))
        # What lands is promised to nobody but the product itself.
        report.contracts |= {os.path.realpath(named) for named in contracts_named(found)}


def look_at_contract(file: Path, report: Report) -> None:
    """Look at the service levels of a contract that is no product's here.

    Raises:
        DocumentError: If it is wrong.
    """
    from airflow_dataops.core.slo.advice import advice
    from airflow_dataops.documents.odcs.contract import read_contract
    from airflow_dataops.documents.odcs.objectives import without_target

    if os.path.realpath(file) in report.contracts:
        return
    contract, warnings = read_contract(file)
    report.warnings.extend((*warnings, *without_target(contract)))
    report.warnings.extend(one.problem for each in contract.objectives for one in advice(each, None))

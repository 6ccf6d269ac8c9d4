"""Products beside each other: what no two may have in common, and what one says of another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.cli.lint.report import Report
    from airflow_dataops.core.product import Target
    from airflow_dataops.documents.pipeline.definition import Definition


def compare(report: Report) -> None:
    """Compare the products with each other, in every environment that changes one of them."""
    from airflow_dataops.cli.lint.alerts import unmatched
    from airflow_dataops.cli.lint.products import cycles, not_watched, too_coarse, unknown

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

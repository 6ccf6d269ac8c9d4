"""What `lint` says of rules: those that another database would refuse, and those that are never exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import Custom, Inside, Matches, Query, RowQuery
from airflow_dataops.core.checks.verdict import Operator
from airflow_dataops.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Contract, Dataset

SERVERS = {"mysql": "mysql", "postgres": "postgres", "postgresql": "postgres"}
"""Type of a server (ODCS) -> the database in which its rows are judged where they lie."""

EXACT = frozenset({Operator.MUST_BE, Operator.MUST_NOT_BE})
"""Operators that one digit decides."""


def inexact(contract: Contract) -> Iterator[Problem]:
    """Yield the rules that compare a sum or an average of doubles exactly."""
    for dataset in contract.datasets:
        for check in derive(dataset):
            if isinstance(check.promise, Query) and check.threshold.operator in EXACT:
                yield from _inexact(check, check.promise, dataset, contract)


def refused_by_servers(contract: Contract) -> Iterator[Problem]:
    """Yield the same of the databases that the contract's own servers are."""
    for dialect in sorted({SERVERS[server] for server in contract.servers if server in SERVERS}):
        yield from refused(contract, dialect=dialect)


def refused(contract: Contract, *, dialect: str) -> Iterator[Problem]:
    """Yield the rules that the database in which the rows lie would not evaluate.

    Args:
        contract: The contract.
        dialect: The database, as sqlglot calls its dialect.

    Raises:
        DocumentError: If another contract that a foreign key leads to is wrong.
    """
    from airflow_dataops.cli.contract.promised import known_to

    asked = [(dataset, checks) for dataset in contract.datasets if (checks := _refusable(dataset))]
    if not asked:
        return
    from airflow_dataops.engines.sql.refusal import refusals

    others = known_to(contract)
    for dataset, checks in asked:
        found = refusals(dataset, checks, dialect=dialect, others=others)
        for check in checks:
            if check.id in found:
                what = f"the rule `{check.id}` will not be evaluated where the rows lie: {found[check.id]}"
                yield Problem(check.place, what)


def _refusable(dataset: Dataset) -> tuple[Check, ...]:
    """Return the checks of a dataset that a database may refuse; most contracts have none to look at."""
    kinds = Query | RowQuery | Matches | Inside | Custom
    return tuple(check for check in derive(dataset) if check.filter or isinstance(check.promise, kinds))


def _inexact(check: Check, promise: Query, dataset: Dataset, contract: Contract) -> Iterator[Problem]:
    from airflow_dataops.engines.sql.agreement.inexact import added_doubles

    others = {other.name: other.columns for other in contract.datasets if other.name in promise.reads}
    table = "dataops_records"
    column = added_doubles(promise.sql, {table: dataset.columns, **others}, table=table)
    if column:
        what = (
            f"the rule `{check.id}` compares a sum of doubles exactly: its last digits hang on the order"
            " in which they are added up"
        )
        hint = f"Write `physicalType: numeric(p,s)` for `{column}`, or ask for a range."
        yield Problem(check.place, what, hint)

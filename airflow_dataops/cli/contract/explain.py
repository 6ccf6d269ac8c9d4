"""`contract explain`: each check of a contract in words and as SQL, and what nothing checks."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.plan import run as explain_plan
from airflow_dataops.cli.contract.promised import datasets_of, known_to
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.explanation import Explanation
from airflow_dataops.core.checks.words import STOP, consequence, sentence
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.engines.sql.queries import NOT_RUN, TITLES, queries
from airflow_dataops.engines.sql.refusal import refusals
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.contract.service_level import ServiceLevel
    from airflow_dataops.engines.sql.failing import Failing
    from airflow_dataops.engines.sql.rendered.rendering import Rendering
    from airflow_dataops.errors import Problem

OK = 0
"""Exit code."""

TYPED = "over a table `{table}` whose columns have the contract's types"

OVER = {
    "duckdb": (
        "SQL of DuckDB, over a table `{table}` with the texts of a file, each column VARCHAR; "
        "a query reads the values that it needs from them first"
    ),
    "postgres": f"SQL of PostgreSQL, {TYPED}",
    "mysql": "SQL of MariaDB, over a table `{table}`; a query reads the values that it needs first",
    "sqlite": (
        "SQL of SQLite with the engine's functions `dataops_…`, over a table `{table}` whose columns hold"
        " values of any type; a query reads those that it needs first"
    ),
    **{name: f"SQL of {TITLES[name]}, {TYPED}. {told}" for name, told in NOT_RUN.items()},
}
"""Dialect -> what its queries are asked of."""

TEXTS = frozenset({"duckdb"})
"""Dialects whose queries are asked of texts: a file is read by DuckDB, a database has types."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `file`, `dataset`, `dialect`, `plan` and `output_format`.

    Raises:
        DocumentError: If the contract is wrong.
        SettingsError: If it has no such dataset; or no plan in the dialect.
    """
    if args.plan:
        return explain_plan(args)
    contract, warnings = read_contract(args.file)
    datasets = datasets_of(contract, args.dataset or ())
    others = known_to(contract)
    found = {dataset.name: explained(dataset, others, dialect=args.dialect) for dataset in datasets}
    if args.output_format == "json":
        sys.stdout.write(as_json(contract, found, warnings, dialect=args.dialect))
    else:
        show(contract, found, warnings, dialect=args.dialect)
    return OK


def explained(dataset: Dataset, others: Mapping[str, Dataset], *, dialect: str) -> tuple[Explanation, ...]:
    """Return the checks of a dataset, explained, in the order of the contract.

    Args:
        dataset: The dataset.
        others: What rules call another dataset -> the dataset.
        dialect: A key of OVER.
    """
    asked = queries(dataset, dialect, texts=dialect in TEXTS, others=others)
    names = ", ".join(f"`{column.name}`" for column in dataset.columns)
    header = Explanation(
        rule="schema.missing",
        words=f"the data has the columns {names}",
        consequence=STOP,
        severity="error",
        dimension="conformity",
        reason="it is asked of the header, before a row is read",
        place=dataset.place,
    )
    checks = derive(dataset)
    refused = {} if dialect in NOT_RUN else refusals(dataset, checks, dialect=dialect, others=others)
    return header, *(_explained(check, asked, refused.get(check.id, "")) for check in checks)


def _explained(check: Check, asked: Failing | Rendering, reason: str) -> Explanation:
    sql = ""
    try:
        sql = "" if reason else asked.sql(check)
    except NotEvaluatedError as error:
        reason = str(error)
    return Explanation(
        rule=check.id,
        words=sentence(check),
        consequence=consequence(check),
        severity=check.severity,
        description=check.description,
        dimension=check.dimension,
        sql=sql,
        reason=reason,
        place=check.place,
    )


def show(
    contract: Contract,
    found: dict[str, tuple[Explanation, ...]],
    warnings: Sequence[Problem],
    *,
    dialect: str,
) -> None:
    """Print the checks for people, and then what nothing checks."""
    from rich.text import Text

    from airflow_dataops.cli.lint.format import sentence as told
    from airflow_dataops.cli.screen import console
    from airflow_dataops.render.explanation import explanation_lines

    page = console(sys.stdout)
    tables = {dataset.name: dataset.table for dataset in contract.datasets}
    for name, checks in found.items():
        head = f"{contract.reference} · {name} · {len(checks)} checks"
        over = OVER[dialect].format(table=tables[name])
        page.print(explanation_lines(head, checks, over=over), crop=False)
    # One that is none of the standard's stands below, with what is not enforced.
    levels = [level for level in contract.service_levels if level.definition is not None]
    if levels:
        page.print(Text("Promised, read, and judged by nothing yet", style="bold yellow"))
        for level in levels:
            page.print(Text(promise_of(level), overflow="fold"))
        page.print()
    if warnings:
        page.print(Text("Promised, and not enforced", style="bold yellow"))
        for problem in warnings:
            page.print(Text(f"{problem.place}: {told(problem)}", overflow="fold"))


def promise_of(level: ServiceLevel) -> str:
    """Return a service level as one line: what is promised, on what, and what would be measured."""
    on = f" on {', '.join(map(str, level.elements))}" if level.elements else ""
    measured = "" if level.definition is None else f": {level.definition.measures}"
    return f"{level.place}: {level.promised}{on}{measured}"


def as_json(
    contract: Contract,
    found: dict[str, tuple[Explanation, ...]],
    warnings: Sequence[Problem],
    *,
    dialect: str,
) -> str:
    """Return one JSON document."""
    from airflow_dataops.cli.lint.format import located
    from airflow_dataops.render.explanation import explanation_rows

    tables = {dataset.name: dataset.table for dataset in contract.datasets}
    document = {
        "contract": contract.reference,
        "dialect": dialect,
        "datasets": [
            {
                "dataset": name,
                "over": OVER[dialect].format(table=tables[name]),
                "checks": explanation_rows(checks),
            }
            for name, checks in found.items()
        ],
        "service_levels": [
            {
                "id": level.id,
                "indicator": level.indicator or level.name,
                "value": level.text,
                "measured": "" if level.definition is None else level.definition.measures,
                "place": level.place,
            }
            for level in contract.service_levels
        ],
        "not_enforced": [
            dict(zip(("file", "line", "column"), located(problem), strict=True))
            | {"message": problem.what, "hint": problem.hint}
            for problem in warnings
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

"""`contract explain --plan`: how the checks of a contract are computed."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.promised import datasets_of, known_to
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.engines.sql.planned import planned
from airflow_dataops.engines.sql.queries import TITLES
from airflow_dataops.engines.sql.refusal import refusals
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from airflow_dataops.core.checks.step import Steps
    from airflow_dataops.core.contract.model import Contract, Dataset

OK = 0
"""Exit code."""

TABLES = "tables of any types"

ROWS: dict[str, dict[bool, str]] = {
    "duckdb": {True: "rows that have types (Parquet, frames)", False: "rows of text (CSV, JSON lines)"},
    "postgres": {
        True: "a table that has the contract's types",
        False: "a raw copy, or a table that has texts where the contract has other types",
    },
    "mysql": {True: TABLES, False: TABLES},
    "sqlite": {True: TABLES, False: TABLES},
}
"""Dialect -> whether rows have types -> what they are."""


ANY = {"duckdb": "files of any format", "postgres": TABLES, "mysql": TABLES, "sqlite": TABLES}
"""Dialect -> what rows are where it doesn't matter whether they have types."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `file`, `dataset`, `dialect` and `output_format`.

    Raises:
        DocumentError: If the contract is wrong.
        SettingsError: If it has no such dataset, or nothing judges rows in the dialect.
    """
    if args.dialect not in ROWS:
        raise SettingsError(
            f"SQL of {TITLES[args.dialect]} has no plan: it is rendered, not run",
            where=args.file,
            hint=f"Use one of {', '.join(ROWS)}.",
        )
    contract, _ = read_contract(args.file)
    datasets = datasets_of(contract, args.dataset or ())
    others = known_to(contract)
    found = {dataset.name: plans(dataset, others, dialect=args.dialect) for dataset in datasets}
    (_as_json if args.output_format == "json" else _show)(contract, found, args.dialect)
    return OK


def plans(dataset: Dataset, others: Mapping[str, Dataset], *, dialect: str) -> dict[bool, Steps]:
    """Return whether rows have types -> the steps in which all checks of a dataset are computed.

    It is as if all were known that rules look at, and it were the time of rules that have a schedule.

    Args:
        dataset: The dataset.
        others: What rules call another dataset -> the dataset.
        dialect: A key of ROWS.
    """
    checks = derive(dataset)
    scan, refused = plan(dataset, checks), refusals(dataset, checks, dialect=dialect, others=others)
    # Rules of other tools have a step of their own, which says so.
    refused = {rule: why for rule, why in refused.items() if rule not in {one.id for one in scan.customs}}
    return {typed: planned(scan, typed=typed, dialect=dialect, refused=refused) for typed in (True, False)}


def _show(contract: Contract, found: dict[str, dict[bool, Steps]], dialect: str) -> None:
    from rich.text import Text

    from airflow_dataops.cli.screen import console
    from airflow_dataops.render.plan import plan_tree

    page = console(sys.stdout)
    for dataset in contract.datasets:
        if dataset.name in found:
            checks = len(derive(dataset))
            head = f"{contract.reference} · {dataset.name} · {checks} checks in {TITLES[dialect]}"
            page.print(Text(head, style="bold"), soft_wrap=True)
            typed, texts = found[dataset.name][True], found[dataset.name][False]
            same = typed.steps == texts.steps
            page.print()
            page.print(plan_tree(ANY[dialect] if same else ROWS[dialect][True], typed))
            page.print()
            if not same:
                page.print(plan_tree(ROWS[dialect][False], texts))
                page.print()


def _as_json(contract: Contract, found: dict[str, dict[bool, Steps]], dialect: str) -> None:
    from airflow_dataops.render.plan import plan_row

    document = {
        "contract": contract.reference,
        "dialect": dialect,
        "datasets": [
            {
                "dataset": name,
                "plans": [
                    {"rows": ROWS[dialect][typed], "typed": typed} | plan_row(one)
                    for typed, one in known.items()
                ],
            }
            for name, known in found.items()
        ],
    }
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")

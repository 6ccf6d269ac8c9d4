"""A contract as a script of SQL: a table for each dataset, then the query of each check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.left_out import Converted, LeftOut, held_by_type
from airflow_dataops.core.checks.words import consequence, sentence
from airflow_dataops.engines.sql.dialect import DIALECTS
from airflow_dataops.engines.sql.failing import Failing
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow_dataops.core.contract.model import Contract, Dataset


def script(
    contract: Contract, datasets: Sequence[Dataset], *, others: Mapping[str, Dataset], dialect: str
) -> Converted:
    """Return a table and the queries of the checks for each dataset.

    The table has types alone: rows that break the contract have a place in it, and the queries count them.

    Args:
        contract: The contract.
        datasets: Those of its datasets that shall be there.
        others: What rules call another dataset -> the dataset.
        dialect: One of DIALECTS.
    """
    left_out: list[LeftOut] = []
    parts = [part for dataset in datasets for part in _dataset(dataset, others, dialect, left_out)]
    head = [f"What {contract.reference} promises, as {dialect} says it."]
    head.append(
        "Each query counts the rows that break its rule, or comes to the number that its rule is about."
    )
    head.extend(f"Not said here: {one}" for one in left_out)
    return Converted("\n\n".join(["\n".join(map(_comment, head)), *parts]) + "\n", tuple(left_out))


def table(dataset: Dataset, *, dialect: str) -> exp.Create:
    """Return the statement that makes a table with the dataset's columns and their types."""
    type_of = DIALECTS[dialect].type_of
    columns = [
        exp.ColumnDef(
            this=exp.to_identifier(column.name, quoted=True),
            kind=exp.DataType.build(type_of(column.type), dialect=dialect),
        )
        for column in dataset.columns
    ]
    named = exp.Table(this=exp.to_identifier(dataset.table, quoted=True))
    return exp.Create(this=exp.Schema(this=named, expressions=columns), kind="TABLE")


def _dataset(
    dataset: Dataset, others: Mapping[str, Dataset], dialect: str, left_out: list[LeftOut]
) -> Iterator[str]:
    yield table(dataset, dialect=dialect).sql(dialect, pretty=True) + ";"
    failing = Failing(dataset, dialect=dialect, texts=False, others=others)
    for check in derive(dataset):
        if held_by_type(check):
            yield _comment(f"{check.id}: {sentence(check)}: the type of the column holds it")
            continue
        try:
            query = failing.sql(check)
        except NotEvaluatedError as error:
            left_out.append(LeftOut(check.id, str(error)))
            continue
        said = (
            _comment(f"{check.id}: {sentence(check)}"),
            *((_comment(check.description),) if check.description else ()),
            _comment(f"{check.expected}; else {consequence(check)}"),
        )
        yield "\n".join((*said, f"{query};"))


def _comment(text: str) -> str:
    return f"-- {' '.join(text.split())}"

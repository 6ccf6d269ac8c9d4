"""A contract as a script of SQL: a table for each dataset, a query for each check, and one for all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.left_out import Converted, LeftOut
from airflow_dataops.core.checks.words import consequence, sentence
from airflow_dataops.engines.sql.dialect import DIALECTS, dialect_of
from airflow_dataops.engines.sql.queries import NOT_RUN, TITLES, queries
from airflow_dataops.engines.sql.rendered.databases import RENDERED, TRIED
from airflow_dataops.engines.sql.rendered.rendering import Rendering
from airflow_dataops.engines.sql.rendered.together import ALL_ROWS, together
from airflow_dataops.engines.sql.rendered.words import type_named
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow_dataops.core.contract.model import ColumnType, Contract, Dataset
    from airflow_dataops.engines.sql.rendered.database import Database


def script(
    contract: Contract, datasets: Sequence[Dataset], *, others: Mapping[str, Dataset], dialect: str
) -> Converted:
    """Return a table and the queries of the checks for each dataset.

    The table has types alone: rows that break the contract have a place in it, and the queries count them.

    Args:
        contract: The contract.
        datasets: Those of its datasets that shall be there.
        others: What rules call another dataset -> the dataset.
        dialect: One of TITLES.
    """
    left_out: list[LeftOut] = []
    parts = [part for dataset in datasets for part in _dataset(dataset, others, dialect, left_out)]
    head = [f"What {contract.reference} promises, as {TITLES[dialect]} says it."]
    if dialect in NOT_RUN:
        head.append(NOT_RUN[dialect])
    head.append(
        "Each query counts the rows that break its rule, or comes to the number that its rule is about."
    )
    head.extend(f"Not said here: {one}" for one in left_out)
    return Converted(
        "\n\n".join(["\n".join(_comment(line, _database(dialect)) for line in head), *parts]) + "\n",
        tuple(left_out),
    )


def table(dataset: Dataset, *, dialect: str) -> exp.Create:
    """Return the statement that makes a table with the dataset's columns and their types.

    Raises:
        NotEvaluatedError: If the database can't quote one of the names.
    """
    database = _database(dialect)
    for name in (dataset.table, *(column.name for column in dataset.columns)):
        database.check_name(name)
    columns = [
        exp.ColumnDef(
            this=exp.to_identifier(column.name, quoted=True),
            kind=_kind(column.type, dialect),
        )
        for column in dataset.columns
    ]
    named = exp.Table(this=exp.to_identifier(dataset.table, quoted=True))
    schema = exp.Schema(this=named, expressions=columns)
    storage = None if database.storage is None else database.storage.copy()
    return exp.Create(this=schema, kind="TABLE", properties=storage)


def _dataset(
    dataset: Dataset, others: Mapping[str, Dataset], dialect: str, left_out: list[LeftOut]
) -> Iterator[str]:
    database = _database(dialect)
    try:
        yield table(dataset, dialect=dialect).sql(database.name, pretty=True) + ";"
    except NotEvaluatedError as error:
        left_out.append(LeftOut(dataset.name, str(error)))
        return
    asked = queries(dataset, dialect, others=others)
    checks = derive(dataset)
    for check in checks:
        if asked.holds(check):
            yield _comment(f"{check.id}: {sentence(check)}: the type of the column holds it", database)
            continue
        try:
            query = asked.sql(check)
        except NotEvaluatedError as error:
            left_out.append(LeftOut(check.id, str(error)))
            continue
        said = (
            _comment(f"{check.id}: {sentence(check)}", database),
            *((_comment(check.description, database),) if check.description else ()),
            _comment(f"{check.expected}; else {consequence(check)}", database),
        )
        yield "\n".join((*said, f"{query};"))
    at_once = together(checks, Rendering(dataset, database, others=others)) if database.at_once else None
    if at_once is not None:
        named = (_comment(f"{column}: {rule}", database) for column, rule in at_once.names.items())
        head = _comment(f"All that a row breaks by itself, in one pass; {ALL_ROWS}: the rows", database)
        rest = _comment("What isn't listed here has a query of its own alone", database)
        yield "\n".join((head, rest, *named, f"{at_once.sql};"))


def _kind(column_type: ColumnType, dialect: str) -> exp.DataType:
    if dialect in DIALECTS:
        return exp.DataType.build(dialect_of(dialect).type_of(column_type), dialect=dialect)
    return type_named(RENDERED[dialect].type_of(column_type))


def _database(dialect: str) -> Database:
    return (TRIED | RENDERED)[dialect]


def _comment(text: str, database: Database) -> str:
    """Return a comment of one line, without what the database's clients would replace in it."""
    said = re.sub(database.replaced, "?", text) if database.replaced else text
    return f"-- {' '.join(said.split())}"

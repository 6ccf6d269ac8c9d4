"""The script of one contract with every promise and type, for each database that SQL is rendered for.

`REWRITE_GOLDEN=1 pytest tests/engines/sql/rendered/test_golden.py` writes the files anew: read what changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.engines.sql.queries import queries
from airflow_dataops.engines.sql.rendered.databases import RENDERED
from airflow_dataops.engines.sql.script import script
from airflow_dataops.errors import NotEvaluatedError

GOLDEN = Path(__file__).parents[1] / "golden"
READERS = {name: name for name in RENDERED} | {"sqlserver": "tsql"}
"""Dialect -> as sqlglot calls it."""

LEFT_OUT = {
    "bigquery": set(),
    "clickhouse": {"amount.multipleOf", "clock.type", "clock.minimum", "clock.maximum"},
    "databricks": {"clock.type", "clock.minimum", "clock.maximum"},
    "oracle": {"clock.type", "clock.minimum", "clock.maximum"},
    "redshift": {"likes"},
    "snowflake": set(),
    "sqlserver": {"code.pattern", "mail.format", "quote.pattern", "soft", "word.enum", "likes"},
    "trino": set(),
}
"""Dialect -> which checks of the contract it can't say; those of EVERYWHERE none can."""

EVERYWHERE = {"address.type", "address.zip.required", "address.zip.type", "halves", "outside"}


@pytest.mark.parametrize("dialect", RENDERED)
def test_the_script_is_as_it_was(dialect, everything, others) -> None:
    """What is rendered changes only where somebody means it to."""
    made = script(everything, everything.datasets, others=others, dialect=dialect)
    golden = GOLDEN / f"{dialect}.sql"
    if os.environ.get("REWRITE_GOLDEN"):
        golden.write_text(made.text, encoding="utf-8", newline="")
    assert golden.read_bytes().decode() == made.text
    assert EVERYWHERE | LEFT_OUT[dialect] == {one.rule for one in made.left_out}
    assert f"Rendered, not run: written from the documentation of {RENDERED[dialect].title}" in made.text


@pytest.mark.parametrize("dialect", RENDERED)
def test_each_statement_is_read_back_in_its_dialect(dialect) -> None:
    """Each statement is one that sqlglot knows as a whole, and no text has become a statement of its own."""
    text = (GOLDEN / f"{dialect}.sql").read_bytes().decode()
    statements = sqlglot.parse(text, dialect=READERS[dialect], error_level=sqlglot.ErrorLevel.RAISE)
    assert {exp.Create, exp.Select} == {type(one) for one in statements}
    assert not [one for one in statements if one.find(exp.Command)]
    creates = [one for one in statements if isinstance(one, exp.Create)]
    assert {"every thing", "dim levels"} == {one.this.this.name for one in creates}
    said = [line for line in text.splitlines() if line.startswith(("-- rows", "-- query"))]
    assert len(said) + len(creates) * 2 == len(statements)  # and a query of all at once for each table


@pytest.mark.parametrize("dialect", RENDERED)
def test_each_column_of_the_query_of_all_is_the_condition_of_its_check(dialect, everything, others) -> None:
    """What is counted at once is what the query of a check counts, for each check that rows break alone."""
    text = (GOLDEN / f"{dialect}.sql").read_bytes().decode()
    statements = sqlglot.parse(text, dialect=READERS[dialect])
    (at_once,) = [one for one in statements if one.find(exp.Alias) and _of_all(one, "every thing")]
    counted = {one.alias: one.this.find(exp.If).this for one in at_once.expressions[1:]}
    (dataset, _) = everything.datasets
    asked = queries(dataset, dialect, others=others)
    seen = set()
    for check in derive(dataset):
        try:
            query = sqlglot.parse_one(asked.sql(check), dialect=READERS[dialect])
        except NotEvaluatedError:
            continue
        condition = counted.get(check.id.replace(".", "_").lower())
        for column in query.find_all(exp.Column):
            column.set("table", None)
        if condition is not None:
            seen.add(check.id)
            assert query.args["where"].this == condition.unnest()
    assert len(counted) == len(seen) > 20


def _of_all(statement: exp.Expr, table: str) -> bool:
    first = statement.expressions[0] if isinstance(statement, exp.Select) else None
    return (
        isinstance(first, exp.Alias) and first.alias == "all_rows" and statement.find(exp.Table).name == table
    )

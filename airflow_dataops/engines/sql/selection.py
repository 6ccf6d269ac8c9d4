"""Queries that name rows: which tables they are asked over, and how they say which rows they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.judging import ROW
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORDS = "dataops_records"
"""All records with their typed values: what `{object}` stands for in a query that names rows."""

NUMBERED = "dataops_numbered"
"""RECORDS with ROW, for the one table whose rows are named, so that no other sees that column."""


def pointed(tree: exp.Query, tables: Mapping[str, str]) -> exp.Query:
    """Return a SELECT whose other datasets are read from where they were put.

    Args:
        tree: The SELECT.
        tables: What it calls another dataset, in lower case -> the table.
    """
    made = {cte.alias_or_name.casefold() for cte in tree.find_all(exp.CTE)}
    found = tree.copy()
    for read in list(found.find_all(exp.Table)):
        name = read.name.casefold()
        if name in tables and name not in made and not read.db:
            read.set("alias", read.args.get("alias") or exp.TableAlias(this=read.this.copy()))
            read.set("this", exp.to_identifier(tables[name], quoted=True))
    return found


def naming_rows(tree: exp.Query) -> exp.Query:
    """Return the SELECT of ROW for each row that `SELECT COUNT(*) FROM {object} WHERE …` counts.

    Args:
        tree: The counting SELECT over RECORDS.

    Raises:
        NotEvaluatedError: If it is no such SELECT.
    """
    naming = tree.copy()
    source = naming.find(exp.From)  # its own: those of queries within it lie deeper
    if not isinstance(naming, exp.Select) or source is None or not isinstance(source.this, exp.Table):
        raise NotEvaluatedError("the query is not of the form SELECT COUNT(*) FROM {object} WHERE …")
    alias = source.this.alias_or_name
    numbered = exp.Table(this=exp.to_identifier(NUMBERED))
    source.this.replace(exp.alias_(numbered, alias, table=True, quoted=True))
    naming.set("expressions", [exp.column(ROW, table=exp.to_identifier(alias, quoted=True))])
    return naming

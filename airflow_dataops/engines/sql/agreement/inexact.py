"""Rules whose number hangs on the order in which doubles are added up, so that it isn't the same twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.contract.model import Column

TOTALS = (exp.Sum, exp.Avg)


def added_doubles(sql: str, columns: Mapping[str, Iterable[Column]], *, table: str) -> str:
    """Return a column of doubles whose sum or average the number of a rule is made of; empty for none.

    Args:
        sql: The rule; `{object}` stands for the table.
        columns: What the rule calls a table that it reads -> its columns.
        table: The table.
    """
    try:
        tree = parse_select(sql, table=table, place="query", filled=True, besides=tuple(columns))
    except (NotEvaluatedError, RecursionError):
        return ""
    doubles = {
        column.name.casefold(): column.name
        for listed in columns.values()
        for column in listed
        if column.type.logical is LogicalType.NUMBER and column.type.precision is None
    }
    for selected in tree.expressions:
        for total in selected.find_all(*TOTALS):
            for column in total.find_all(exp.Column):
                if column.name.casefold() in doubles:
                    return doubles[column.name.casefold()]
    return ""

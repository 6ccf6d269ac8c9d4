from __future__ import annotations

from typing import get_args

import pytest
from sqlglot import exp

from airflow_dataops.core.checks.spec import AtLeast, RowPromise, Unique
from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.engines.sql.reading import SQL_TYPES, Reading, sql_type
from airflow_dataops.errors import NotEvaluatedError

NAME = exp.column('"; drop table', quoted=True)


def test_lower_knows_every_promise_about_a_row() -> None:
    """No promise about a row is without its expression."""
    assert set(get_args(RowPromise)) == set(lower.registry) - {object}


def test_sql_types_know_every_type() -> None:
    """Every logical type has a type of the database; a precision makes it a decimal."""
    assert set(LogicalType) == set(SQL_TYPES)
    assert "DECIMAL(12,2)" == sql_type(ColumnType(LogicalType.NUMBER, 12, 2))
    assert "DECIMAL(5,0)" == sql_type(ColumnType(LogicalType.INTEGER, 5, None))


def test_lower_refuses_what_no_row_can_answer() -> None:
    """Uniqueness is not for one row to answer, and a bound is not for a date."""
    for promise, kind in ((Unique(("a",)), LogicalType.STRING), (AtLeast("a", 1), LogicalType.DATE)):
        with pytest.raises(NotEvaluatedError):
            lower(promise, Reading(ColumnType(kind), NAME, NAME))

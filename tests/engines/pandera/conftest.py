"""Pandera as a tool, and a way to show it rows."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import polars as pl
import pytest

from airflow_dataops.core.contract.model import Column, ColumnType, LogicalType
from airflow_dataops.engines.pandera.tool import PanderaTool

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.checks.breach import Breach

TYPES = {
    pl.String: LogicalType.STRING,
    pl.Int64: LogicalType.INTEGER,
    pl.Float64: LogicalType.NUMBER,
    pl.Boolean: LogicalType.BOOLEAN,
    pl.Date: LogicalType.DATE,
    pl.Datetime: LogicalType.TIMESTAMP,
}


def columns_of(frame: pl.DataFrame) -> tuple[Column, ...]:
    """Return the columns that a contract of such a frame would have."""
    return tuple(
        Column(name=name, type=ColumnType(LogicalType.NUMBER, kind.precision, kind.scale))
        if isinstance(kind, pl.Decimal)
        else Column(name=name, type=ColumnType(TYPES[kind.base_type()]))
        for name, kind in frame.schema.items()
    )


@pytest.fixture
def broken(monkeypatch) -> Callable[[object, pl.DataFrame], tuple[Breach, ...]]:
    """Ask a schema, which lies in a module that can be imported, what rows break."""

    def ask(schema: object, frame: pl.DataFrame) -> tuple[Breach, ...]:
        module = ModuleType("rules_under_test")
        module.Rules = schema
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return PanderaTool().broken("rules_under_test:Rules", frame, columns=columns_of(frame))

    return ask


@pytest.fixture
def told(broken) -> Callable[[object, pl.DataFrame], dict[str, object]]:
    """Ask the same, and return rule -> rows, or None where it names none."""
    return lambda schema, frame: {breach.rule: breach.rows for breach in broken(schema, frame)}

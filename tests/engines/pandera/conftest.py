"""Pandera as a tool, and a way to show it rows."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.engines.pandera.tool import PanderaTool

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from airflow_dataops.core.checks.breach import Breach


@pytest.fixture
def broken(monkeypatch) -> Callable[[object, pl.DataFrame], tuple[Breach, ...]]:
    """Ask a schema, which lies in a module that can be imported, what rows break."""

    def ask(schema: object, frame: pl.DataFrame) -> tuple[Breach, ...]:
        module = ModuleType("rules_under_test")
        module.Rules = schema
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return PanderaTool().broken("rules_under_test:Rules", frame)

    return ask


@pytest.fixture
def told(broken) -> Callable[[object, pl.DataFrame], dict[str, object]]:
    """Ask the same, and return rule -> rows, or None where it names none."""
    return lambda schema, frame: {breach.rule: breach.rows for breach in broken(schema, frame)}

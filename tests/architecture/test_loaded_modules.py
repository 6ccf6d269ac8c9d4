from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "airflow_dataops"
HEAVY = ("airflow", "alembic", "deltalake", "duckdb", "jinja2", "polars", "pydantic", "sqlalchemy", "sqlglot")


def modules(folder: str) -> list[str]:
    """Name every module of a package of ours."""
    root = PACKAGE.parent
    files = sorted((PACKAGE / folder).rglob("*.py"))
    return [".".join(file.relative_to(root).with_suffix("").parts) for file in files]


def loaded(names: list[str]) -> set[str]:
    """Import modules in a fresh Python, and name the top-level modules that are then loaded."""
    program = f"import sys, {', '.join(names)}; print(*{{name.split('.')[0] for name in sys.modules}})"
    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(answer.stdout.split())


@pytest.mark.parametrize("folder", ["core", "usecases"])
def test_values_and_verbs_load_no_library(folder: str) -> None:
    """Core and the use cases must run on the standard library alone."""
    assert set() == loaded(modules(folder)) & set(HEAVY)


def test_provider_info_loads_nothing() -> None:
    """Every start of Airflow reads it, so it must load no library, and nothing else of ours."""
    assert set() == loaded(["airflow_dataops.provider_info"]) & {*HEAVY, "yaml", "rich"}


def test_the_command_line_loads_no_airflow() -> None:
    """The console script must answer without loading Airflow, which takes seconds."""
    assert "airflow" not in loaded(modules("cli"))

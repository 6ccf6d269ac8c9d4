"""Kinds of databases that other packages add, by entry points that they really have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.engines.sql.hooked.systems import kinds, system_of
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """\
from airflow_dataops.engines.sql.sqlite.system import SQLITE
from airflow_dataops.errors import SettingsError

def good():
    return SQLITE

def none():
    return None

def raising():
    raise ValueError("geheim")

def refusing():
    raise SettingsError("the driver is too old")
"""
POINTS = {
    "anvil": "tables_of_others:good",
    "zebra": "tables_of_others:missing",
    "absent": "no_such_module:good",
    "none": "tables_of_others:none",
    "raising": "tables_of_others:raising",
    "refusing": "tables_of_others:refusing",
}
REFUSED = {
    "zebra": "can't be loaded (AttributeError: module 'tables_of_others' has no attribute 'missing'). ",
    "absent": "can't be loaded (ModuleNotFoundError: No module named 'no_such_module'). ",
    "none": "leads to what returns a NoneType, and a System is needed. ",
    "raising": "can't be loaded (ValueError). ",
}


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with entry points, good ones and others."""
    info = tmp_path / "tables_of_others-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tables-of-others\nVersion: 1.0\n")
    points = "\n".join(f"{name} = {value}" for name, value in POINTS.items())
    (info / "entry_points.txt").write_text(f"[airflow_dataops.engines]\n{points}\n")
    (tmp_path / "tables_of_others.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("others")
def test_other_packages_add_kinds() -> None:
    """They are listed in their order; ours can't be replaced."""
    assert ("absent", "anvil", "mysql", "none", "raising", "refusing", "sqlite", "zebra") == kinds()
    assert "SQLite" == system_of("anvil").title


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("kind", REFUSED)
def test_an_entry_point_that_leads_nowhere_is_named(kind) -> None:
    """In one line, with what it leads to."""
    with pytest.raises(SettingsError) as refused:
        system_of(kind)

    named = f"airflow_dataops.engines: {kind} = {POINTS[kind]}: the entry point {REFUSED[kind]}"
    assert str(refused.value).startswith(named)
    assert "docs/howto/own-engine.md" in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.usefixtures("others")
def test_what_another_package_refuses_stands() -> None:
    """It knows best; a type of which nobody knows is told with those that there are."""
    with pytest.raises(SettingsError, match=r"^the driver is too old$"):
        system_of("refusing")
    with pytest.raises(SettingsError, match="Use one of absent, anvil, mysql, "):
        system_of("nobody")

from __future__ import annotations

import pytest

from airflow_dataops.documents import shelf


def test_shelf_holds_the_templates() -> None:
    """The sample product and its template lie where they are looked for."""
    assert (shelf.shelf() / "batch" / "v1.py").is_file()
    assert (shelf.shelf() / "batch" / "orders" / "orders.dag.yaml").is_file()


def test_shelf_prefers_what_is_in_the_package(tmp_path, monkeypatch) -> None:
    """In a wheel the templates lie inside the package, in a checkout beside it."""
    package = tmp_path / "airflow_dataops"
    package.mkdir()
    monkeypatch.setattr(shelf, "PACKAGE", package)

    assert tmp_path / "dag_templates" == shelf.shelf()
    (package / "dag_templates").mkdir()
    assert package / "dag_templates" == shelf.shelf()


def test_module_is_executed_once() -> None:
    """Two who ask for it get the same classes."""
    assert shelf.module("batch", "drops") is shelf.module("batch", "drops")


def test_module_that_is_not_there_is_named() -> None:
    """The error says which module was asked for."""
    with pytest.raises(ImportError, match="v99"):
        shelf.module("batch", "v99")

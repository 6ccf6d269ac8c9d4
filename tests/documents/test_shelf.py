from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.documents.templates import shelf
from airflow_dataops.documents.templates.shelf import Shelf, module, ours, shelf_of
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def theirs(tmp_path) -> Path:
    """The folder of a team with a template of its own."""
    made = tmp_path / "templates" / "feed"
    made.mkdir(parents=True)
    for version in (2, 10):
        (made / f"v{version}.py").write_text("def build(product, params): ...\n")
        (made / f"params_v{version}.py").write_text("Params = dict\n")
    return made.parent


def test_shelf_holds_the_templates() -> None:
    """The sample product and its template lie where they are looked for."""
    assert (ours() / "batch" / "v1.py").is_file()
    assert (ours() / "batch" / "orders" / "orders.dag.yaml").is_file()
    assert ours() / "batch" / "params_v1.py" == shelf_of().file("batch@1", "params_v")


def test_shelf_prefers_what_is_in_the_package(tmp_path, monkeypatch) -> None:
    """In a wheel the templates lie inside the package, in a checkout beside it."""
    package = tmp_path / "airflow_dataops"
    package.mkdir()
    monkeypatch.setattr(shelf, "PACKAGE", package)

    assert tmp_path / "dag_templates" == ours()
    (package / "dag_templates").mkdir()
    assert package / "dag_templates" == ours()


def test_templates_of_a_team_stand_beside_ours(theirs) -> None:
    """In the order of their versions, which are numbers."""
    found = Shelf((theirs,))

    assert {*shelf_of().names(), "feed@2", "feed@10"} == set(found.names())
    assert ["feed@2", "feed@10"] == [name for name in found.names() if name.startswith("feed@")]
    assert found.has("feed@10")
    assert not found.has("feed@1")
    assert dict is found.module("feed@2", "params_v").Params


def test_templates_of_installed_packages_are_found(theirs, monkeypatch) -> None:
    """By an entry point, and without a word in the settings."""

    class Point:
        name, value = "theirs", "their_templates"

    (theirs / "__init__.py").touch()
    (theirs.parent / "their_templates").symlink_to(theirs)
    monkeypatch.syspath_prepend(theirs.parent)
    monkeypatch.setattr(shelf, "entry_points", lambda group: [Point()] if group == shelf.GROUP else [])

    assert Shelf().has("feed@2")


@pytest.mark.parametrize(
    "value", ["nobodys_templates", "nobodys.templates", "json.decoder", ".templates", ""]
)
def test_an_entry_point_that_leads_nowhere_is_named(value, monkeypatch) -> None:
    """Its templates would be missing without a word, or end with a traceback."""

    class Point:
        name = "acme"

    Point.value = value
    monkeypatch.setattr(shelf, "entry_points", lambda group: [Point()] if group == shelf.GROUP else [])

    with pytest.raises(SettingsError, match=re.escape(f"the entry point `acme` names `{value}`")):
        Shelf().names()
    assert Shelf().has("batch@2"), "what is near needs no package"


def test_two_of_one_name_are_refused(theirs) -> None:
    """Which of them is meant, nobody could tell."""
    twin = theirs.parent / "others" / "feed"
    twin.mkdir(parents=True)
    (twin / "v2.py").touch()

    with pytest.raises(SettingsError, match=re.escape("there are two templates `feed@2`")):
        Shelf((theirs, twin.parent)).names()


def test_a_folder_that_is_not_there_is_named(tmp_path) -> None:
    """It is a setting that is wrong."""
    with pytest.raises(SettingsError, match="template_paths"):
        Shelf((tmp_path / "nowhere",)).names()


def test_module_is_executed_once() -> None:
    """Two who ask for it get the same classes."""
    drops = ours() / "batch" / "drops.py"

    assert module(drops) is module(drops)


def test_module_that_is_not_there_is_named() -> None:
    """The error says which module was asked for."""
    with pytest.raises(ImportError, match="v99"):
        module(ours() / "batch" / "v99.py")

from __future__ import annotations

import ast
import inspect
import json
import tomllib
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
from packaging.utils import canonicalize_name

from airflow_dataops import provider_info

PROJECT = Path(__file__).parents[1]
INFO = provider_info.get_provider_info()
MODULES = [
    module
    for kind in ("operators", "sensors", "triggers")
    for group in INFO[kind]
    for module in group["python-modules"]
]
OPTIONS = INFO["config"]["dataops"]["options"]


def pyproject() -> dict:
    """Read the project's own metadata."""
    return tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]


def test_provider_info_follows_airflows_schema() -> None:
    """What breaks Airflow's schema breaks every `airflow` command."""
    schema = json.loads(files("airflow").joinpath("provider_info.schema.json").read_text())

    jsonschema.validate(INFO, schema)


def test_package_name_is_the_canonical_name_of_the_distribution() -> None:
    """Airflow refuses to start when the two differ."""
    assert canonicalize_name(pyproject()["name"]) == INFO["package-name"]


def test_versions_begin_with_the_version_of_the_distribution() -> None:
    """A release must be listed."""
    assert pyproject()["version"] == INFO["versions"][0]


@pytest.mark.parametrize("module", MODULES)
def test_listed_modules_exist(module: str) -> None:
    """What Airflow lists to people must be there."""
    assert find_spec(module)


@pytest.mark.parametrize("kind", ["operators", "sensors", "triggers"])
def test_every_class_that_people_use_is_listed(kind: str) -> None:
    """What a DAG file may name is in Airflow's list; what those have in common is not."""
    common = {"stage", "verdict", "upkeep"} if kind == "operators" else set()
    files = (PROJECT / "airflow_dataops" / kind).glob("[a-z]*.py")
    there = {file.stem for file in files if not file.stem.endswith("_decorator")} - common

    assert there == {module.rpartition(".")[2] for module in MODULES if f".{kind}." in module}


@pytest.mark.parametrize(
    "path",
    [
        *INFO["cli"],
        *(plugin["plugin-class"] for plugin in INFO["plugins"]),
        *(decorator["class-name"] for decorator in INFO["task-decorators"]),
    ],
)
def test_listed_objects_exist(path: str) -> None:
    """What Airflow loads by its path must be there."""
    module, _, name = path.rpartition(".")

    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("option", OPTIONS)
def test_options_are_complete(option: str) -> None:
    """Each option must say all that Airflow prints, and its default must be a text."""
    keys = {"description", "version_added", "type", "example", "default"}

    assert set() == keys - set(OPTIONS[option])
    assert isinstance(OPTIONS[option]["default"], str)


def test_the_url_of_the_store_is_sensitive() -> None:
    """It may hold a password, so Airflow must mask it and offer `_CMD` and `_SECRET`."""
    assert OPTIONS["sql_alchemy_conn"]["sensitive"] is True


def test_provider_info_imports_nothing() -> None:
    """Every start of Airflow runs the module, so nothing may fail or cost time in it."""
    tree = ast.parse(inspect.getsource(provider_info))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]

    assert ["__future__"] == [getattr(node, "module", None) for node in imported]

"""What a pipeline file inherits, and what its environment changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.pipeline.layers import environments
from airflow_dataops.errors import DocumentError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
"""
SOURCE = "source: {folder: drops, path: '{partition}.csv'}\n"


@pytest.fixture
def write(tmp_path):
    """Write files below the root of a checkout, which has one product, `shop/orders`; return its file."""
    folder = tmp_path / "shop" / "orders"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (folder / "orders.odcs.yaml").write_text(CONTRACT)

    def files(**texts: str) -> Path:
        places = {"own": folder / "orders.dag.yaml", "prod": folder / "orders.dag.prod.yaml"}
        places |= {"top": tmp_path / "defaults.yaml", "team": folder.parent / "defaults.yaml"}
        places |= {"above": tmp_path.parent / "defaults.yaml", "beside": folder / "defaults.yaml"}
        for name, text in texts.items():
            places[name].write_text(text)
        return places["own"]

    yield files
    (tmp_path.parent / "defaults.yaml").unlink(missing_ok=True)


def test_the_nearest_defaults_count(write) -> None:
    """Key by key, and what the file itself says counts most."""
    file = write(
        top="template: batch@1\nretries: 7\npool: top\nowner: everybody\n",
        team="owner: shop\nretries: 5\nsource: {delimiter: ';', encoding: latin-1}\ntags: [a, b]\n",
        own=SOURCE.replace("}.csv'}", "}.csv', encoding: utf-8}") + "tags: [c]\nretries: 1\n",
    )

    found = read_definition(file).product

    assert ("batch@1", "top", "shop", 1, ("c",)) == (
        found.template,
        found.tasks.pool,
        found.owner,
        found.tasks.retries,
        found.tags,
    )
    assert (";", "utf-8", "drops") == (
        found.source.dialect.delimiter,
        found.source.dialect.encoding,
        found.source.folder,
    )


def test_an_environment_counts_over_all(write) -> None:
    """Where it has no file, nothing changes."""
    file = write(
        own=f"template: batch@1\nretries: 1\n{SOURCE}", prod="retries: 9\ntarget: {path: /lake/orders}\n"
    )

    found = {name: read_definition(file, environment=name).product for name in ("", "test", "prod")}

    assert {"": 1, "test": 1, "prod": 9} == {name: one.tasks.retries for name, one in found.items()}
    assert ("orders", "/lake/orders") == (found["test"].target.table, found["prod"].target.table)
    assert ("prod",) == environments(file)


def test_params_of_defaults_are_those_of_their_template(write) -> None:
    """Defaults that name no template hold for all."""
    named = "template: batch@1\nparams: {grain: hour}\n"

    own = read_definition(write(team=named, own=SOURCE)).product
    others = read_definition(
        write(team=named.replace("@1", "@9"), own=f"template: batch@1\n{SOURCE}")
    ).product

    assert ({"grain": "hour"}, {}) == (own.params, others.params)


@pytest.mark.parametrize(("team", "found"), [("root: true\n", 2), ("root: false\n", 7), ("owner: me\n", 7)])
def test_defaults_above_a_root_do_not_count(write, team, found) -> None:
    """Nor do those above the checkout."""
    file = write(above="what: ever\n", top="retries: 7\n", team=team, own=f"template: batch@1\n{SOURCE}")

    assert found == read_definition(file).product.tasks.retries


WRONG = {
    "an unknown key": ({"top": "retri: 1\n"}, "defaults.yaml:1:1: the key `retri` is not known here"),
    "a wrong value": ({"top": "retries: many\n"}, "defaults.yaml:1:10: `retries` must be a number"),
    "a name": ({"top": "name: x\n"}, "defaults.yaml:1:1: `name` can't be the same for several products"),
    "a root that is none": ({"top": "root: 1\n"}, "defaults.yaml:1:7: `root` must be true or false"),
    "no mapping": ({"top": "- a\n"}, "defaults.yaml:1:1: the file must be a mapping of keys, it is a list"),
    "nothing": ({"top": ""}, "defaults.yaml:1:1: the file is empty"),
    "no YAML": ({"top": "a: [\n"}, "defaults.yaml:2:1: "),
    "of the environment": (
        {"prod": "retri: 1\n"},
        "orders.dag.prod.yaml:1:1: the key `retri` is not known here",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_told_where_it_stands(write, what) -> None:
    """In the file in which it was written."""
    files, expected = WRONG[what]
    file = write(own=f"template: batch@1\n{SOURCE}", **files)

    with pytest.raises(DocumentError) as caught:
        read_definition(file, environment="prod")

    (problem,) = caught.value.problems
    assert expected in str(problem)


def test_an_environment_is_a_name(write) -> None:
    """It becomes part of the name of a file."""
    file = write(own=f"template: batch@1\n{SOURCE}")

    with pytest.raises(SettingsError, match=re.escape("environment can't be '../x'")):
        read_definition(file, environment="../x")

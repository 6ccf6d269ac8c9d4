"""What counts of products, and what templates take."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.templates.shelf import ours, shelf_of

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = ours() / "batch" / "orders"


@pytest.fixture
def dags(tmp_path, monkeypatch) -> Path:
    """A folder with defaults and two products, one of which changes in an environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    shutil.copytree(SAMPLE, tmp_path / "dags" / "orders")
    main(["dag", "new", "dags/visits", "--owner", "museum"])
    (tmp_path / "dags" / "defaults.yaml").write_text("root: true\nretries: 5\nretry_delay: 90s\n")
    (tmp_path / "dags" / "orders" / "orders.dag.prod.yaml").write_text("retries: 9\n")
    return tmp_path / "dags"


def said(capsys, *words: str, code: int = 0):
    """Return the JSON document that a command prints."""
    capsys.readouterr()
    assert code == main([*words, "--output-format", "json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("dags")
def test_list_names_every_product(capsys) -> None:
    """With what tells them apart; as a table the same."""
    found = said(capsys, "dag", "list", "dags")

    assert [
        ("orders", "batch@1", "@daily", "shop", "orders", "dags/orders/orders.dag.yaml"),
        ("visits", None, "museum", "visits", "dags/visits/visits.dag.yaml"),
    ] == [
        tuple(
            one[key]
            for key in ("name", "template", "schedule", "owner", "table", "file")
            if (one["name"], key) != ("visits", "template")
        )
        for one in found
    ]
    assert 0 == main(["dag", "list"])
    assert "@daily  shop" in capsys.readouterr().out


def test_list_goes_on_where_a_product_is_wrong(dags, capsys) -> None:
    """The others are listed; what is wrong is on stderr with its place."""
    (dags / "visits" / "visits.dag.yaml").write_text("template: batch@1\nsource: {}\n")

    assert 1 == main(["dag", "list", "dags"])

    told = capsys.readouterr()
    assert "orders" in told.out
    assert "dags/visits/visits.dag.yaml:2:9: `source.folder` is missing." in told.err


def test_list_says_that_there_is_nothing(tmp_path, capsys) -> None:
    """An empty folder is no list of nothing."""
    assert 3 == main(["dag", "list", str(tmp_path)])
    assert "there is no product below" in capsys.readouterr().err


@pytest.mark.usefixtures("dags")
def test_list_names_templates_that_may_go(capsys, monkeypatch) -> None:
    """Whoever answers for a product sees until when to change it."""
    monkeypatch.setattr(shelf_of().module("batch@1", "params_v"), "DEPRECATED", "2027-01-31", raising=False)

    assert "2027-01-31" == said(capsys, "dag", "list", "dags/orders")[0]["deprecated"]
    assert 0 == main(["dag", "list", "dags/orders"])
    assert "batch@1 (deprecated: 2027-01-31)" in capsys.readouterr().out


COUNTS = {
    "in the pipeline file": ("schedule", "@daily", "dags/orders/orders.dag.yaml:2:1"),
    "in a file of defaults": ("retry_delay", "90s", "dags/defaults.yaml:3:1"),
    "in an environment": ("retries", 9, "dags/orders/orders.dag.prod.yaml:1:1"),
    "in the contract": ("owner", "shop", "dags/orders/orders.odcs.yaml"),
    "below a key": ("source.wait.timeout", "6h", "dags/orders/orders.dag.yaml:14:10"),
    "a parameter": ("params.max_quarantined", "0.2", "dags/orders/orders.dag.yaml:20:3"),
    "a parameter that nobody wrote": ("params.grain", "day", "default"),
    "a key that nobody wrote": ("timezone", "UTC", "default"),
}


@pytest.mark.parametrize("what", COUNTS)
def test_describe_says_what_counts_and_where_it_is_written(dags, capsys, what) -> None:
    """Over all layers."""
    key, value, place = COUNTS[what]
    found = said(capsys, "dag", "describe", "dags/orders", "--environment", "prod")[key]

    assert (value, place) == (found["value"], found["place"].removeprefix(f"{dags.parent}/"))


@pytest.mark.usefixtures("dags")
def test_describe_shows_it_as_a_table(capsys) -> None:
    """One line a key."""
    assert 0 == main(["dag", "describe", "dags/orders"])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["retries", "5", "dags/defaults.yaml:2:1"] in lines


@pytest.mark.parametrize("name", shelf_of().names())
def test_describe_says_what_a_template_takes(capsys, name) -> None:
    """Every parameter with what it may be, its default and its meaning."""
    found = said(capsys, "dag", "describe", name)

    assert name == found["template"]
    assert found["page"].endswith("README.md")
    assert all(all(of.values()) for of in found["params"].values())
    assert 0 == main(["dag", "describe", name])
    assert next(iter(found["params"]), name) in capsys.readouterr().out


def test_describe_says_that_there_is_no_template(capsys) -> None:
    """With what may have been meant."""
    assert 3 == main(["dag", "describe", "bach@1"])
    assert "there is no template `bach@1`. Did you mean `batch@1`?" in capsys.readouterr().err


@pytest.mark.usefixtures("dags")
def test_lint_is_there_as_well(capsys) -> None:
    """Whoever looks for it under `dag` finds it."""
    codes = [main([*words, "dags"]) for words in (["lint"], ["dag", "lint"])]
    told = capsys.readouterr().out.splitlines()

    assert codes[0] == codes[1]
    assert told[: len(told) // 2] == told[len(told) // 2 :]


@pytest.mark.usefixtures("dags")
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ("prod", ""),
        ("prdo", "no file changes it in `prdo`. Did you mean `prod`?"),
        ("test", "no file changes it in `test`. What does would be dags/orders/orders.dag.test.yaml."),
    ],
)
def test_an_environment_that_changes_nothing_is_named(capsys, environment, said) -> None:
    """It may be right, and it may be misspelled."""
    capsys.readouterr()
    assert 0 == main(["dag", "describe", "dags/orders", "--environment", environment])
    assert (f"dags/orders/orders.dag.yaml: {said}\n" if said else "") == capsys.readouterr().err

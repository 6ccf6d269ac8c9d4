"""What a product declares is put down when its DAG is built: once, by the dag-processor alone."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.factory import declaring
from airflow_dataops.factory.dags import load_dag, load_dags
from airflow_dataops.store.outbox import Outbox

if TYPE_CHECKING:
    from airflow_dataops.core.slo.declaration import Declaration

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "batch" / "orders"


@pytest.fixture
def product(tmp_path, monkeypatch) -> Path:
    """A product in the DAG folder, read as the dag-processor does it."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(sys.modules, declaring.PROCESSOR, ModuleType("manager"))
    folder = tmp_path / "dags" / "orders"
    shutil.copytree(SAMPLE, folder)
    return folder


@pytest.fixture
def posted(tmp_path) -> Outbox:
    """What was put down."""
    return Outbox(tmp_path / "home" / "dataops" / "outbox")


def facts(outbox: Outbox) -> list[Declaration]:
    """Return what was put down, in its order."""
    return [letter.fact for letter in outbox.letters(most=99)]


def test_a_product_is_declared_when_its_dag_is_built(product, posted) -> None:
    """Once, however often Airflow reads the file."""
    for _ in range(3):
        load_dag(str(product / "dag.py"))

    (declaration,) = facts(posted)
    assert ("orders", "dags-folder") == (declaration.product, declaration.team)
    assert declaration.expectation.schedule


def test_a_change_is_declared_and_one_that_declares_the_same_is_not(product, posted) -> None:
    """A comment changes nothing; a schedule does; so does a file of objectives that wasn't there."""
    pipeline = product / "orders.dag.yaml"
    load_dag(str(product / "dag.py"))
    pipeline.write_text(f"{pipeline.read_text()}\n# a comment\n")
    load_dag(str(product / "dag.py"))
    assert 1 == len(facts(posted))

    pipeline.write_text(f"{pipeline.read_text()}\nexpected:\n  exclude: [2026-12-25]\n")
    load_dag(str(product / "dag.py"))

    first, second = facts(posted)
    assert ((), 1) == (first.expectation.exclusions, len(second.expectation.exclusions))


def test_a_product_that_is_wrong_declares_nothing(product, posted) -> None:
    """What it declared before holds on."""
    load_dag(str(product / "dag.py"))
    pipeline = product / "orders.dag.yaml"
    pipeline.write_text(f"{pipeline.read_text()}\nnonsense: 1\n")

    with pytest.warns(UserWarning, match="nonsense"):
        load_dag(str(product / "dag.py"))

    assert 1 == len(facts(posted))


def test_objectives_that_are_wrong_are_named_and_the_dag_runs(product, posted, caplog) -> None:
    """Data goes on; what was declared before holds on."""
    caplog.set_level("WARNING", logger=declaring.__name__)
    load_dag(str(product / "dag.py"))
    (product / "orders.openslo.yaml").write_text("apiVersion: openslo/v1\nkind: Nothing\n")

    dag = load_dag(str(product / "dag.py"))

    assert dag.tasks
    assert 1 == len(facts(posted))
    (line,) = [record.getMessage() for record in caplog.records]
    assert "stays what it was" in line
    assert "orders.openslo.yaml:2:7" in line
    assert "\n" not in line


def test_a_runbook_is_declared_with_its_text(product, posted) -> None:
    """When it changes, that is another version of what is declared; one that isn't there stops nothing."""
    load_dag(str(product / "dag.py"))
    (product / "runbook.md").write_text("Ask the shop.\n")
    load_dag(str(product / "dag.py"))
    (product / "runbook.md").unlink()
    load_dag(str(product / "dag.py"))

    texts = [next(one.text for one in fact.runbooks if not one.of) for fact in facts(posted)]
    assert texts[0].startswith("# When the orders")
    assert ["Ask the shop.\n", ""] == texts[1:]


def test_it_is_put_down_again_after_an_hour(product, posted, monkeypatch) -> None:
    """A store that was made anew learns of it."""
    load_dag(str(product / "dag.py"))
    (marker,) = (product.parents[1] / "home").rglob(f"*{declaring.SUFFIX}")
    before = time.time() - 60 * 60 - 1
    monkeypatch.setattr(time, "time_ns", lambda: int((before + 3 * 60 * 60) * 1e9))
    os.utime(marker, (before, before))

    load_dag(str(product / "dag.py"))

    assert 2 == len(facts(posted))


def test_tasks_tests_and_shells_declare_nothing(product, posted, monkeypatch) -> None:
    """Only the dag-processor reads files as they are in force."""
    monkeypatch.delitem(sys.modules, declaring.PROCESSOR)

    load_dag(str(product / "dag.py"))

    assert [] == facts(posted)


def test_products_of_one_dag_file_are_declared_each(product, posted) -> None:
    """Those that are right."""
    shutil.copytree(product, product.with_name("wrong"))
    (product.with_name("wrong") / "orders.dag.yaml").write_text("template: 1\n")
    shutil.copytree(product, product.with_name("returns"), ignore=shutil.ignore_patterns("*.openslo.yaml"))
    for one in ("orders.dag.yaml", "orders.odcs.yaml"):
        folder = product.with_name("returns")
        (folder / one).rename(folder / one.replace("orders", "returns"))

    load_dags(str(product.parent / "all.py"))

    assert {"orders", "returns"} == {declaration.product for declaration in facts(posted)}


def test_an_outbox_that_cant_be_written_harms_no_dag(product, caplog) -> None:
    """It is logged."""
    caplog.set_level("WARNING", logger=declaring.__name__)
    home = product.parents[1] / "home"
    (home / "dataops").mkdir(parents=True)
    (home / "dataops" / "outbox").write_text("")

    assert load_dag(str(product / "dag.py")).tasks
    assert "the outbox can't be written" in caplog.text


def test_what_a_clock_far_ahead_put_down_is_put_down_again(product, posted, monkeypatch) -> None:
    """As soon as the clock is right: else it would be left alone until a day after that instant."""
    right = time.time_ns()
    ahead = right + 2 * declaring.AGAIN * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: ahead)
    load_dag(str(product / "dag.py"))
    (marker,) = (product.parents[1] / "home").rglob(f"*{declaring.SUFFIX}")
    os.utime(marker, ns=(ahead, ahead))
    monkeypatch.setattr(time, "time_ns", lambda: right)

    load_dag(str(product / "dag.py"))

    assert 2 == len(facts(posted))

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from airflow_dataops.cli.demo.demo_home import MARKER
from airflow_dataops.cli.demo.sample import Sample
from airflow_dataops.cli.local.home import AirflowHome
from airflow_dataops.errors import BrokenWorldError, SettingsError


@pytest.fixture
def sample(tmp_path) -> Sample:
    """The sample in a home that is not there yet."""
    return Sample(tmp_path / "home")


def test_make_writes_the_product_and_its_drops(sample) -> None:
    """Thirteen drops lie where the pipeline looks for them, and the late one waits."""
    sample.make()

    assert sample.exists
    assert 13 == len(list(sample.drops.glob("*.csv")))
    assert {"dag.py", "orders.dag.yaml", "orders.odcs.yaml", "orders_landing.odcs.yaml", "transform.sql"} < {
        file.name for file in sample.folder.iterdir()
    }
    assert 14 == len(sample.days())
    late = next(day for day in sample.days() if day.outcome == "late")
    assert sample.late == sample.folder / "late" / f"orders-{late.partition}.csv"


def test_made_product_is_one_that_the_factory_reads(sample) -> None:
    """What is copied is complete: the pipeline file and both contracts are read without a complaint."""
    from airflow_dataops.documents.pipeline.definition import read_definition

    sample.make()
    found = read_definition(str(sample.folder / "orders.dag.yaml"))

    assert ("orders", str(sample.drops), ()) == (
        found.product.name,
        found.path(found.product.source.folder),
        found.warnings,
    )


def test_deliver_late_brings_the_file_once(sample) -> None:
    """It appears among the drops, whole, and is then no longer waiting."""
    sample.make()
    content = sample.late.read_bytes()

    brought = sample.deliver_late()

    assert (sample.drops, content, None) == (brought.parent, brought.read_bytes(), sample.late)
    with pytest.raises(BrokenWorldError, match="is gone"):
        sample.deliver_late()


def test_clear_empties_what_is_ours(sample) -> None:
    """A second demo starts from nothing, with the same drops."""
    sample.make()
    first = {file.name: file.read_bytes() for file in sample.drops.iterdir()}
    (sample.home / "airflow.db").write_text("old")

    sample.clear()
    assert not sample.home.exists()
    sample.make()

    assert first == {file.name: file.read_bytes() for file in sample.drops.iterdir()}
    assert not (sample.home / "airflow.db").exists()


@pytest.mark.parametrize("act", ["clear", "make"])
def test_a_folder_that_is_not_ours_is_left_alone(sample, act) -> None:
    """Nothing of somebody else's is deleted, nor marked so that a later demo deletes it."""
    sample.home.mkdir()
    (sample.home / "thesis.txt").write_text("years of work")

    with pytest.raises(SettingsError, match="was not made by the demo"):
        getattr(sample, act)()

    assert ["thesis.txt"] == [file.name for file in sample.home.iterdir()]


def test_clear_of_nothing_is_fine(sample) -> None:
    """The first demo finds no home, or an empty one."""
    sample.clear()
    sample.home.mkdir()
    sample.clear()

    assert not sample.exists


def test_clear_keeps_off_a_home_in_which_airflow_runs(sample) -> None:
    """`make demo` beside `make up` must not pull its files away from under it."""
    sample.make()
    running = AirflowHome(sample.home)
    running.lock()
    try:
        with pytest.raises(SettingsError, match="an Airflow runs in this folder already"):
            sample.clear()
    finally:
        running.unlock()

    assert sample.exists
    sample.clear()
    assert not sample.home.exists()


def test_environment_is_what_openlineage_reads(sample) -> None:
    """The transport is JSON, also where the home's path has quotes."""
    awkward = Sample(sample.home / 'a "quoted" home')

    transport = json.loads(awkward.environment["AIRFLOW__OPENLINEAGE__TRANSPORT"])

    assert str(awkward.lineage) == transport["log_file_path"]


def test_settings_are_those_of_the_home(sample) -> None:
    """What tasks write and what the demo reads is one place."""
    code = "from airflow_dataops.bridge.settings import settings; print(settings())"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={"AIRFLOW_HOME": str(sample.home), "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert str(sample.settings) == done.stdout.strip().splitlines()[-1]


def test_marker_says_what_it_is_for(sample) -> None:
    """Whoever finds the file knows why it is there."""
    sample.make()

    assert "the next demo empties this folder" in (sample.home / MARKER).read_text()

from __future__ import annotations

import pytest

from airflow_dataops.cli.demo.next_steps import next_steps
from airflow_dataops.cli.demo.sample import HOME, Sample
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.report import PartitionReport, Standing


def row(quarantine: str) -> PartitionReport:
    """A day that was published."""
    return PartitionReport(
        batch=Batch(team="t", product="orders", dataset="orders", partition="2026-03-01"),
        standing=Standing.PUBLISHED,
        stage=None,
        landed=1,
        published=1,
        version=1,
        quarantined=0,
        unparsable=0,
        broken=(),
        freshness=None,
        duplicate_of=None,
        quarantine=quarantine,
    )


@pytest.fixture
def sample(tmp_path, monkeypatch) -> Sample:
    """The sample in the usual home of the folder in which the demo is called."""
    monkeypatch.chdir(tmp_path)
    return Sample(HOME)


def test_next_steps_are_told_with_short_paths(sample) -> None:
    """Below the current folder nothing is absolute but what Airflow wants so."""
    text = next_steps(sample, [row(str(sample.home / "dataops" / "q" / "a.parquet"))]).plain

    assert "read_delta('.airflow/demo/dataops/lake/orders')" in text
    assert "the quarantine of 2026-03-01" in text
    assert "read_parquet('.airflow/demo/dataops/q/*.parquet')" in text
    assert 'AIRFLOW_HOME="$PWD/.airflow/demo" ' in text
    assert str(sample.home) not in text


def test_next_steps_leave_out_what_is_not_there(sample) -> None:
    """A first day without a bad row has no quarantine, and no day at all has none either."""
    assert "quarantine" not in next_steps(sample, [row("")]).plain
    assert "quarantine" not in next_steps(sample, []).plain


def test_next_steps_elsewhere_are_absolute(tmp_path, monkeypatch) -> None:
    """A home outside of the current folder is named in full."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    home = tmp_path / "there"

    text = next_steps(Sample(home), []).plain

    assert f'AIRFLOW_HOME="{home}" ' in text
    assert f"up --home {home}" in text

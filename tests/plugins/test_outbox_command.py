from __future__ import annotations

import argparse
from datetime import UTC, datetime

import pytest

from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.plugins.outbox import outbox as shown
from airflow_dataops.store import schema
from airflow_dataops.store.outbox import Outbox

AT = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture
def outbox(tmp_path, monkeypatch) -> Outbox:
    """The outbox of a deployment whose store nobody has made, with a fact and something that is none."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/store.db")
    found = Outbox(tmp_path / "dataops" / "outbox")
    found.put(
        RunOutcome(team="t", dag_id="d", run_id="r", ended=AT, first=Outcome.SUCCESS, final=Outcome.SUCCESS)
    )
    (found.folder / "0.json").write_text("{")
    return found


def test_what_waits_is_shown_and_delivered(outbox, tmp_path, capsys) -> None:
    """What can't be delivered stays visible."""
    shown(argparse.Namespace(deliver=False))
    with pytest.raises(SystemExit, match="has no schema"):
        shown(argparse.Namespace(deliver=True))
    schema.migrate(f"sqlite:///{tmp_path}/store.db")
    shown(argparse.Namespace(deliver=True))
    shown(argparse.Namespace(deliver=False))

    aside = f"{outbox.folder}/unreadable/0.json"
    assert [
        f"waiting in {outbox.folder}: 2 of at most 100000",
        f"delivered from {outbox.folder}: 1",
        f"waiting in {outbox.folder}: 0 of at most 100000",
        f"can't be delivered: {aside}",
    ] == capsys.readouterr().out.splitlines()


def test_another_that_delivers_is_left_alone(outbox) -> None:
    """It is said who does."""
    with outbox.alone(), pytest.raises(SystemExit, match="another process delivers at the moment"):
        shown(argparse.Namespace(deliver=True))

from __future__ import annotations

import pytest

from airflow_dataops.cli import main as program
from airflow_dataops.cli.demo.alerts import demo as module
from airflow_dataops.cli.demo.alerts.clean_days import Quiet
from airflow_dataops.cli.demo.alerts.drills import DRILLS
from airflow_dataops.cli.demo.alerts.verdict import Finding
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.store import schema

QUIET = Quiet(days=60, evaluations=241, told=0, incidents=0, missed=1)


@pytest.fixture(autouse=True)
def somewhere(monkeypatch, tmp_path) -> None:
    """There is an Alertmanager, as far as these tests go: none of them starts it."""
    monkeypatch.setattr(module, "alertmanager_program", lambda: tmp_path / "alertmanager")


def test_demo_leaves_a_folder_alone_that_is_not_ours(tmp_path, capsys) -> None:
    """One line, and nothing is deleted."""
    (tmp_path / "thesis.txt").write_text("years of work")

    assert program.UNREADABLE == program.main(["demo-alerts", "--home", str(tmp_path)])
    assert "was not made by the demo, so it is left alone" in capsys.readouterr().err
    assert ["thesis.txt"] == [file.name for file in tmp_path.iterdir()]


def test_demo_says_how_to_get_an_alertmanager(tmp_path, monkeypatch, capsys) -> None:
    """Before anything is begun."""
    monkeypatch.setattr(module, "alertmanager_program", lambda: None)

    assert program.UNREADABLE == program.main(["demo-alerts", "--home", str(tmp_path / "home")])
    assert "make demo-alerts" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_demo_ends_with_1_where_somebody_was_told_otherwise(tmp_path, monkeypatch, capsys) -> None:
    """Here nobody was told anything, not even of the day that is missing."""
    home = tmp_path / "home"
    (home / "dataops").mkdir(parents=True)
    schema.migrate(f"sqlite:///{home}/dataops/store.db")
    nothing = tuple(
        Finding(drill=drill, told_at=frozenset(), over_at=frozenset(), incidents=1) for drill in DRILLS
    )
    played = module.Played(findings=nothing, quiet=QUIET)
    monkeypatch.setattr(module, "play", lambda *_: played)

    assert module.DIFFERENT == program.main(["demo-alerts", "--home", str(home)])
    assert "✗ 0 of 5 drills" in capsys.readouterr().out


def test_demo_says_when_it_is_interrupted_or_something_broke(tmp_path, monkeypatch, capsys) -> None:
    """Interrupted, nothing is left running; a broken world is one line."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def broken(*_: object) -> None:
        raise BrokenWorldError("Airflow's scheduler ended with exit code 1", hint="See its log")

    monkeypatch.setattr(module, "play", interrupted)
    assert 130 == program.main(["demo-alerts", "--home", str(tmp_path)])
    assert "Nothing is left running" in capsys.readouterr().out
    monkeypatch.setattr(module, "play", broken)
    assert program.UNREADABLE == program.main(["demo-alerts", "--home", str(tmp_path)])
    assert 1 == len(capsys.readouterr().err.splitlines())

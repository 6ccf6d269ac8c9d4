from __future__ import annotations

from datetime import UTC, datetime

from airflow_dataops.cli import main as program
from airflow_dataops.cli.demo.levels import demo as module
from airflow_dataops.cli.demo.levels.cases import CASES
from airflow_dataops.cli.demo.levels.products import Days, write_products
from airflow_dataops.cli.demo.levels.verdict import findings
from airflow_dataops.documents.declared import declared
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.testing.service_levels import MemoryServiceLevels

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_demo_leaves_a_folder_alone_that_is_not_ours(tmp_path, capsys) -> None:
    """One line, and nothing is deleted."""
    (tmp_path / "thesis.txt").write_text("years of work")

    assert program.UNREADABLE == program.main(["demo-slo", "--home", str(tmp_path)])
    assert "was not made by the demo, so it is left alone" in capsys.readouterr().err
    assert ["thesis.txt"] == [file.name for file in tmp_path.iterdir()]


def test_demo_ends_with_1_where_something_differs(tmp_path, monkeypatch, capsys) -> None:
    """Here nothing was evaluated: that is said of each objective."""
    nothing, levels = findings(CASES, first={}, last={}), MemoryServiceLevels()
    write_products(tmp_path, Days.until(NOW))
    for case in CASES:
        definition = read_definition(str(tmp_path / case.product / f"{case.product}.dag.yaml"))
        levels.declare(declared(definition, since=NOW)[0])
    monkeypatch.setattr(module, "play", lambda *_: (nothing, levels))

    assert module.DIFFERENT == program.main(["demo-slo", "--home", str(tmp_path / "home")])
    printed = capsys.readouterr().out
    assert "✗ 0 of 6 budgets" in printed
    assert 6 == printed.count("Not evaluated yet.")


def test_demo_says_when_it_is_interrupted_or_something_broke(tmp_path, monkeypatch, capsys) -> None:
    """Interrupted, nothing is left running; a broken world is one line."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def broken(*_: object) -> None:
        raise BrokenWorldError("Airflow's scheduler ended with exit code 1", hint="See its log")

    monkeypatch.setattr(module, "play", interrupted)
    assert 130 == program.main(["demo-slo", "--home", str(tmp_path)])
    assert "Nothing is left running" in capsys.readouterr().out
    monkeypatch.setattr(module, "play", broken)
    assert program.UNREADABLE == program.main(["demo-slo", "--home", str(tmp_path)])
    assert 1 == len(capsys.readouterr().err.splitlines())

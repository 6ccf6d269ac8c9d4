"""`alert lint`: files that say who is told, without the products beside them."""

from __future__ import annotations

import json

import pytest

from airflow_dataops.cli.main import main

GOOD = "route: {receiver: log}\nreceivers:\n  - name: platform\n    webhook: [{conn_id: hook}]\n"


def lint(capsys, *words) -> tuple[int, str]:
    """Return the exit code and what was said."""
    code = main(["alert", "lint", *map(str, words)])
    return code, capsys.readouterr().out


def test_a_receiver_may_be_a_channel_of_a_contract(tmp_path, capsys):
    """Which isn't seen here, so nothing is said of it; a folder stands for the file in it."""
    (tmp_path / "alerts.yaml").write_text(GOOD)
    (tmp_path / "other.yml").write_text(GOOD)
    assert (0, "2 files checked: all well.\n") == lint(capsys, tmp_path, tmp_path / "other.yml")


def test_an_interval_that_nothing_uses_is_named(tmp_path, capsys):
    """A warning: exit code 2."""
    file = tmp_path / "alerts.yaml"
    file.write_text(GOOD + "time_intervals: [{name: nights, time_intervals: [{weekdays: [sunday]}]}]\n")
    code, out = lint(capsys, file)
    assert 2 == code
    assert "no route uses the time interval `nights`" in out


@pytest.mark.parametrize(("years", "said"), [("'2019:2020', 2022", True), ("2022, '2020:2999'", False)])
def test_an_interval_that_never_comes_again_is_named(tmp_path, capsys, years, said):
    """By the last year that it names; whoever is active in it alone is never told any more."""
    file = tmp_path / "alerts.yaml"
    file.write_text(
        "route: {receiver: log, routes: [{receiver: log, active_time_intervals: [move]}]}\n"
        f"time_intervals: [{{name: move, time_intervals: [{{years: [{years}]}}]}}]\n"
    )
    code, out = lint(capsys, file)
    assert (2 if said else 0) == code
    assert said is ("the time interval `move` never comes again: its last year is 2022" in out)


def test_every_error_has_its_place(tmp_path, capsys):
    """All of them at once."""
    file = tmp_path / "alerts.yaml"
    file.write_text(
        "route:\n  receiver: log\n  group_wait: soon\n  routes:\n    - {receiver: log, matchers: ['tem=x']}\n"
    )
    code, out = lint(capsys, file, "--output-format", "json")
    assert 1 == code
    assert [3, 5] == sorted(one["line"] for one in json.loads(out)["problems"])


@pytest.mark.parametrize("name", ["", "nothing.yaml"])
def test_what_is_not_there_is_not_well(tmp_path, capsys, name):
    """A folder without the file, a file that isn't there: exit code 3."""
    assert 3 == lint(capsys, tmp_path / name)[0]

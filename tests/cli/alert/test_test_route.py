"""`alert test-route` without a deployment: the way that labels take through a file."""

from __future__ import annotations

import json

import pytest

from airflow_dataops.cli.main import main

RULES = """\
route:
  receiver: everybody
  group_by: [product]
  routes:
    - matchers: ['severity="page"', 'team="shop"']
      receiver: pager
      continue: true
    - matchers: ['team="shop"']
      receiver: shop
      mute_time_intervals: [nights]
    - matchers: ['team="web"']
      receiver: shop
      active_time_intervals: [nights]
receivers:
  - {name: everybody, alertmanager: [{conn_id: am}]}
  - {name: pager, pagerduty: [{conn_id: pd}]}
  - {name: shop, webhook: [{conn_id: hook}]}
time_intervals:
  - name: nights
    time_intervals:
      - location: Europe/Paris
        times: [{start_time: "00:00", end_time: "07:00"}]
"""


@pytest.fixture
def file(tmp_path) -> str:
    """Who is told."""
    (tmp_path / "alerts.yaml").write_text(RULES)
    return str(tmp_path / "alerts.yaml")


def tried(file: str, *labels: str, at: str = "2026-03-03T12:00Z", more: tuple[str, ...] = ()) -> int:
    """Run the command."""
    given = [word for one in labels for word in ("--label", one)]
    return main(["alert", "test-route", file, *given, "--at", at, *more])


def test_the_way_is_shown(file, capsys):
    """What matched, what didn't and for what, and who is told at its ends."""
    assert 0 == tried(file, "team=shop", "product=orders", "severity=ticket", at="2026-03-03T03:00+01:00")
    assert (
        """\
alertname="DataIncident", product="orders", severity="ticket", team="shop"

✓ the root
  ✗ severity="page", team="shop": not severity="page"
  ✓ team="shop" → shop

shop: webhook at `hook`
  told together: {}/{team="shop"}:{product="orders"}
  nobody is told at 2026-03-03 02:00 UTC: in the time interval nights
"""
        == capsys.readouterr().out
    )


def test_several_are_told_where_a_route_goes_on(file, capsys):
    """Each by its own way."""
    tried(file, "team=shop", "product=orders", "severity=page")
    out = capsys.readouterr().out
    assert '  ✓ severity="page", team="shop" → pager, and goes on\n  ✓ team="shop" → shop\n' in out
    assert "pager: PagerDuty at `pd`\n" in out
    assert 2 == out.count("  at 2026-03-03 12:00 UTC nothing holds it back\n")


def test_outside_of_an_interval_nobody_is_told(file, capsys):
    """Where it is one in which they are."""
    tried(file, "team=web", "severity=page")
    assert (
        "nobody is told at 2026-03-03 12:00 UTC: outside of the time interval nights"
        in capsys.readouterr().out
    )


def test_what_nothing_matches_goes_to_the_root(file, capsys):
    """Where Alertmanager does the rest."""
    tried(file, "team=ops")
    out = capsys.readouterr().out
    assert "✓ the root → everybody\n" in out
    assert out.endswith("  Alertmanager groups, silences and repeats itself\n")


def test_as_json(file, capsys):
    """With the line of each route."""
    tried(file, "team=shop", "severity=ticket", more=("--output-format", "json"))
    found = json.loads(capsys.readouterr().out)
    assert [True, False, True] == [stop["matches"] for stop in found["way"]]
    assert [f"{file}:5:7", f"{file}:8:7"] == [stop["place"] for stop in found["way"][1:]]
    assert ["shop"] == [one["name"] for one in found["receivers"]]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--label", "team=shop"], "no FILE is given"),
        (["FILE", "--label", "team=shop", "--send"], "--send: nobody can be told from here"),
        (["FILE", "--label", "tem=shop"], "Did you mean `team`?"),
        (["FILE", "--label", "team=shop", "--at", "noon"], "--at: `noon` is no instant"),
    ],
)
def test_wrong_calls(file, capsys, words, why):
    """Exit code 2, and one line."""
    assert 2 == main(["alert", "test-route", *(file if word == "FILE" else word for word in words)])
    err = capsys.readouterr().err
    assert why in err
    assert 1 == len(err.splitlines())


def test_a_file_that_is_wrong(tmp_path, capsys):
    """Exit code 3: nobody is told by it, so no way is shown."""
    (tmp_path / "alerts.yaml").write_text("route: {receiver: nobody}\n")
    assert 3 == tried(str(tmp_path / "alerts.yaml"), "team=shop")
    out, err = capsys.readouterr()
    assert ("", True) == (out, "alerts.yaml:1:19: " in err)
